import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, type Outcome } from '../../core/domain/outcome.ts';

type Turn<Value> = () => Promise<Outcome<Value, VisionFailure>>;

/** One turn at a time, in the order of asking. A turn that was given up while it waited is never begun. */
export class TurnQueue {
  #tail: Promise<unknown> = Promise.resolve();
  readonly #open = new Set<symbol>();

  /** Turns that wait or run. */
  get length(): number {
    return this.#open.size;
  }

  take<Value>(turn: Turn<Value>, signal?: AbortSignal): Promise<Outcome<Value, VisionFailure>> {
    const ticket = Symbol('turn');
    const cancelled = fail({ kind: 'cancelled' });
    this.#open.add(ticket);
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#open.delete(ticket);
        resolve(cancelled);
      };
      if (signal?.aborted) return giveUp();
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#tail = this.#tail.then(async () => {
        if (!this.#open.has(ticket)) return;
        // From here on the turn itself answers to the signal.
        signal?.removeEventListener('abort', giveUp);
        await turn()
          .finally(() => this.#open.delete(ticket))
          .then(resolve, reject);
      });
    });
  }
}
