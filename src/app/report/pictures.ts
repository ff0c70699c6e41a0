import type { Box, Size } from '../../../core/contract/geometry.ts';

/** JPEG bytes as pdfkit embeds them, and the part of the photo they show. */
export interface Picture {
  readonly jpeg: ArrayBuffer;
  readonly size: Size;
  /** In photo pixels. */
  readonly shows: Box;
  /** Of the whole photo. */
  readonly photo: Size;
}

const QUALITY = 0.86;

/**
 * Cuts pictures out of one photo, which is decoded once and let go before the next: a 48-megapixel photo
 * takes 190 MB while it is open. Undefined where this browser cannot decode the file.
 */
export async function cutPictures(
  photo: Blob,
  wishes: readonly { readonly shows?: (photo: Size) => Box; readonly longestSide: number }[],
): Promise<readonly Picture[] | undefined> {
  const bitmap = await createImageBitmap(photo, { imageOrientation: 'from-image' }).catch(() => undefined);
  if (!bitmap) return undefined;
  try {
    const size = { width: bitmap.width, height: bitmap.height };
    const pictures: Picture[] = [];
    for (const { shows, longestSide } of wishes) {
      const box = shows?.(size) ?? { x: 0, y: 0, ...size };
      pictures.push(await cut(bitmap, box, longestSide));
    }
    return pictures;
  } finally {
    bitmap.close();
  }
}

async function cut(bitmap: ImageBitmap, shows: Box, longestSide: number): Promise<Picture> {
  const factor = Math.min(1, longestSide / Math.max(shows.width, shows.height));
  const size = {
    width: Math.max(1, Math.round(shows.width * factor)),
    height: Math.max(1, Math.round(shows.height * factor)),
  };
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no 2d context');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, shows.x, shows.y, shows.width, shows.height, 0, 0, size.width, size.height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  return {
    jpeg: await blob.arrayBuffer(),
    size,
    shows,
    photo: { width: bitmap.width, height: bitmap.height },
  };
}

/** The part of the photo around a finding, of a given aspect, with room to see what surrounds it. */
export function around(box: Box, photo: Size, aspect: number): Box {
  const least = Math.min(photo.width, photo.height) * 0.16;
  const wanted = Math.max(box.width * 2.2, box.height * 2.2 * aspect, least * aspect);
  const width = Math.min(wanted, photo.width, photo.height * aspect);
  const height = width / aspect;
  const place = (middle: number, side: number, all: number) =>
    Math.min(Math.max(0, middle - side / 2), all - side);
  return {
    x: place(box.x + box.width / 2, width, photo.width),
    y: place(box.y + box.height / 2, height, photo.height),
    width,
    height,
  };
}

/** The middle of the photo that fills a frame of the given aspect. */
export function filling(photo: Size, aspect: number): Box {
  const width = Math.min(photo.width, photo.height * aspect);
  const height = width / aspect;
  return { x: (photo.width - width) / 2, y: (photo.height - height) / 2, width, height };
}
