import type { Size } from '../../core/contract/geometry.ts';
import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { orientedSize, readImageHeader, type ImageFormat } from '../../core/vision/image-header.ts';
import { PIXEL_LIMIT } from '../../core/vision/pixel-limit.ts';
import { messageOf } from '../models/pack-files.ts';

const SUPPORTED: readonly ImageFormat[] = ['jpeg', 'png', 'webp', 'avif'];

/** Metadata before the size seldom takes more; where it does, all of the file is looked at. */
const HEADER_BYTES = 256 * 1024;

type Checked<Value> = Promise<Outcome<Value, VisionFailure>>;

/**
 * Says from the first bytes whether a photo may be decoded, and its size with its orientation applied.
 * Nothing is decoded: a small file can hold a picture that no device has memory for.
 */
export async function checkPhoto(photo: Blob, name: string): Checked<Size> {
  if (photo.size === 0) return fail({ kind: 'empty-file', name });
  try {
    let header = readImageHeader(await bytesOf(photo.slice(0, HEADER_BYTES)));
    if (header.format !== 'unknown' && !orientedSize(header) && photo.size > HEADER_BYTES) {
      header = readImageHeader(await bytesOf(photo));
    }
    if (header.format === 'unknown') return fail({ kind: 'not-an-image', name });
    if (!SUPPORTED.includes(header.format)) {
      return fail({ kind: 'unsupported-format', name, format: header.format });
    }
    const size = orientedSize(header);
    if (!size) return fail({ kind: 'undecodable', name, detail: 'the file ends before its size' });
    if (size.width * size.height > PIXEL_LIMIT) {
      const megapixels = Math.round((size.width * size.height) / 1e6);
      return fail({ kind: 'too-many-pixels', name, megapixels, limit: PIXEL_LIMIT / 1e6 });
    }
    return succeed(size);
  } catch (error) {
    return fail({ kind: 'undecodable', name, detail: messageOf(error) });
  }
}

/** The photo's pixels, orientation applied. The caller closes the bitmap. */
export async function decodePhoto(photo: Blob, name: string): Checked<ImageBitmap> {
  const checked = await checkPhoto(photo, name);
  if (!checked.ok) return checked;
  try {
    return succeed(await createImageBitmap(photo, { imageOrientation: 'from-image' }));
  } catch (error) {
    return fail({ kind: 'undecodable', name, detail: messageOf(error) });
  }
}

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());
