import { quantile } from '../cli/quantile.ts';

export interface Spread {
  readonly median: number;
  /** Half of all values lie between these. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export function spread(values: readonly number[]): Spread {
  return {
    median: quantile(values, 0.5),
    low: quantile(values, 0.25),
    high: quantile(values, 0.75),
    count: values.length,
  };
}
