import { describe, expect, test } from 'vitest';
import { compareGolden } from '../../../../core/vision/compare-golden.ts';

const expected = [{ name: 'out', shape: [1, 4], indices: [0, 3], values: [1, -100] }];
const tolerance = { abs: 0.1, rel: 0.01 };
const compare = (data: readonly number[], shape = [1, 4]) =>
  compareGolden({ out: { shape, data } }, expected, tolerance);

describe('within the tolerance', () => {
  test.each([
    ['exact', [1, 9, 9, -100], 0],
    ['absolute', [1.1, 9, 9, -100], 0.1],
    ['absolute and relative', [1, 9, 9, -101.1], 1.1],
  ])('%s', (_, data, worst) => {
    const result = compare(data);
    expect(result.verdict).toBe('passed');
    expect(result.worstError).toBeCloseTo(worst, 9);
  });
});

describe('fails and says where', () => {
  test.each([
    ['too far', [1.12, 9, 9, -100], 'out[0] is 1.12'],
    ['too far, relative', [1, 9, 9, -101.2], 'out[3] is -101.2'],
    ['not a number', [1, 9, 9, NaN], 'out[3] is NaN'],
    ['infinite', [Infinity, 9, 9, -100], 'out[0] is Infinity'],
    ['too short', [1, 9, 9], 'holds 3 values'],
  ])('%s', (_, data, message) => {
    const result = compare(data);
    expect(result.verdict).toBe('failed');
    expect(result.message).toContain(message);
  });

  test('another shape', () => {
    expect(compare([1, 9, 9, -100], [4, 1])).toMatchObject({ verdict: 'failed', worstError: Infinity });
  });

  test('a missing output, even when its name is one of Object’s own', () => {
    const golden = [{ name: 'toString', shape: [1], indices: [0], values: [1] }];
    expect(compareGolden({}, golden, tolerance).message).toContain('missing');
  });

  test('a file that compares nothing proves nothing', () => {
    expect(compareGolden({}, [], tolerance).verdict).toBe('failed');
    const silent = [{ name: 'out', shape: [1], indices: [], values: [] }];
    expect(compareGolden({ out: { shape: [1], data: [1] } }, silent, tolerance).verdict).toBe('failed');
  });

  test('the worst error is that of all values, the message that of the first', () => {
    const result = compare([2, 9, 9, -200]);
    expect(result.worstError).toBe(100);
    expect(result.message).toContain('out[0]');
  });
});
