import { boxes, childBox } from './bmff-header.ts';
import type { BmffBox } from './bmff-header.ts';
import { ByteReader } from './byte-reader.ts';

/** Bytes of a file, from its start. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** No camera writes more, the thumbnail in it included. */
const MAX_LENGTH = 4_000_000;

/**
 * Where a HEIC or AVIF file keeps its Exif item; undefined where it has none or keeps it in pieces. The file's
 * first bytes are enough. Source: ISO/IEC 14496-12, 8.11.3 (iloc) and 8.11.6 (iinf).
 */
export function bmffExifExtent(bytes: Uint8Array): Extent | undefined {
  const reader = new ByteReader(bytes);
  const meta = childBox(reader, 0, reader.length, 'meta');
  // meta is a full box: four bytes of version and flags come before its children.
  const child = (type: string) => meta && childBox(reader, meta.start + 4, meta.end, type);
  const [items, places] = [child('iinf'), child('iloc')];
  const id = items && exifItem(reader, items);
  const extent = places && id !== undefined ? placeOf(reader, places, id) : undefined;
  return extent && extent.length > 4 && extent.length <= MAX_LENGTH ? extent : undefined;
}

/** The TIFF block of an Exif item's bytes. Source: ISO/IEC 23008-12, A.2.1. */
export function exifItemBlock(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  return reader.slice(4 + (reader.u32(0) ?? 0), reader.length);
}

function exifItem(reader: ByteReader, { start, end }: BmffBox): number | undefined {
  const entries = start + (reader.u8(start) === 0 ? 6 : 8);
  for (const entry of boxes(reader, entries, end)) {
    const isLong = reader.u8(entry.start) === 3;
    const typeAt = entry.start + (isLong ? 10 : 8);
    if (entry.type === 'infe' && reader.ascii(typeAt, 4) === 'Exif') {
      return isLong ? reader.u32(entry.start + 4) : reader.u16(entry.start + 4);
    }
  }
  return undefined;
}

function placeOf(reader: ByteReader, { start, end }: BmffBox, wanted: number): Extent | undefined {
  const version = reader.u8(start) ?? 0;
  const [sizes = 0, more = 0] = [reader.u8(start + 4), reader.u8(start + 5)];
  const [offsetSize, lengthSize, baseSize] = [sizes >> 4, sizes & 15, more >> 4];
  const indexSize = version === 0 ? 0 : more & 15;
  const idSize = version < 2 ? 2 : 4;
  const read = (at: number, size: number) => (size === 0 ? 0 : unsigned(reader, at, size));
  let at = start + 6 + idSize;
  for (let left = read(start + 6, idSize) ?? 0; left > 0 && at < end; left--) {
    const id = read(at, idSize);
    at += idSize;
    const inFile = version === 0 || ((reader.u16(at) ?? 0) & 15) === 0;
    at += (version === 0 ? 0 : 2) + 2;
    const base = read(at, baseSize) ?? 0;
    const extents = reader.u16(at + baseSize) ?? 0;
    at += baseSize + 2;
    if (id === wanted) {
      const offset = read(at + indexSize, offsetSize);
      const length = read(at + indexSize + offsetSize, lengthSize);
      if (!inFile || extents !== 1 || offset === undefined || length === undefined) return undefined;
      return { offset: base + offset, length };
    }
    at += extents * (indexSize + offsetSize + lengthSize);
  }
  return undefined;
}

/** Two, four or eight bytes; of eight the upper half must be zero. */
function unsigned(reader: ByteReader, at: number, size: number): number | undefined {
  if (size === 2) return reader.u16(at);
  if (size === 4) return reader.u32(at);
  return size === 8 && reader.u32(at) === 0 ? reader.u32(at + 4) : undefined;
}
