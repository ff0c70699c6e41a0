import { releaseProxy, wrap, type Remote } from 'comlink';
import type { VisionFailure, VisionWorkerApi } from '../../core/contract/vision-worker.ts';
import { fail, type Outcome } from '../../core/domain/outcome.ts';

export type Answer<Value> = Promise<Outcome<Value, VisionFailure>>;
type VisionRemote = Remote<VisionWorkerApi<Blob, ImageBitmap>>;
/** `alive` tells the watchdog that something was heard. */
export type Work<Value> = (life: WorkerLife, alive: () => void) => Answer<Value>;

/** One life of the vision worker: from its start until it is ended, by whomever. */
export class WorkerLife {
  readonly api: VisionRemote;
  /** Resolves with the reason once this worker answers no more. */
  readonly lost: Promise<string>;
  /** The model that this worker was asked to prepare last, and holds. */
  holds: string | undefined;
  readonly #worker: Worker;
  #settleLost: (reason: string) => void = () => undefined;
  #ended = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.api = wrap<VisionWorkerApi<Blob, ImageBitmap>>(worker);
    this.lost = new Promise((resolve) => (this.#settleLost = resolve));
    worker.addEventListener('error', (event) => this.end(event.message || 'the worker could not go on'));
    worker.addEventListener('messageerror', () => this.end('a message could not be read'));
  }

  get ended(): boolean {
    return this.#ended;
  }

  end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.api[releaseProxy]();
    this.#worker.terminate();
    this.#settleLost(reason);
  }

  /**
   * Runs a call until it answers, this life is lost, or nothing was heard for `silenceLimitMs`, which ends
   * this life. A call to a dead worker would never settle. What the worker throws is a broken invariant of
   * its own and ends it too.
   */
  call<Value>(work: Work<Value>, silenceLimitMs: number): Answer<Value> {
    return new Promise((resolve) => {
      let watchdog: ReturnType<typeof setTimeout> | undefined;
      const settle = (outcome: Outcome<Value, VisionFailure>): void => {
        clearTimeout(watchdog);
        watchdog = undefined;
        settled = true;
        resolve(outcome);
      };
      let settled = false;
      const alive = (): void => {
        if (settled) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(
          () => this.end(`no sign of life for ${silenceLimitMs / 1000} s`),
          silenceLimitMs,
        );
      };
      alive();
      void this.lost.then((detail) => settle(fail({ kind: 'worker-lost', detail })));
      work(this, alive).then(settle, (error: unknown) =>
        this.end(error instanceof Error ? error.message : String(error)),
      );
    });
  }
}
