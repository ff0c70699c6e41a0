import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeYolox, type YoloxHead } from '../../../../core/vision/decode-yolox.ts';
import { planTiles, type Tile } from '../../../../core/vision/tiles.ts';

const head: YoloxHead = { input: { width: 64, height: 32 }, strides: [8, 16], classes: 2 };
const cells = 8 * 4 + 4 * 2;
const photo = { width: 200, height: 100 };
const tile = {
  x: 100,
  y: 50,
  width: 32,
  height: 16,
  inputWidth: 64,
  inputHeight: 32,
  scaleX: 2,
  scaleY: 2,
  zoom: 2,
};
const low = [0.1, 0.1];

/** All zero but the given cells. */
function answer(rows: Readonly<Record<number, readonly number[]>>): Float32Array {
  const data = new Float32Array(cells * 7);
  for (const [cell, values] of Object.entries(rows)) data.set(values, Number(cell) * 7);
  return data;
}

describe('geometry', () => {
  test.each([
    // Stride 8, column 3, row 1: centre (3.5 * 8, 1.5 * 8), sides 8 * e^0 = 8.
    ['first stride', 8 + 3, [0.5, 0.5, 0, 0, 1, 0.9, 0], { x: 112, y: 54, width: 4, height: 4 }],
    // Stride 16, column 1, row 1: centre (1 * 16, 1 * 16), sides 32 and 16.
    ['second stride', 32 + 5, [0, 0, Math.log(2), 0, 1, 0.9, 0], { x: 100, y: 54, width: 16, height: 8 }],
  ])('%s', (_, cell, values, box) => {
    const [found] = decodeYolox(answer({ [cell]: values }), head, low, tile, photo);
    expect(found?.classIndex).toBe(0);
    expect(found?.score).toBeCloseTo(0.9, 6);
    for (const side of ['x', 'y', 'width', 'height'] as const)
      expect(found?.box[side]).toBeCloseTo(box[side], 4);
  });

  test('a box is cut at the photo, not at the tile', () => {
    const wide = answer({ 0: [0, 0, 10, 10, 1, 1, 0] });
    expect(decodeYolox(wide, head, low, tile, photo)[0]?.box).toEqual({
      x: 0,
      y: 0,
      width: 200,
      height: 100,
    });
  });
});

describe('scores', () => {
  test('objectness times class, once for every class that reaches its threshold', () => {
    const data = answer({ 0: [0, 0, 0, 0, 0.5, 0.5, 1] });
    const found = decodeYolox(data, head, [0.25, 0.25], tile, photo);
    expect(found.map(({ classIndex, score }) => [classIndex, score])).toEqual([
      [1, 0.5],
      [0, 0.25],
    ]);
    expect(decodeYolox(data, head, [0.26, 0.6], tile, photo)).toEqual([]);
  });

  test.each([
    ['a score', [0, 0, 0, 0, NaN, 1, 1]],
    ['a place', [NaN, 0, 0, 0, 1, 1, 1]],
    ['a side', [0, 0, Infinity, 0, 1, 1, 1]],
    ['a side after exp', [0, 0, 1000, 0, 1, 1, 1]],
  ])('%s that is not finite is no finding', (_, values) => {
    expect(decodeYolox(answer({ 3: values }), head, low, tile, photo)).toEqual([]);
  });
});

test.each([
  ['too short', new Float32Array(cells * 7 - 1)],
  ['too long', new Float32Array(cells * 7 + 7)],
  ['empty', new Float32Array(0)],
])('an answer that is %s is refused', (_, data) => {
  expect(() => decodeYolox(data, head, low, tile, photo)).toThrow(RangeError);
});

test('whatever the model answers, boxes lie in the photo and scores between 0 and 1, at most 1000', () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 1e38, -1e38, 0, 1));
  const tiles: readonly Tile[] = planTiles(
    photo,
    { width: 64, height: 32, resize: 'tile' },
    { overlap: 0.2, scales: [1, 2] },
  );
  fc.assert(
    fc.property(
      fc.array(value, { minLength: cells * 7, maxLength: cells * 7 }),
      fc.constantFrom(...tiles),
      (values, at) => {
        const found = decodeYolox(Float32Array.from(values), head, [0, 0], at, photo);
        expect(found.length).toBeLessThanOrEqual(1000);
        for (const { box, score } of found) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0).toBe(true);
          expect(box.x + box.width).toBeLessThanOrEqual(photo.width + 1e-9);
          expect(box.y + box.height).toBeLessThanOrEqual(photo.height + 1e-9);
        }
      },
    ),
    { numRuns: 200 },
  );
});
