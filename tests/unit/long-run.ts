/**
 * How many histories a test lives through: `least`, or LOUPE_HISTORIES of them as far as LOUPE_HISTORIES_MINUTES
 * go, counted from the start of the process. Histories that begin after those end at once.
 */
export class LongRun {
  readonly #least: number;
  readonly #until: number;
  readonly wanted: number;
  done = 0;

  constructor(least: number, { LOUPE_HISTORIES: wanted, LOUPE_HISTORIES_MINUTES: minutes } = process.env) {
    this.#least = least;
    this.wanted = Math.max(least, Number(wanted ?? 0));
    this.#until = minutes === undefined ? Infinity : Number(minutes) * 60_000;
  }

  get isOver(): boolean {
    return this.done >= this.#least && performance.now() > this.#until;
  }
}
