import type { ByteReader } from './byte-reader.ts';

export interface JpegSegment {
  readonly marker: number;
  /** Of the payload, behind the two length bytes. */
  readonly start: number;
  readonly length: number;
}

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** A JPEG's segments up to the first scan or the end of the bytes. Source: ITU-T T.81, annex B. */
export function* jpegSegments(bytes: ByteReader): Generator<JpegSegment> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes.u8(at) !== 0xff) return;
    const marker = bytes.u8(at + 1) ?? 0;
    if (marker === 0xff) {
      at++; // a fill byte
      continue;
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return;
    const length = bytes.u16(at + 2) ?? 0;
    if (length < 2) return;
    yield { marker, start: at + 4, length: length - 2 };
    at += 2 + length;
  }
}

/** The TIFF block of a JPEG's Exif segment. */
export function jpegExifBlock(bytes: ByteReader): ByteReader | undefined {
  for (const { marker, start, length } of jpegSegments(bytes)) {
    if (marker === 0xe1 && length > 6 && bytes.ascii(start, 6) === 'Exif\0\0') {
      return bytes.slice(start + 6, length - 6);
    }
  }
  return undefined;
}
