import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from './options.ts';

const PHOTO = /\.(avif|bmp|gif|heic|heif|jfif|jpe?g|png|tiff?|webp)$/i;

/** Files as they are named, there or not; of a folder every photo below it, by name. */
export async function listPhotos(paths: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(paths.map(listOne));
  return lists.flat();
}

async function listOne(path: string): Promise<readonly string[]> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  const photos = names.filter((name) => PHOTO.test(name)).sort();
  if (photos.length === 0) throw new UsageError(`no photos in ${path}`);
  return photos.map((name) => join(path, name));
}
