import { describe, expect, test } from 'vitest';
import { compareMasks, maskScores } from '../../../../core/evaluate/mask-metrics.ts';

/** Rows of text, `#` being defect. */
const mask = (...rows: readonly string[]) =>
  Uint8Array.from(
    rows
      .join('')
      .split('')
      .map((cell) => (cell === '#' ? 1 : 0)),
  );
const size = { width: 6, height: 3 };
const line = mask('......', '######', '......');
const shifted = mask('######', '......', '......');
const half = mask('......', '###...', '......');
const empty = mask('......', '......', '......');

describe('one photo', () => {
  test.each([
    ['the same', line, line, 0, { F1: 1, IoU: 1, precision: 1, recall: 1, areaError: 0 }],
    ['half found', half, line, 0, { F1: 2 / 3, IoU: 1 / 2, precision: 1, recall: 1 / 2, areaError: 100 / 6 }],
    [
      'twice as much',
      line,
      half,
      0,
      { F1: 2 / 3, IoU: 1 / 2, precision: 1 / 2, recall: 1, areaError: 100 / 6 },
    ],
    ['one pixel beside', shifted, line, 0, { F1: 0, IoU: 0, precision: 0, recall: 0, areaError: 0 }],
    [
      'one pixel beside, tolerated',
      shifted,
      line,
      1,
      { F1: 1, IoU: 1, precision: 1, recall: 1, areaError: 0 },
    ],
    // The tolerance reaches one pixel beyond the answered half: 4 of 6 are found.
    [
      'half found, tolerated',
      half,
      line,
      1,
      { F1: 0.8, IoU: 3 / 5, precision: 1, recall: 4 / 6, areaError: 100 / 6 },
    ],
    [
      'nothing there, nothing found',
      empty,
      empty,
      0,
      { F1: 1, IoU: 1, precision: 1, recall: 1, areaError: 0 },
    ],
    [
      'something on a clean photo',
      half,
      empty,
      0,
      { F1: 0, IoU: 0, precision: 0, recall: 0, areaError: 100 / 6 },
    ],
  ])('%s', (_, answer, truth, tolerance, expected) => {
    const scores = maskScores([compareMasks(answer, truth, size, tolerance)]);
    for (const [name, value] of Object.entries(expected)) {
      expect(scores[name as keyof typeof scores], name).toBeCloseTo(value, 12);
    }
  });
});

test('pixels of all photos are pooled, the area error is a mean over photos', () => {
  const scores = maskScores([compareMasks(half, line, size), compareMasks(line, line, size)]);
  expect(scores.recall).toBeCloseTo(9 / 12, 12);
  expect(scores.IoU).toBeCloseTo(9 / 12, 12);
  expect(scores.areaError).toBeCloseTo(100 / 12, 12);
});

test('the tolerance is a circle, not a square', () => {
  const corner = mask('#.....', '......', '......');
  const diagonal = mask('......', '.#....', '......');
  expect(compareMasks(corner, diagonal, size, 1).right).toBe(0);
  expect(compareMasks(corner, diagonal, size, 1.5).right).toBe(1);
});

test('masks of another size are refused', () => {
  expect(() => compareMasks(line, line, { width: 5, height: 3 })).toThrow(RangeError);
});
