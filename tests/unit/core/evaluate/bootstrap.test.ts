import { expect, test } from 'vitest';
import { bootstrapInterval } from '../../../../core/evaluate/bootstrap.ts';
import { mulberry32 } from '../../../../core/vision/random.ts';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const next = mulberry32(1);
const uniform = Array.from({ length: 400 }, () => next());

test('the interval of a mean is as wide as theory says', () => {
  const { low, high } = bootstrapInterval(uniform, mean, { seed: 7, rounds: 2000 });
  // 2 * 1.96 * sqrt(1 / 12 / 400)
  expect(high - low).toBeCloseTo(0.0566, 2);
  expect(low).toBeLessThan(mean(uniform));
  expect(high).toBeGreaterThan(mean(uniform));
});

test('the same seed gives the same interval, another seed another', () => {
  const interval = (seed: number) => bootstrapInterval(uniform, mean, { seed, rounds: 50 });
  expect(interval(3)).toEqual(interval(3));
  expect(interval(3)).not.toEqual(interval(4));
});

test('a constant has no width; rounds without an answer are left out; no photos have no interval', () => {
  expect(bootstrapInterval([5, 5, 5], mean, { seed: 1 })).toEqual({ low: 5, high: 5 });
  const onlyWithBoth = (drawn: readonly number[]) => (new Set(drawn).size === 2 ? 1 : NaN);
  expect(bootstrapInterval([1, 2], onlyWithBoth, { seed: 1 })).toEqual({ low: 1, high: 1 });
  expect(bootstrapInterval([], mean, { seed: 1 })).toEqual({ low: NaN, high: NaN });
});
