/**
 * How many histories a test lives through: `least`, or LOUPE_HISTORIES of them as far as LOUPE_HISTORIES_MINUTES
 * go, counted from the start of the process. Histories that begin after those end at once.
 */
export class LongRun {
  readonly #least: number;
  readonly #until: number;
  readonly wanted: number;
  /** LOUPE_HISTORIES_SEED, for the same histories each time; absent: others each time. */
  readonly seed: { readonly seed?: number };
  done = 0;

  constructor(least: number) {
    const { LOUPE_HISTORIES: wanted, LOUPE_HISTORIES_MINUTES: minutes } = process.env;
    const { LOUPE_HISTORIES_SEED: seed } = process.env;
    this.#least = least;
    this.seed = seed === undefined ? {} : { seed: Number(seed) };
    this.wanted = Math.max(least, Number(wanted ?? 0));
    this.#until = minutes === undefined ? Infinity : Number(minutes) * 60_000;
  }

  get isOver(): boolean {
    return this.done >= this.#least && performance.now() > this.#until;
  }
}
