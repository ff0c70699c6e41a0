import type { Thumbnail, VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { messageOf } from '../models/pack-files.ts';
import { checkPhoto } from './decode-photo.ts';

/** A small JPEG, orientation applied, never larger than the photo. */
export async function makeThumbnail(
  photo: Blob,
  longestSide: number,
): Promise<Outcome<Thumbnail<Blob>, VisionFailure>> {
  const name = photo instanceof File ? photo.name : '';
  const checked = await checkPhoto(photo, name);
  if (!checked.ok) return checked;
  const size = checked.value;
  const scale = Math.min(1, longestSide / Math.max(size.width, size.height));
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  try {
    const bitmap = await createImageBitmap(photo, { imageOrientation: 'from-image' });
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('no 2D canvas');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const decoded = { width: bitmap.width, height: bitmap.height };
    bitmap.close();
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
    return succeed({ blob, size: decoded });
  } catch (error) {
    return fail({ kind: 'undecodable', name, detail: messageOf(error) });
  }
}
