export interface Rate {
  /** So many at once. */
  readonly burst: number;
  /** So many more each second. */
  readonly perS: number;
}

/** Who was not seen for so long has a full bucket again, and is forgotten. */
const MOST_KEYS = 20_000;

interface Bucket {
  left: number;
  at: number;
}

/** Token buckets by key, in this process: with several nodes each lets through its own share. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one; resolves to 0, or to the seconds until there is one again, and takes none then. */
  take(key: string, now: number): number {
    const wait = this.wait(key, now);
    const bucket = this.#buckets.get(key);
    if (wait === 0 && bucket) bucket.left--;
    return wait;
  }

  /** Seconds until `take` gives one. */
  wait(key: string, now: number): number {
    const { burst, perS } = this.#rate;
    const bucket = this.#buckets.get(key) ?? { left: burst, at: now };
    // A clock that was set back fills nothing.
    bucket.left = Math.min(burst, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perS);
    bucket.at = now;
    // The last one touched is the last one forgotten.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_KEYS && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket.left >= 1 ? 0 : Math.ceil((1 - bucket.left) / perS);
  }
}
