import { crc32, deflateRawSync } from 'node:zlib';

export interface TestEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** Unix mode, file type included; a symlink is 0o120777. */
  readonly mode?: number;
  readonly deflate?: boolean;
  /** Said in the headers instead of the real size. */
  readonly declared?: number;
  readonly encrypted?: boolean;
  /** Points its directory entry at the local header of the entry with this index. */
  readonly sameAs?: number;
}

/** Zips that no honest tool would write; `large` says all sizes as zip64 does, however small they are. */
export function zipOf(entries: readonly TestEntry[], large = false): Blob {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const packed = entry.deflate ? deflateRawSync(entry.data) : Buffer.from(entry.data);
    const local = Buffer.concat([u32(0x04034b50), header(entry, packed, name, 0), name, packed]);
    if (entry.sameAs === undefined) parts.push(local);
    const offset = entry.sameAs === undefined ? at : (offsets[entry.sameAs] ?? 0);
    offsets.push(offset);
    if (entry.sameAs === undefined) at += local.byteLength;
    const extra = large ? [u16(1, 24), u64(sizeOf(entry), packed.byteLength, offset)] : [];
    central.push(
      Buffer.concat([
        u32(0x02014b50),
        u16((3 << 8) | 20),
        header(entry, packed, name, large ? 28 : 0),
        u16(0, 0, 0),
        u32(((entry.mode ?? 0o100644) << 16) >>> 0, large ? 0xffffffff : offset),
        name,
        ...extra,
      ]),
    );
  }
  const directory = Buffer.concat(central);
  return new Blob([
    Buffer.concat([...parts, directory, ...endOf(entries.length, directory.byteLength, at, large)]),
  ]);
}

const sizeOf = ({ data, declared }: TestEntry): number => declared ?? data.byteLength;

/** What local and central headers share; `extra` is above 0 in a central header of zip64 only. */
function header(entry: TestEntry, packed: Buffer, name: Buffer, extra: number): Buffer {
  const sizes = extra > 0 ? [0xffffffff, 0xffffffff] : [packed.byteLength, sizeOf(entry)];
  return Buffer.concat([
    u16(20, entry.encrypted ? 1 : 0, entry.deflate ? 8 : 0, 0, 0x21),
    u32(crc32(entry.data), ...sizes),
    u16(name.byteLength, extra),
  ]);
}

function endOf(count: number, size: number, start: number, large: boolean): Buffer[] {
  if (!large) return [u32(0x06054b50), u16(0, 0, count, count), u32(size, start), u16(0)];
  return [
    Buffer.concat([u32(0x06064b50), u64(44), u16(45, 45), u32(0, 0), u64(count, count, size, start)]),
    Buffer.concat([u32(0x07064b50, 0), u64(start + size), u32(1)]),
    Buffer.concat([u32(0x06054b50), u16(0, 0, 0xffff, 0xffff), u32(0xffffffff, 0xffffffff), u16(0)]),
  ];
}

function u64(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => buffer.writeBigUInt64LE(BigInt(value), index * 8));
  return buffer;
}

function u16(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => buffer.writeUInt16LE(value, index * 2));
  return buffer;
}

function u32(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32LE(value, index * 4));
  return buffer;
}
