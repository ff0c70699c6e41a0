import type { SyncAccessHandle } from './opfs-types.ts';

export const JOURNAL = '.journal';
/** Each run writes a file of its own; so many are folded into one. */
const MOST_FILES = 12;
const FLUSH_MS = 500;

/** Appends to this run's journal file. Only in a worker: elsewhere an append would copy the file. */
export class JournalWriter {
  readonly #folder: FileSystemDirectoryHandle;
  #file: Promise<SyncAccessHandle> | undefined;
  #size = 0;
  #flush: ReturnType<typeof setTimeout> | undefined;

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  async append(line: string): Promise<void> {
    this.#file ??= this.#create();
    const file = await this.#file;
    const bytes = new TextEncoder().encode(`${line}\n`);
    const written = file.write(bytes.buffer, { at: this.#size });
    this.#flushSoon(file);
    // What was cut short is overwritten by the next line.
    if (written !== bytes.byteLength) throw new DOMException('short write', 'QuotaExceededError');
    this.#size += written;
  }

  /** Puts the files of ended runs into one. A kill in between leaves lines twice, which is harmless. */
  async fold(): Promise<void> {
    const ended: { name: string; bytes: ArrayBuffer }[] = [];
    for await (const name of this.#folder.keys()) {
      if (!name.endsWith(JOURNAL)) continue;
      const bytes = await this.#readEnded(name);
      if (bytes) ended.push({ name, bytes });
    }
    if (ended.length <= MOST_FILES) return;
    const whole = new Blob(ended.flatMap(({ bytes }) => [bytes, '\n']));
    await this.append((await whole.text()).trimEnd());
    for (const { name } of ended) await this.#folder.removeEntry(name);
  }

  /**
   * What was written outlives any kill of the browser. A power cut it outlives once flushed, as the
   * database does at once; waiting here as well would double the time of every save.
   */
  #flushSoon(file: SyncAccessHandle): void {
    if (this.#flush !== undefined) return;
    this.#flush = setTimeout(() => {
      this.#flush = undefined;
      file.flush();
    }, FLUSH_MS);
  }

  async #create(): Promise<SyncAccessHandle> {
    const handle = await this.#folder.getFileHandle(`${crypto.randomUUID()}${JOURNAL}`, { create: true });
    if (!handle.createSyncAccessHandle) throw new Error('no synchronous access to files here');
    return handle.createSyncAccessHandle();
  }

  /** Undefined while another tab writes it: one handle a file. */
  async #readEnded(name: string): Promise<ArrayBuffer | undefined> {
    const handle = await this.#folder.getFileHandle(name);
    try {
      (await handle.createSyncAccessHandle?.())?.close();
    } catch {
      return undefined;
    }
    return (await handle.getFile()).arrayBuffer();
  }
}
