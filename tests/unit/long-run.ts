/**
 * How many histories a test lives through, and how many it has. `least` of them, the same each time so that what fails is
 * what changed; or LOUPE_HISTORIES, others each time but with LOUPE_HISTORIES_SEED.
 */
export class LongRun {
  readonly wanted: number;
  readonly seed: { readonly seed?: number };
  done = 0;

  constructor(least: number) {
    const { LOUPE_HISTORIES: wanted, LOUPE_HISTORIES_SEED: seed } = process.env;
    this.wanted = Number(wanted ?? least);
    const isAny = wanted !== undefined && seed === undefined;
    this.seed = isAny ? {} : { seed: Number(seed ?? 1) };
  }

  /** What vitest is to allow it: a history takes a fifth of a second by itself, several times that beside other work. */
  get patienceMs(): number {
    return 60_000 + this.wanted * 2000;
  }
}
