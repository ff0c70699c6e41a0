/**
 * How many histories a test lives through: `least`, or LOUPE_HISTORIES. With LOUPE_HISTORIES_MINUTES it is as many as
 * these allow, but at least `least`, counted from the start of the process. Histories that begin after those end at once.
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
    this.wanted = Number(wanted ?? least);
    this.#least = Math.min(least, this.wanted);
    this.seed = seed === undefined ? {} : { seed: Number(seed) };
    this.#until = minutes === undefined ? Infinity : Number(minutes) * 60_000;
  }

  get isOver(): boolean {
    return this.done >= this.#least && performance.now() > this.#until;
  }
}
