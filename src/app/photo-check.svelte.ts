import type { CaptureId } from '../../core/contract/ids.ts';
import type { OpenStore } from '../storage/open-store.ts';

export type PhotoCheckWork =
  | { readonly kind: 'working'; readonly done: number; readonly all: number }
  | { readonly kind: 'done'; readonly all: number; readonly spoiled: readonly CaptureId[] }
  | { readonly kind: 'failed'; readonly detail: string };

/** Reads every photo again and holds it against the hash it was saved under. */
export class PhotoCheck {
  #work = $state.raw<PhotoCheckWork>();
  #abort: AbortController | undefined;
  readonly #keeper: Pick<OpenStore, 'verifyPhotos'>;

  constructor(keeper: Pick<OpenStore, 'verifyPhotos'>) {
    this.#keeper = keeper;
  }

  get work(): PhotoCheckWork | undefined {
    return this.#work;
  }

  async run(): Promise<void> {
    this.cancel();
    const { signal } = (this.#abort = new AbortController());
    let count = 0;
    this.#work = { kind: 'working', done: 0, all: 0 };
    const onProgress = (done: number, all: number) => {
      count = all;
      if (!signal.aborted) this.#work = { kind: 'working', done, all };
    };
    try {
      const spoiled = await this.#keeper.verifyPhotos(onProgress, signal);
      if (!signal.aborted) this.#work = { kind: 'done', all: count, spoiled };
    } catch (error) {
      if (!signal.aborted) this.#work = { kind: 'failed', detail: String(error) };
    }
  }

  cancel(): void {
    this.#abort?.abort();
    this.#work = undefined;
  }
}
