import { fail, succeed, type Outcome } from '../../../core/domain/outcome.ts';
import type { BundleFailure } from './bundle-format.ts';
import type { ZipEntry } from './zip-directory.ts';

const LOCAL = { signature: 0x04034b50, size: 30 } as const;

/** A file's unpacked bytes, which are exactly as many as were declared; no more are ever unpacked. */
export async function entryBlob(zip: Blob, entry: ZipEntry): Promise<Outcome<Blob, BundleFailure>> {
  const { path, offset, packedBytes, bytes, method } = entry;
  const damaged = (detail: string) => fail({ kind: 'damaged-file', path, detail });
  const header = new DataView(await zip.slice(offset, offset + LOCAL.size).arrayBuffer());
  if (header.byteLength < LOCAL.size || header.getUint32(0, true) !== LOCAL.signature) {
    return damaged('no file where the directory says');
  }
  const start = offset + LOCAL.size + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = zip.slice(start, start + packedBytes);
  if (packed.size !== packedBytes) return damaged('cut off');
  if (method === 'stored') {
    return bytes === packedBytes ? succeed(packed) : damaged('not as large as declared');
  }
  const unpacked = await inflate(packed, bytes);
  return unpacked?.size === bytes ? succeed(unpacked) : damaged('not as large as declared');
}

/** Stops at the first byte beyond `limit`; undefined then, or when the data is no deflate stream. */
async function inflate(packed: Blob, limit: number): Promise<Blob | undefined> {
  const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return new Blob(parts);
      size += value.byteLength;
      if (size > limit) {
        await reader.cancel();
        return undefined;
      }
      parts.push(value);
    }
  } catch {
    return undefined;
  }
}
