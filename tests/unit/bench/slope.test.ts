import { describe, expect, test } from 'vitest';
import { slopeOf } from '../../../bench/slope.ts';

describe('a straight line through values', () => {
  test.each([
    ['flat', [5, 5, 5, 5], 0, 0],
    ['growing by two', [1, 3, 5, 7], 2, 0],
    ['falling', [9, 6, 3], -3, 0],
  ])('%s', (_, values, perStep, error) => {
    const slope = slopeOf(values);
    expect(slope.perStep).toBeCloseTo(perStep, 9);
    expect(slope.error).toBeCloseTo(error, 9);
  });

  test('noise has an error that tells it from growth', () => {
    const noise = Array.from({ length: 200 }, (_, at) => 100 + ((at * 7919) % 13));
    const flat = slopeOf(noise);
    expect(Math.abs(flat.perStep)).toBeLessThan(3 * flat.error);
    const growing = slopeOf(noise.map((value, at) => value + at / 10));
    expect(growing.perStep).toBeGreaterThan(10 * growing.error);
  });

  test('two values are no line', () => {
    expect(() => slopeOf([1, 2])).toThrow(RangeError);
  });
});
