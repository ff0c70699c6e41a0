import { createReadStream } from 'node:fs';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Sha256 } from '../../core/contract/ids.ts';
import type { BlobStore, ByteRange } from './blob-store.ts';

/** Photos as files of one folder, on the file system on which uploads arrive. */
export class DiskBlobs implements BlobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async publish(tenant: string, sha256: Sha256, file: string): Promise<void> {
    const path = this.#path(tenant, sha256);
    await mkdir(dirname(path), { recursive: true });
    await flush(file);
    await rename(file, path);
    // A name is durable only with its folder.
    for (const folder of [dirname(path), dirname(dirname(path))]) await flush(folder);
  }

  async open(
    tenant: string,
    sha256: Sha256,
    range?: ByteRange,
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    const path = this.#path(tenant, sha256);
    const status = await stat(path).catch(() => undefined);
    const part = range && { start: range.first, end: range.last };
    return status && (Readable.toWeb(createReadStream(path, part)) as ReadableStream<Uint8Array>);
  }

  /** Two letters in between keep folders small. Tenants and hashes are our own, and hold no slash. */
  #path(tenant: string, sha256: Sha256): string {
    return join(this.#folder, tenant, sha256.slice(0, 2), sha256);
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
