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

/** Zips that no honest tool would write. */
export function zipOf(entries: readonly TestEntry[]): Blob {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const packed = entry.deflate ? deflateRawSync(entry.data) : Buffer.from(entry.data);
    const common = commonHeader(entry, packed.byteLength, name.byteLength);
    const local = Buffer.concat([u32(0x04034b50), common, name, packed]);
    if (entry.sameAs === undefined) parts.push(local);
    offsets.push(entry.sameAs === undefined ? at : (offsets[entry.sameAs] ?? 0));
    if (entry.sameAs === undefined) at += local.byteLength;
    central.push(
      Buffer.concat([
        u32(0x02014b50),
        u16((3 << 8) | 20),
        common,
        u16(0, 0, 0),
        u32(((entry.mode ?? 0o100644) << 16) >>> 0, offsets.at(-1) ?? 0),
        name,
      ]),
    );
  }
  const directory = Buffer.concat(central);
  const end = [
    u32(0x06054b50),
    u16(0, 0, entries.length, entries.length),
    u32(directory.byteLength, at),
    u16(0),
  ];
  return new Blob([Buffer.concat([...parts, directory, ...end])]);
}

function commonHeader(
  { data, declared, encrypted, deflate }: TestEntry,
  packed: number,
  name: number,
): Buffer {
  return Buffer.concat([
    u16(20, encrypted ? 1 : 0, deflate ? 8 : 0, 0, 0x21),
    u32(crc32(data), packed, declared ?? data.byteLength),
    u16(name, 0),
  ]);
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
