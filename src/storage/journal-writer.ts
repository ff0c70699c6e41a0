import type { SyncAccessHandle } from './opfs-types.ts';

export const JOURNAL = '.journal';
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

  /** Ends this run's file; what comes next goes into a new one. Resolves with every ended file's name. */
  async rotate(): Promise<readonly string[]> {
    const before = this.#file;
    this.#file = undefined;
    this.#size = 0;
    const file = await before;
    file?.flush();
    file?.close();
    const ended: string[] = [];
    for await (const name of this.#folder.keys()) {
      if (name.endsWith(JOURNAL) && (await this.#isEnded(name))) ended.push(name);
    }
    return ended;
  }

  /** Lines in the place of ended files. A kill in between leaves lines twice, which is harmless. */
  async replace(names: readonly string[], lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.append(lines.join('\n'));
    (await this.#file)?.flush();
    for (const name of names) await this.#folder.removeEntry(name);
  }

  /**
   * What was written outlives any kill of the browser. A power cut it outlives once flushed, as the
   * database does at once; waiting here as well would double the time of every save.
   */
  #flushSoon(file: SyncAccessHandle): void {
    if (this.#flush !== undefined) return;
    this.#flush = setTimeout(() => {
      this.#flush = undefined;
      // A file that was ended meanwhile was flushed when it was closed.
      void this.#file?.then((current) => current === file && file.flush());
    }, FLUSH_MS);
  }

  async #create(): Promise<SyncAccessHandle> {
    const handle = await this.#folder.getFileHandle(`${crypto.randomUUID()}${JOURNAL}`, { create: true });
    if (!handle.createSyncAccessHandle) throw new Error('no synchronous access to files here');
    return handle.createSyncAccessHandle();
  }

  /** Another tab that writes it holds its one handle. */
  async #isEnded(name: string): Promise<boolean> {
    const handle = await this.#folder.getFileHandle(name);
    try {
      (await handle.createSyncAccessHandle?.())?.close();
      return true;
    } catch {
      return false;
    }
  }
}
