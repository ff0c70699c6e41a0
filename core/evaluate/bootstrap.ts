import { mulberry32 } from '../vision/random.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile bootstrap interval: `statistic` over photos drawn with replacement, 95 % by default. The
 * unit drawn is the photo, since damages of one photo depend on each other. Rounds whose statistic is NaN
 * are left out. The same seed gives the same interval. Source: Efron, 1979.
 */
export function bootstrapInterval<Photo>(
  photos: readonly Photo[],
  statistic: (drawn: readonly Photo[]) => number,
  {
    seed,
    rounds = 1000,
    level = 0.95,
  }: { readonly seed: number; readonly rounds?: number; readonly level?: number },
): Interval {
  const next = mulberry32(seed);
  const values = Array.from({ length: photos.length === 0 ? 0 : rounds }, () =>
    statistic(photos.map((photo) => photos[Math.floor(next() * photos.length)] ?? photo)),
  ).filter((value) => !Number.isNaN(value));
  values.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/** Linear between neighbours, as numpy's default. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}
