import * as v from 'valibot';

const FREE_TRIES = 4;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60 * 1000;

const Tries = v.object({ wrong: v.number(), lastAt: v.number() });
type Tries = v.InferOutput<typeof Tries>;

/**
 * Makes a wrong PIN cost time: after four, half a minute, then twice as long each, up to a quarter of an
 * hour. It is a hurdle for whoever holds the tablet, not for whoever copies its storage.
 */
export class PinPatience {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly #key: string;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>, key: string) {
    this.#storage = storage;
    this.#key = key;
  }

  /** Milliseconds until the next try is taken. */
  wait(now: number): number {
    const { wrong, lastAt } = this.#read();
    const wait = waitAfter(wrong);
    // A clock that was set back must not lock anybody out for years.
    return Math.min(wait, Math.max(0, lastAt + wait - now));
  }

  /** Before a try is judged: ending the app in between must not make it free. */
  count(now: number): void {
    this.#storage.setItem(this.#key, JSON.stringify({ wrong: this.#read().wrong + 1, lastAt: now }));
  }

  forget(): void {
    this.#storage.removeItem(this.#key);
  }

  #read(): Tries {
    const text = this.#storage.getItem(this.#key);
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Tries), text);
    return parsed.success ? parsed.output : { wrong: 0, lastAt: 0 };
  }
}

export const waitAfter = (wrong: number): number =>
  wrong < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (wrong - FREE_TRIES));
