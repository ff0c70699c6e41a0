import * as v from 'valibot';
import { Sha256 } from '../../core/contract/ids.ts';
import type { StagedPhoto } from './photo-files.ts';
import type { WriterAnswer, WriterCall } from './photo-writer.worker.ts';

const Staged = v.object({ sha256: Sha256, bytes: v.number() });
/** A worker that has not answered by then does not start here (old engine, blocked by policy). */
const START_MS = 5000;

/** The page's side of the photo writer's worker. */
export class PhotoWriterDoor {
  readonly #worker: Worker;
  /** Rejects when the worker breaks, so that no call waits for ever. */
  readonly #broken: Promise<never>;

  private constructor() {
    this.#worker = new Worker(new URL('./photo-writer.worker.ts', import.meta.url), { type: 'module' });
    this.#broken = new Promise((_, reject) => {
      this.#worker.addEventListener('error', (event) => {
        reject(new Error(`the photo writer broke: ${event.message}`));
      });
    });
    this.#broken.catch(() => undefined);
  }

  /** Undefined where such a worker does not run. */
  static async start(folderName: string): Promise<PhotoWriterDoor | undefined> {
    let door: PhotoWriterDoor | undefined;
    try {
      door = new PhotoWriterDoor();
      await Promise.race([door.#call({ method: 'open', folderName }), timeout(START_MS)]);
      return door;
    } catch {
      door?.close();
      return undefined;
    }
  }

  async stage(id: string, photo: Blob): Promise<StagedPhoto> {
    return v.parse(Staged, await this.#call({ method: 'stage', id, photo }));
  }

  async keep(id: string, sidecar: string): Promise<void> {
    await this.#call({ method: 'keep', id, sidecar });
  }

  async hold(): Promise<void> {
    await this.#call({ method: 'hold' });
  }

  async append(line: string): Promise<void> {
    await this.#call({ method: 'append', line });
  }

  async foldJournal(): Promise<void> {
    await this.#call({ method: 'fold' });
  }

  close(): void {
    this.#worker.terminate();
  }

  #call(call: WriterCall): Promise<unknown> {
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise<unknown>((resolve, reject) => {
      port1.onmessage = ({ data }: MessageEvent<WriterAnswer>) => {
        port1.close();
        if (data.ok) resolve(data.value);
        else reject(Object.assign(new Error(data.message), { name: data.name }));
      };
    });
    this.#worker.postMessage(call, [port2]);
    return Promise.race([answered, this.#broken]);
  }
}

const timeout = (ms: number): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms));
