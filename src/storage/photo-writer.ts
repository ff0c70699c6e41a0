import type { StagedPhoto } from './photo-files.ts';
import './opfs-types.ts';
import { RESERVE_BYTES } from './reserve.ts';
import { sha256 } from './sha256.ts';

export const PHOTO = '.photo';
export const SIDECAR = '.json';
export const RESERVE = 'reserve';
/** A file that is still being written. A kill leaves it behind; the start-up sweep removes it. */
export const PART = '.part';

/**
 * Writes photo files whole or not at all: temporary name, flush, read back, rename. Runs in a worker,
 * where a file can be flushed to the disk; on the page it is the fallback.
 */
export class PhotoWriter {
  readonly #folder: FileSystemDirectoryHandle;

  private constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  static async open(folderName: string): Promise<PhotoWriter> {
    return new PhotoWriter(await openFolder(folderName));
  }

  async stage(id: string, photo: Blob): Promise<StagedPhoto> {
    const bytes = await photo.arrayBuffer();
    const temporary = `${id}${PHOTO}${PART}`;
    const [hash] = await Promise.all([sha256(bytes), this.#write(temporary, bytes)]);
    const handle = await this.#folder.getFileHandle(temporary);
    const readBack = await sha256(await (await handle.getFile()).arrayBuffer());
    if (readBack !== hash) throw new Error('the photo that was written reads back differently');
    return { sha256: hash, bytes: bytes.byteLength };
  }

  /** The sidecar comes first: a photo under its final name always has one that can bring its record back. */
  async keep(id: string, sidecar: string): Promise<void> {
    await this.#write(`${id}${SIDECAR}${PART}`, new TextEncoder().encode(sidecar).buffer);
    await this.#rename(`${id}${SIDECAR}${PART}`, `${id}${SIDECAR}`);
    await this.#rename(`${id}${PHOTO}${PART}`, `${id}${PHOTO}`);
  }

  async hold(): Promise<void> {
    const held = await this.#folder.getFileHandle(RESERVE).then(
      async (handle) => (await handle.getFile()).size,
      () => 0,
    );
    if (held < RESERVE_BYTES) await this.#write(RESERVE, new ArrayBuffer(RESERVE_BYTES));
  }

  async #write(name: string, bytes: ArrayBuffer): Promise<void> {
    const handle = await this.#folder.getFileHandle(name, { create: true });
    try {
      await (handle.createSyncAccessHandle ? writeSync(handle, bytes) : writeStream(handle, bytes));
    } catch (error) {
      await this.#folder.removeEntry(name).catch(() => undefined);
      throw error;
    }
  }

  async #rename(from: string, to: string): Promise<void> {
    const handle = await this.#folder.getFileHandle(from);
    if (handle.move) return handle.move(to);
    await this.#write(to, await (await handle.getFile()).arrayBuffer());
    await this.#folder.removeEntry(from);
  }
}

export async function openFolder(name: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(name, { create: true });
}

async function writeSync(handle: FileSystemFileHandle, bytes: ArrayBuffer): Promise<void> {
  const file = await handle.createSyncAccessHandle?.();
  if (!file) throw new Error('no synchronous access to files here');
  try {
    file.truncate(0);
    const written = file.write(bytes, { at: 0 });
    // A full disk may show as a short write instead of an exception.
    if (written !== bytes.byteLength) throw new DOMException('short write', 'QuotaExceededError');
    file.flush();
  } finally {
    file.close();
  }
}

async function writeStream(handle: FileSystemFileHandle, bytes: ArrayBuffer): Promise<void> {
  const stream = await handle.createWritable();
  try {
    await stream.write(bytes);
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => undefined);
    throw error;
  }
}
