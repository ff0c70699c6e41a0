/** Some sixty photos of a tablet's camera: what a model download leaves free, whatever it is worth. */
export const PHOTO_RESERVE_BYTES = 256 * 1024 * 1024;

/** Whether so many bytes still leave room for the day's photos, as far as the browser tells what is free. */
export function fitsBesidePhotos(
  bytes: number,
  { usage, quota }: { readonly usage?: number; readonly quota?: number },
): boolean {
  if (usage === undefined || quota === undefined) return true;
  return quota - usage - bytes >= PHOTO_RESERVE_BYTES;
}
