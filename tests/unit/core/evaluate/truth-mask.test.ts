import { expect, test } from 'vitest';
import { truthMask } from '../../../../core/evaluate/truth-mask.ts';
import type { Point } from '../../../../core/contract/geometry.ts';

const size = { width: 6, height: 4 };
const draw = (...polygons: readonly (readonly Point[])[]) => {
  const box = { x: 0, y: 0, width: 0, height: 0 };
  const mask = truthMask([{ classIndex: 0, box, polygons }], size);
  return [0, 6, 12, 18].map((at) =>
    [...mask.subarray(at, at + 6)].map((cell) => (cell ? '#' : '.')).join(''),
  );
};

test.each<[string, readonly Point[], readonly string[]]>([
  [
    'whole pixels',
    [
      [1, 1],
      [4, 1],
      [4, 3],
      [1, 3],
    ],
    ['......', '.###..', '.###..', '......'],
  ],
  [
    'turned the other way',
    [
      [1, 3],
      [4, 3],
      [4, 1],
      [1, 1],
    ],
    ['......', '.###..', '.###..', '......'],
  ],
  [
    'a triangle',
    [
      [0, 0],
      [4, 0],
      [0, 4],
    ],
    ['###...', '##....', '#.....', '......'],
  ],
  [
    'less than a centre',
    [
      [1.6, 1.6],
      [2.4, 1.6],
      [2.4, 2.4],
      [1.6, 2.4],
    ],
    ['......', '......', '......', '......'],
  ],
  [
    'beyond the photo',
    [
      [-5, -5],
      [50, -5],
      [50, 1],
      [-5, 1],
    ],
    ['######', '......', '......', '......'],
  ],
  [
    'a notch',
    [
      [0, 0],
      [6, 0],
      [6, 3],
      [4, 3],
      [4, 1],
      [2, 1],
      [2, 3],
      [0, 3],
    ],
    ['######', '##..##', '##..##', '......'],
  ],
])('%s', (_, points, rows) => {
  expect(draw(points)).toEqual(rows);
});

test('a box without an outline is filled', () => {
  const mask = truthMask([{ classIndex: 0, box: { x: 4, y: 3, width: 2, height: 1 } }], size);
  expect([...mask].flatMap((cell, i) => (cell ? [i] : []))).toEqual([22, 23]);
});
