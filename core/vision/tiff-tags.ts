import type { ByteReader } from './byte-reader.ts';

/** Numbers or a text of one tag; rationals are divided. */
export type TagValue = readonly number[] | string;

/** Bytes per value by TIFF field type, 1 to 10; 0 for types that are not read. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8];
/** No tag read here is longer; a hostile count costs no more than this. */
const MAX_VALUES = 256;

/** The first directory of a TIFF block, and how to follow its pointers; undefined where it is none. */
export function readTiff(bytes: ByteReader): TiffDirectory | undefined {
  const order = bytes.ascii(0, 2);
  if (order !== 'II' && order !== 'MM') return undefined;
  const little = order === 'II';
  const first = bytes.u32(4, little);
  if (bytes.u16(2, little) !== 42 || first === undefined) return undefined;
  return new TiffDirectory(bytes, first, little);
}

/** One directory (IFD) of a TIFF block. Source: TIFF 6.0, section 2. */
export class TiffDirectory {
  readonly #bytes: ByteReader;
  readonly #little: boolean;
  readonly #start: number;

  constructor(bytes: ByteReader, start: number, little: boolean) {
    this.#bytes = bytes;
    this.#start = start;
    this.#little = little;
  }

  /** The first number of a tag; undefined where it is missing, not finite or a text. */
  number(tag: number): number | undefined {
    return this.numbers(tag)?.[0];
  }

  /** All numbers of a tag; undefined where it is missing, a text, or one of them is not finite. */
  numbers(tag: number): readonly number[] | undefined {
    const value = this.#value(tag);
    return typeof value === 'object' && value.every(Number.isFinite) ? value : undefined;
  }

  text(tag: number): string | undefined {
    const value = this.#value(tag);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** The directory that a tag points to. */
  directory(tag: number): TiffDirectory | undefined {
    const start = this.number(tag);
    return start === undefined ? undefined : new TiffDirectory(this.#bytes, start, this.#little);
  }

  #value(tag: number): TagValue | undefined {
    const count = this.#bytes.u16(this.#start, this.#little) ?? 0;
    for (let i = 0; i < count; i++) {
      const entry = this.#start + 2 + i * 12;
      const found = this.#bytes.u16(entry, this.#little);
      if (found === undefined) return undefined;
      if (found === tag) return this.#entryValue(entry);
    }
    return undefined;
  }

  #entryValue(entry: number): TagValue | undefined {
    const type = this.#bytes.u16(entry + 2, this.#little) ?? 0;
    const size = TYPE_BYTES[type] ?? 0;
    const declared = this.#bytes.u32(entry + 4, this.#little) ?? 0;
    if (size === 0 || declared === 0) return undefined;
    const count = Math.min(declared, MAX_VALUES);
    const at = declared * size <= 4 ? entry + 8 : this.#bytes.u32(entry + 8, this.#little);
    if (at === undefined) return undefined;
    if (type === 2) return this.#bytes.ascii(at, count).split('\0', 1)[0]?.trim();
    return Array.from({ length: count }, (_, i) => this.#number(type, at + i * size) ?? NaN);
  }

  #number(type: number, at: number): number | undefined {
    const bytes = this.#bytes;
    const little = this.#little;
    if (type === 3) return bytes.u16(at, little);
    if (type === 4) return bytes.u32(at, little);
    if (type === 9) return bytes.i32(at, little);
    if (type === 5) return (bytes.u32(at, little) ?? NaN) / (bytes.u32(at + 4, little) ?? NaN);
    if (type === 10) return (bytes.i32(at, little) ?? NaN) / (bytes.i32(at + 4, little) ?? NaN);
    return bytes.u8(at);
  }
}
