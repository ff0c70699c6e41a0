import type { Size } from '../contract/geometry.ts';
import { readBmffHeader } from './bmff-header.ts';
import { ByteReader } from './byte-reader.ts';
import { jpegExifBlock, jpegSegments } from './jpeg-segments.ts';
import { readTiff } from './tiff-tags.ts';

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'heic' | 'gif' | 'tiff' | 'bmp';

/** What a file's first bytes say of it. Sides are as stored, before the orientation is applied. */
export interface ImageHeader {
  readonly format: ImageFormat;
  readonly width?: number;
  readonly height?: number;
  /** EXIF's 1 to 8; absent where the file says nothing. */
  readonly orientation?: number;
  readonly animated?: boolean;
}

/** A side beyond this is no photo. */
const MAX_SIDE = 0x7fffffff;

/**
 * Format, size and orientation from a file's first bytes, without decoding: the pixel cap is checked with
 * it. 256 KiB are enough for nearly every camera; where the bytes end before the size, the size is absent.
 * Never throws, whatever the bytes are.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | { readonly format: 'unknown' } {
  const reader = new ByteReader(bytes);
  if (reader.u24(0) === 0xffd8ff) return jpegHeader(reader);
  if (reader.ascii(0, 8) === '\x89PNG\r\n\x1a\n') return pngHeader(reader);
  if (reader.ascii(0, 4) === 'RIFF' && reader.ascii(8, 4) === 'WEBP') return webpHeader(reader);
  if (/^GIF8[79]a$/.test(reader.ascii(0, 6))) {
    return header('gif', { width: reader.u16(6, true), height: reader.u16(8, true) });
  }
  if (reader.ascii(0, 2) === 'BM' && isBmp(reader)) return bmpHeader(reader);
  const tiff = readTiff(reader);
  if (tiff) {
    return header('tiff', {
      width: tiff.number(256),
      height: tiff.number(257),
      orientation: tiff.number(274),
    });
  }
  const bmff = readBmffHeader(reader);
  return bmff ? header(bmff.format, bmff) : { format: 'unknown' };
}

/** The size after the orientation; undefined where the header does not tell the size. */
export function orientedSize({ width, height, orientation }: Partial<ImageHeader>): Size | undefined {
  if (width === undefined || height === undefined) return undefined;
  const turned = orientation !== undefined && orientation >= 5;
  return turned ? { width: height, height: width } : { width, height };
}

interface Facts {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly orientation?: number | undefined;
  readonly animated?: boolean | undefined;
}

function header(format: ImageFormat, { width, height, orientation, animated }: Facts): ImageHeader {
  const isSide = (side: number | undefined): side is number =>
    side !== undefined && Number.isInteger(side) && side >= 1 && side <= MAX_SIDE;
  return {
    format,
    ...(isSide(width) && isSide(height) ? { width, height } : {}),
    ...(orientation !== undefined && Number.isInteger(orientation) && orientation >= 1 && orientation <= 8
      ? { orientation }
      : {}),
    ...(animated ? { animated } : {}),
  };
}

function jpegHeader(reader: ByteReader): ImageHeader {
  const exif = jpegExifBlock(reader);
  const orientation = exif && readTiff(exif)?.number(274);
  for (const { marker, start } of jpegSegments(reader)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (!isFrame) continue;
    return header('jpeg', { height: reader.u16(start + 1), width: reader.u16(start + 3), orientation });
  }
  return header('jpeg', { orientation });
}

/** Source: PNG 3rd edition, 11.2.1 IHDR, 11.3.4.2 acTL, 11.3.2.4 eXIf. */
function pngHeader(reader: ByteReader): ImageHeader {
  const size = reader.ascii(12, 4) === 'IHDR' ? { width: reader.u32(16), height: reader.u32(20) } : {};
  let animated = false;
  let orientation: number | undefined;
  for (let at = 8; at + 8 <= reader.length;) {
    const length = reader.u32(at) ?? 0;
    const type = reader.ascii(at + 4, 4);
    if (type === 'IDAT' || type === 'IEND') break;
    if (type === 'acTL') animated = true;
    if (type === 'eXIf') orientation = readTiff(reader.slice(at + 8, length))?.number(274);
    at += 12 + length;
  }
  return header('png', { ...size, orientation, animated });
}

/** Source: WebP container specification; RFC 6386 section 9.1; WebP lossless specification, section 3. */
function webpHeader(reader: ByteReader): ImageHeader {
  const kind = reader.ascii(12, 4);
  if (kind === 'VP8X') {
    const width = reader.u24(24, true);
    const height = reader.u24(27, true);
    return header('webp', {
      width: width === undefined ? undefined : width + 1,
      height: height === undefined ? undefined : height + 1,
      animated: ((reader.u8(20) ?? 0) & 0x02) !== 0,
      orientation: webpOrientation(reader),
    });
  }
  if (kind === 'VP8L') {
    const bits = reader.u32(21, true);
    if (reader.u8(20) !== 0x2f || bits === undefined) return header('webp', {});
    return header('webp', { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 });
  }
  if (kind !== 'VP8 ' || reader.u24(23) !== 0x9d012a) return header('webp', {});
  const width = reader.u16(26, true);
  const height = reader.u16(28, true);
  return header('webp', {
    width: width === undefined ? undefined : width & 0x3fff,
    height: height === undefined ? undefined : height & 0x3fff,
  });
}

/** The EXIF chunk lies behind the picture: found only where the bytes reach so far. */
function webpOrientation(reader: ByteReader): number | undefined {
  for (let at = 12; at + 8 <= reader.length;) {
    const length = reader.u32(at + 4, true) ?? 0;
    if (reader.ascii(at, 4) === 'EXIF') {
      const prefixed = reader.ascii(at + 8, 6) === 'Exif\0\0';
      return readTiff(reader.slice(at + (prefixed ? 14 : 8), length))?.number(274);
    }
    at += 8 + length + (length % 2);
  }
  return undefined;
}

const isBmp = (reader: ByteReader): boolean =>
  [12, 40, 52, 56, 64, 108, 124].includes(reader.u32(14, true) ?? 0);

function bmpHeader(reader: ByteReader): ImageHeader {
  if (reader.u32(14, true) === 12) {
    return header('bmp', { width: reader.u16(18, true), height: reader.u16(20, true) });
  }
  // A negative height means rows from the top.
  const height = reader.i32(22, true);
  return header('bmp', {
    width: reader.i32(18, true),
    height: height === undefined ? undefined : Math.abs(height),
  });
}
