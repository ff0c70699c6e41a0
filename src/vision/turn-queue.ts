import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, type Outcome } from '../../core/domain/outcome.ts';

type Turn<Value> = () => Promise<Outcome<Value, VisionFailure>>;

/** One turn at a time, in the order of asking. A turn that was given up while it waited is never begun. */
export class TurnQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #length = 0;

  /** Turns that wait or run. */
  get length(): number {
    return this.#length;
  }

  take<Value>(turn: Turn<Value>, signal?: AbortSignal): Promise<Outcome<Value, VisionFailure>> {
    const cancelled = fail({ kind: 'cancelled' });
    if (signal?.aborted) return Promise.resolve(cancelled);
    this.#length++;
    let begun = false;
    const result = this.#tail.then(() => {
      begun = true;
      return signal?.aborted ? cancelled : turn();
    });
    this.#tail = result.then(
      () => this.#length--,
      () => this.#length--,
    );
    if (!signal) return result;
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        if (!begun) resolve(cancelled);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      result.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
    });
  }
}
