import type { Thumbnail, VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { messageOf } from '../models/pack-files.ts';
import { checkPhoto, decodePhoto } from './decode-photo.ts';

const SMALL_QUALITY = 0.8;
/** A photo in its own size is looked at closely. */
const WHOLE_QUALITY = 0.92;

/** A small JPEG, orientation applied, never larger than the photo; a longest side of Infinity keeps its size. */
export async function makeThumbnail(
  photo: Blob,
  longestSide: number,
): Promise<Outcome<Thumbnail<Blob>, VisionFailure>> {
  const name = photo instanceof File ? photo.name : '';
  const checked = await checkPhoto(photo, name);
  if (!checked.ok) return checked;
  const { size } = checked.value;
  const scale = Math.min(1, longestSide / Math.max(size.width, size.height));
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  try {
    const decoded = await decodePhoto(checked.value, scale);
    if (!decoded.ok) return decoded;
    const canvas = drawn(decoded.value.image, width, height);
    const quality = scale === 1 ? WHOLE_QUALITY : SMALL_QUALITY;
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    return succeed({ blob, size: decoded.value.size });
  } catch (error) {
    return fail({ kind: 'undecodable', name, detail: messageOf(error) });
  }
}

/** In another size; the picture is closed even where drawing fails, since it may hold the memory that was missing. */
function drawn(image: ImageBitmap, width: number, height: number): OffscreenCanvas {
  try {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('no 2D canvas');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, width, height);
    return canvas;
  } finally {
    image.close();
  }
}
