import { expect, test } from 'vitest';
import { suppress } from '../../../../core/vision/nms.ts';

const at = (x: number, score: number, classIndex = 0) => ({
  box: { x, y: 0, width: 10, height: 10 },
  score,
  classIndex,
});
/** [x, score] of what stays at an IoU of 0.5; two boxes 10 wide and d apart overlap by (10 - d) / (10 + d). */
const kept = (...all: readonly ReturnType<typeof at>[]) =>
  suppress(all, 0.5, 300).map(({ box, score }) => [box.x, score]);

test('the best of doubles stays', () => {
  expect(kept(at(0, 0.5), at(1, 0.9), at(2, 0.7))).toEqual([[1, 0.9]]);
});

test('boxes that overlap less stay, best first', () => {
  expect(kept(at(0, 0.5), at(4, 0.9))).toEqual([
    [4, 0.9],
    [0, 0.5],
  ]);
});

test('what a suppressed box overlaps stays', () => {
  // 0 and 3 overlap by 7/13, 3 and 6 too, 0 and 6 by 4/16.
  expect(kept(at(0, 0.9), at(3, 0.8), at(6, 0.7))).toEqual([
    [0, 0.9],
    [6, 0.7],
  ]);
});

test('an overlap of exactly the limit stays', () => {
  const half = { box: { x: 0, y: 0, width: 10, height: 5 }, score: 0.4, classIndex: 0 };
  expect(suppress([at(0, 0.9), half], 0.5, 300)).toHaveLength(2);
});

test('classes do not suppress each other', () => {
  expect(kept(at(0, 0.9, 0), at(0, 0.8, 1))).toEqual([
    [0, 0.9],
    [0, 0.8],
  ]);
});

test('equal scores keep their order, and the limit counts what stays', () => {
  expect(kept(at(0, 0.5), at(1, 0.5))).toEqual([[0, 0.5]]);
  expect(
    suppress([at(0, 0.9), at(1, 0.8), at(50, 0.7), at(90, 0.6)], 0.5, 2).map(({ box }) => box.x),
  ).toEqual([0, 50]);
});

test('a box that stays takes the outline that those around it agree on, weighed by score', () => {
  // 0 and 1 overlap by 9/11, 0 and 4 by 6/14; another class has no say.
  const found = suppress([at(0, 0.6), at(1, 0.3), at(4, 0.5), at(1, 0.9, 1)], 0.5, 300, 0.65);
  expect(found.map(({ box, score, classIndex }) => [box.x.toFixed(4), score, classIndex])).toEqual([
    ['1.0000', 0.9, 1],
    [(0.3 / 0.9).toFixed(4), 0.6, 0],
    ['4.0000', 0.5, 0],
  ]);
  expect(found.every(({ box }) => Math.abs(box.width - 10) < 1e-9 && Math.abs(box.height - 10) < 1e-9)).toBe(
    true,
  );
});

test('boxes without a score or an area keep their outline', () => {
  const empty = { box: { x: 5, y: 5, width: 0, height: 0 }, score: 0.5, classIndex: 0 };
  expect(suppress([empty, at(0, 0)], 0.5, 300, 0.65)).toEqual([empty, at(0, 0)]);
});
