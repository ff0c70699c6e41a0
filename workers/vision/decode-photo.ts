import type { Size } from '../../core/contract/geometry.ts';
import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { orientedSize, readImageHeader, type ImageFormat } from '../../core/vision/image-header.ts';
import { PIXEL_LIMIT } from '../../core/vision/pixel-limit.ts';
import { messageOf } from '../models/pack-files.ts';
import type { Picture } from './picture.ts';
import { decodeReduced } from './reduced-decode.ts';

const SUPPORTED: readonly ImageFormat[] = ['jpeg', 'png', 'webp', 'avif', 'heic'];

/** Metadata before the size seldom takes more; where it does, all of the file is looked at. */
const HEADER_BYTES = 256 * 1024;

type Checked<Value> = Promise<Outcome<Value, VisionFailure>>;

/** A photo that may be decoded. */
export interface CheckedPhoto {
  readonly photo: Blob;
  readonly name: string;
  readonly format: ImageFormat;
  /** Upright. */
  readonly size: Size;
  /** EXIF's 1 to 8. */
  readonly orientation: number;
}

/**
 * Says from the first bytes whether a photo may be decoded, and its size with its orientation applied.
 * Nothing is decoded: a small file can hold a picture that no device has memory for.
 */
export async function checkPhoto(photo: Blob, name: string): Checked<CheckedPhoto> {
  if (photo.size === 0) return fail({ kind: 'empty-file', name });
  try {
    let header = readImageHeader(await bytesOf(photo.slice(0, HEADER_BYTES)));
    if (header.format !== 'unknown' && !orientedSize(header) && photo.size > HEADER_BYTES) {
      header = readImageHeader(await bytesOf(photo));
    }
    if (header.format === 'unknown') return fail({ kind: 'not-an-image', name });
    const { format, orientation = 1 } = header;
    if (!SUPPORTED.includes(format)) return fail({ kind: 'unsupported-format', name, format });
    const size = orientedSize(header);
    if (!size) return fail({ kind: 'undecodable', name, detail: 'the file ends before its size' });
    if (size.width * size.height > PIXEL_LIMIT) {
      const megapixels = Math.round((size.width * size.height) / 1e6);
      return fail({ kind: 'too-many-pixels', name, megapixels, limit: PIXEL_LIMIT / 1e6 });
    }
    return succeed({ photo, name, format, size, orientation });
  } catch (error) {
    return fail({ kind: 'undecodable', name, detail: messageOf(error) });
  }
}

/**
 * The photo's pixels, upright; of a JPEG as few as `scale` of its size needs, where the browser can. The caller
 * closes the image.
 */
export async function decodePhoto(checked: CheckedPhoto, scale = 1): Checked<Picture> {
  const { photo, name, format, size } = checked;
  const reduced = format === 'jpeg' ? await decodeReduced(photo, checked, scale) : undefined;
  if (reduced) return succeed({ image: reduced, size });
  try {
    const image = await toBitmap(photo, format);
    // What was decoded is right, whatever the header said.
    return succeed({ image, size: { width: image.width, height: image.height } });
  } catch (error) {
    return fail({ kind: 'undecodable', name, detail: messageOf(error) });
  }
}

/** Orientation applied. Safari decodes HEIC by itself; elsewhere a library does. */
async function toBitmap(photo: Blob, format: ImageFormat): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(photo, { imageOrientation: 'from-image' });
  } catch (error) {
    if (format !== 'heic') throw error;
    const { decodeHeic } = await import('./heic.ts');
    return decodeHeic(photo);
  }
}

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());
