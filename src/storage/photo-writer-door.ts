import * as v from 'valibot';
import { Sha256 } from '../../core/contract/ids.ts';
import type { StagedPhoto } from './photo-files.ts';
import type { WriterAnswer, WriterCall } from './photo-writer.worker.ts';

const Staged = v.object({ sha256: Sha256, bytes: v.number() });
/** A worker that has not answered by then does not start here (old engine, blocked by policy). */
const START_MS = 5000;
/** Longer than the largest photo takes on the slowest tablet. */
const PATIENCE_MS = 60_000;
/** Name of the error when the worker is no more; another one can be started. */
export const WRITER_GONE = 'WriterGone';

/** The page's side of the photo writer's worker. */
export class PhotoWriterDoor {
  readonly #worker: Worker;
  /** Rejects when the worker breaks or is ended, so that no call waits for ever. */
  readonly #gone: Promise<never>;
  #end: (reason: string) => void = () => undefined;

  private constructor() {
    this.#worker = new Worker(new URL('./photo-writer.worker.ts', import.meta.url), { type: 'module' });
    this.#gone = new Promise((_, reject) => {
      this.#end = (reason) => {
        this.#worker.terminate();
        reject(Object.assign(new Error(reason), { name: WRITER_GONE }));
      };
    });
    this.#gone.catch(() => undefined);
    this.#worker.addEventListener('error', (event) => {
      this.#end(`the photo writer broke: ${event.message}`);
    });
  }

  /** Undefined where such a worker does not run. */
  static async start(folderName: string): Promise<PhotoWriterDoor | undefined> {
    let door: PhotoWriterDoor | undefined;
    try {
      door = new PhotoWriterDoor();
      await door.#call({ method: 'open', folderName }, START_MS);
      return door;
    } catch {
      door?.close();
      return undefined;
    }
  }

  async stage(id: string, photo: Blob, key?: CryptoKey): Promise<StagedPhoto> {
    return v.parse(Staged, await this.#call({ method: 'stage', id, photo, key }));
  }

  async keep(id: string, sidecar: string, key?: CryptoKey): Promise<void> {
    await this.#call({ method: 'keep', id, sidecar, key });
  }

  async hold(): Promise<void> {
    await this.#call({ method: 'hold' });
  }

  async append(line: string): Promise<void> {
    await this.#call({ method: 'append', line });
  }

  async convert(name: string, key: CryptoKey, isSealing: boolean): Promise<boolean> {
    return v.parse(v.boolean(), await this.#call({ method: 'convert', name, key, isSealing }));
  }

  /** Names of the journal files that end here. */
  async rotateJournal(): Promise<readonly string[]> {
    return v.parse(v.array(v.string()), await this.#call({ method: 'rotate' }));
  }

  async replaceJournal(names: readonly string[], lines: readonly string[]): Promise<void> {
    await this.#call({ method: 'replace', names: [...names], lines: [...lines] });
  }

  close(): void {
    this.#end('the photo writer was closed');
  }

  async #call(call: WriterCall, patienceMs = PATIENCE_MS): Promise<unknown> {
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise<unknown>((resolve, reject) => {
      port1.onmessage = ({ data }: MessageEvent<WriterAnswer>) => {
        port1.close();
        if (data.ok) resolve(data.value);
        else reject(Object.assign(new Error(data.message), { name: data.name }));
      };
    });
    // Chromium lets a write to a file that was cleared away wait for ever.
    const watchdog = setTimeout(() => {
      this.#end(`the photo writer did not answer ${call.method}`);
    }, patienceMs);
    this.#worker.postMessage(call, [port2]);
    try {
      return await Promise.race([answered, this.#gone]);
    } finally {
      clearTimeout(watchdog);
    }
  }
}
