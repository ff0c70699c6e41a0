import { describe, expect, test } from 'vitest';
import { boxIou, clampBox, coveredShare, intersectionArea, unionBox } from '../../../../core/vision/box.ts';

const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });
const a = box(0, 0, 10, 10);

test.each([
  ['the same', a, 100, 1, 1],
  ['half beside', box(5, 0, 10, 10), 50, 1 / 3, 1 / 2],
  ['inside', box(2, 2, 5, 5), 25, 1 / 4, 1 / 4],
  ['around', box(-5, -5, 20, 20), 100, 1 / 4, 1],
  ['touching', box(10, 0, 5, 5), 0, 0, 0],
  ['apart both ways', box(20, 20, 5, 5), 0, 0, 0],
  ['empty', box(5, 5, 0, 0), 0, 0, 0],
])('%s', (_, b, shared, iou, covered) => {
  expect(intersectionArea(a, b)).toBe(shared);
  expect(boxIou(a, b)).toBeCloseTo(iou, 12);
  expect(boxIou(b, a)).toBeCloseTo(iou, 12);
  expect(coveredShare(a, b)).toBeCloseTo(covered, 12);
});

test('an empty box is covered by nothing and overlaps nothing, itself included', () => {
  const empty = box(1, 1, 0, 5);
  expect(boxIou(empty, empty)).toBe(0);
  expect(coveredShare(empty, a)).toBe(0);
});

test('a union holds both', () => {
  expect(unionBox(box(1, 2, 3, 4), box(-1, 5, 2, 9))).toEqual(box(-1, 2, 5, 12));
});

describe('clamping', () => {
  test.each<[string, [number, number, number, number], object | undefined]>([
    ['inside stays', [1, 2, 3, 4], box(1, 2, 2, 2)],
    ['is cut on all sides', [-5, -5, 500, 500], box(0, 0, 30, 20)],
    ['outside is nothing', [40, 0, 50, 10], undefined],
    ['turned is nothing', [5, 5, 4, 6], undefined],
    ['not a number is nothing', [NaN, 0, 5, 5], undefined],
    ['infinite is the photo', [-Infinity, -Infinity, Infinity, Infinity], box(0, 0, 30, 20)],
  ])('%s', (_, [x0, y0, x1, y1], expected) => {
    expect(clampBox(x0, y0, x1, y1, { width: 30, height: 20 })).toEqual(expected);
  });
});
