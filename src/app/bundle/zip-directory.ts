import { fail, succeed, type Outcome } from '../../../core/domain/outcome.ts';
import type { BundleFailure, BundleLimits } from './bundle-format.ts';

/** One file of a zip, as its central directory declares it. */
export interface ZipEntry {
  readonly path: string;
  readonly method: 'stored' | 'deflated';
  /** Of its local header. */
  readonly offset: number;
  readonly packedBytes: number;
  readonly bytes: number;
}

const END = { signature: 0x06054b50, size: 22 } as const;
const END64 = { signature: 0x06064b50, size: 56 } as const;
const LOCATOR64 = { signature: 0x07064b50, size: 20 } as const;
const CENTRAL = { signature: 0x02014b50, size: 46 } as const;
const MAX_COMMENT = 0xffff;
/** Of the whole directory: 20,000 entries need about 4 MB. */
const MAX_DIRECTORY = 32e6;

const notAZip = (detail: string) => fail({ kind: 'not-a-bundle', detail });

/**
 * The files of a zip, from its central directory alone; refuses what a bundle never holds before a byte is
 * unpacked: names that lead out, links, folders with content, encryption, overlaps, and more than the limits
 * allow. Source: APPNOTE.TXT 6.3.10, zip64 included.
 */
export async function zipDirectory(
  zip: Blob,
  limits: BundleLimits,
): Promise<Outcome<readonly ZipEntry[], BundleFailure>> {
  const end = await findEnd(zip);
  if (!end.ok) return end;
  const { count, start, size } = end.value;
  if (count > limits.files) return fail({ kind: 'too-many-files', count, limit: limits.files });
  if (size > MAX_DIRECTORY || start + size > zip.size) return notAZip('the directory does not fit');
  const view = new DataView(await zip.slice(start, start + size).arrayBuffer());
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const read = readEntry(view, at);
    if (!read.ok) return read;
    at = read.value.next;
    const { entry } = read.value;
    // A folder of its own is only a name.
    if (entry.path.endsWith('/') && entry.bytes === 0) continue;
    entries.push(entry);
  }
  return checked(entries, start, limits);
}

interface Directory {
  readonly count: number;
  readonly start: number;
  readonly size: number;
}

async function findEnd(zip: Blob): Promise<Outcome<Directory, BundleFailure>> {
  const tailStart = Math.max(0, zip.size - END.size - MAX_COMMENT);
  const tail = new DataView(await zip.slice(tailStart).arrayBuffer());
  for (let at = tail.byteLength - END.size; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== END.signature) continue;
    const found = {
      count: tail.getUint16(at + 10, true),
      size: tail.getUint32(at + 12, true),
      start: tail.getUint32(at + 16, true),
    };
    const isLarge = found.count === 0xffff || found.size === 0xffffffff || found.start === 0xffffffff;
    return isLarge ? findEnd64(zip, tail, at) : succeed(found);
  }
  return notAZip('no zip directory');
}

async function findEnd64(zip: Blob, tail: DataView, end: number): Promise<Outcome<Directory, BundleFailure>> {
  const locator = end - LOCATOR64.size;
  if (locator < 0 || tail.getUint32(locator, true) !== LOCATOR64.signature)
    return notAZip('no zip64 locator');
  const at = Number(tail.getBigUint64(locator + 8, true));
  const record = new DataView(await zip.slice(at, at + END64.size).arrayBuffer());
  if (record.byteLength < END64.size || record.getUint32(0, true) !== END64.signature) {
    return notAZip('no zip64 directory');
  }
  const [count, size, start] = [32, 40, 48].map((offset) => Number(record.getBigUint64(offset, true)));
  return succeed({ count: count ?? 0, size: size ?? 0, start: start ?? 0 });
}

function readEntry(
  view: DataView,
  at: number,
): Outcome<{ readonly entry: ZipEntry; readonly next: number }, BundleFailure> {
  if (at + CENTRAL.size > view.byteLength || view.getUint32(at, true) !== CENTRAL.signature) {
    return notAZip('a torn directory');
  }
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
  const nameAt = at + CENTRAL.size;
  const extraAt = nameAt + (nameLength ?? 0);
  const next = extraAt + (extraLength ?? 0) + (commentLength ?? 0);
  if (next > view.byteLength) return notAZip('a torn directory');
  const path = new TextDecoder().decode(new Uint8Array(view.buffer, nameAt, nameLength));
  if (view.getUint16(at + 8, true) & 1) return fail({ kind: 'not-a-file', path });
  const mode = (view.getUint32(at + 38, true) >>> 16) & 0xf000;
  // Unix file types: 0 unknown, 0x8000 a file, 0x4000 a folder; the rest are links and devices.
  if (mode !== 0 && mode !== 0x8000 && !(mode === 0x4000 && path.endsWith('/'))) {
    return fail({ kind: 'not-a-file', path });
  }
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8) return fail({ kind: 'damaged-file', path, detail: `method ${method}` });
  const sizes = largeSizes(view, extraAt, extraLength ?? 0, {
    bytes: view.getUint32(at + 24, true),
    packedBytes: view.getUint32(at + 20, true),
    offset: view.getUint32(at + 42, true),
  });
  return succeed({ entry: { path, method: method === 0 ? 'stored' : 'deflated', ...sizes }, next });
}

type Sizes = Pick<ZipEntry, 'bytes' | 'packedBytes' | 'offset'>;

/** Sizes of 0xFFFFFFFF stand in the zip64 extra field, in this order. */
function largeSizes(view: DataView, extraAt: number, extraLength: number, sizes: Sizes): Sizes {
  const large = { ...sizes };
  for (let at = extraAt; at + 4 <= extraAt + extraLength;) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      let field = at + 4;
      for (const key of ['bytes', 'packedBytes', 'offset'] as const) {
        if (sizes[key] !== 0xffffffff || field + 8 > at + 4 + length) continue;
        large[key] = Number(view.getBigUint64(field, true));
        field += 8;
      }
    }
    at += 4 + length;
  }
  return large;
}

function checked(
  entries: readonly ZipEntry[],
  directoryStart: number,
  limits: BundleLimits,
): Outcome<readonly ZipEntry[], BundleFailure> {
  const names = new Set<string>();
  let total = 0;
  let end = 0;
  for (const { path, offset, packedBytes, bytes } of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (!isSafe(path) || names.has(path.toLowerCase())) return fail({ kind: 'unsafe-path', path });
    names.add(path.toLowerCase());
    if (bytes > limits.fileBytes) return fail({ kind: 'too-large', path, bytes, limit: limits.fileBytes });
    total += bytes;
    if (total > limits.totalBytes) {
      return fail({ kind: 'too-large', path, bytes: total, limit: limits.totalBytes });
    }
    // Overlapping files are how a small zip unpacks to petabytes. https://www.bamsoftware.com/hacks/zipbomb/
    if (offset < end || offset + packedBytes > directoryStart) {
      return fail({ kind: 'damaged-file', path, detail: 'overlaps another part' });
    }
    end = offset + 30 + path.length + packedBytes;
  }
  return succeed(entries);
}

/** Relative, forward, of plain characters: no drive, no parent, no control character, nothing encoded. */
const isSafe = (path: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(path) && !path.includes('..');
