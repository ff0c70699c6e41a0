import { expect, it } from 'vitest';
import { shareAtMost } from '../../../bench/binomial.ts';

// From the sum of whole binomial coefficients, bisected in Python with math.comb.
it.each([
  [0, 100, 0.02951],
  [1, 100, 0.04656],
  [5, 50, 0.19883],
  [3, 10, 0.60662],
  [10, 10, 1],
  [0, 0, 1],
])('%i of %i is at most this share, in 19 of 20 samples', (hits, trials, share) => {
  expect(shareAtMost(hits, trials)).toBeCloseTo(share, 4);
});
