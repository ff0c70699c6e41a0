import type { Spread } from './statistics.ts';

export interface BenchContext {
  readonly model: string;
  /** Timed rounds, after the warm-up. */
  readonly rounds: number;
  /** Most photos that a subset over a data set looks at; Infinity: all. */
  readonly limit: number;
  /** So many of them are passed over first. */
  readonly skip: number;
  readonly log: (line: string) => void;
}

export interface SubsetReport {
  /** Milliseconds by case and stage. */
  readonly ms: Readonly<Record<string, Readonly<Record<string, Spread>>>>;
  /** What a baseline is compared with: pure numbers, lower is better, independent of the machine's speed. */
  readonly ratios: Readonly<Record<string, Spread>>;
  /** What else the figures depend on, such as runtime and threads. */
  readonly about: Readonly<Record<string, string | number>>;
}

export interface Subset {
  readonly name: string;
  readonly measures: string;
  run(context: BenchContext): Promise<SubsetReport>;
}
