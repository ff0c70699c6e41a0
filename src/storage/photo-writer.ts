import type { Sha256 } from '../../core/contract/ids.ts';
import type { StagedPhoto } from './photo-files.ts';
import './opfs-types.ts';
import { RESERVE_BYTES } from './reserve.ts';
import { seal, unseal } from './seal.ts';
import { sha256 } from './sha256.ts';

export const PHOTO = '.photo';
export const SIDECAR = '.json';
export const RESERVE = 'reserve';
/** Behind the name of a photo or sidecar that is sealed. */
export const SEALED = '.sealed';
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

  /** With a key the file is sealed; its hash is that of the photo all the same. */
  async stage(id: string, photo: Blob, key?: CryptoKey): Promise<StagedPhoto> {
    const bytes = await photo.arrayBuffer();
    const hash = await this.#writeChecked(`${id}${PHOTO}`, bytes, key);
    return { sha256: hash, bytes: bytes.byteLength };
  }

  /** The sidecar comes first: a photo under its final name always has one that can bring its record back. */
  async keep(id: string, sidecar: string, key?: CryptoKey): Promise<void> {
    const bytes = new TextEncoder().encode(sidecar).buffer;
    const ending = key ? SEALED : '';
    const name = `${id}${SIDECAR}`;
    await this.#write(`${name}${ending}${PART}`, key ? await seal(key, bytes, name) : bytes);
    await this.#rename(`${name}${ending}${PART}`, `${name}${ending}`);
    await this.#rename(`${id}${PHOTO}${ending}${PART}`, `${id}${PHOTO}${ending}`);
  }

  /**
   * Seals a file, or opens it. The other form is whole under its final name before this one goes: a kill
   * leaves one of them or both. Resolves with false where a sealed file does not open.
   */
  async convert(name: string, key: CryptoKey, isSealing: boolean): Promise<boolean> {
    const [from, to] = isSealing ? [name, `${name}${SEALED}`] : [`${name}${SEALED}`, name];
    const source = await (await (await this.#folder.getFileHandle(from)).getFile()).arrayBuffer();
    const bytes = isSealing ? source : await unseal(key, source, name).catch(() => undefined);
    if (!bytes) return false;
    await this.#writeChecked(name, bytes, isSealing ? key : undefined);
    await this.#rename(`${to}${PART}`, to);
    await this.#folder.removeEntry(from);
    return true;
  }

  /** Written under its temporary name and read back; the hash is that of `bytes`. */
  async #writeChecked(name: string, bytes: ArrayBuffer, key: CryptoKey | undefined): Promise<Sha256> {
    const temporary = `${name}${key ? SEALED : ''}${PART}`;
    const written = key ? await seal(key, bytes, name) : bytes;
    const [hash] = await Promise.all([sha256(bytes), this.#write(temporary, written)]);
    const handle = await this.#folder.getFileHandle(temporary);
    const back = await (await handle.getFile()).arrayBuffer();
    const readBack = await sha256(key ? await unseal(key, back, name) : back);
    if (readBack !== hash) throw new Error('the file that was written reads back differently');
    return hash;
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
