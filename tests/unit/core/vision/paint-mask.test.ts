import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Geometry } from '../../../../core/contract/geometry.ts';
import { maskOf, paintMask, type Stroke } from '../../../../core/vision/paint-mask.ts';
import { decodeMask, maskArea, type MaskGeometry } from '../../../../core/vision/rle.ts';

const photo = { width: 100, height: 80 };
const dot = (x: number, y: number, radius = 5, kind: 'paint' | 'erase' = 'paint'): Stroke => ({
  points: [[x, y]],
  radius,
  kind,
});
const area = (mask: MaskGeometry | undefined): number => (mask ? maskArea(mask) : 0);

describe('painting', () => {
  test('a tap is a disc', () => {
    const mask = paintMask(undefined, dot(50, 40, 10), photo);
    expect(area(mask) / (Math.PI * 100)).toBeCloseTo(1, 1);
    expect(mask?.box).toEqual({ x: 40, y: 30, width: 20, height: 20 });
  });

  test('a line is as wide as its brush, and joins what was there', () => {
    const first = paintMask(undefined, dot(20, 40, 4), photo);
    const line = paintMask(
      first,
      {
        points: [
          [20, 40],
          [80, 40],
        ],
        radius: 4,
        kind: 'paint',
      },
      photo,
    );
    expect(line?.box).toEqual({ x: 16, y: 36, width: 68, height: 8 });
    expect(area(line)).toBeGreaterThan(60 * 8);
  });

  test('at the edge it is cut off, and beyond it nothing is left', () => {
    expect(paintMask(undefined, dot(0, 0, 6), photo)?.box).toEqual({ x: 0, y: 0, width: 6, height: 6 });
    expect(paintMask(undefined, dot(300, 300), photo)).toBeUndefined();
  });

  test('on a box it begins a mask, since a box is no outline', () => {
    const box: Geometry = { kind: 'box', box: { x: 10, y: 10, width: 60, height: 50 } };
    expect(paintMask(box, dot(30, 30), photo)?.box).toEqual({ x: 25, y: 25, width: 10, height: 10 });
  });
});

describe('erasing', () => {
  test('takes a bite out of a box and leaves nothing where all is gone', () => {
    const box: Geometry = { kind: 'box', box: { x: 10, y: 10, width: 20, height: 20 } };
    expect(area(paintMask(box, dot(10, 20, 5, 'erase'), photo))).toBeLessThan(400);
    expect(paintMask(box, dot(20, 20, 30, 'erase'), photo)).toBeUndefined();
  });

  test('what was painted and erased again is gone; the rest is untouched', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 79 }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 5 }), point, (points, rest) => {
        const stroke = { points, radius: 4, kind: 'paint' } as const;
        const base = paintMask(undefined, dot(...rest, 3), photo);
        const painted = paintMask(base, stroke, photo);
        const erased = paintMask(painted, { ...stroke, kind: 'erase' }, photo);
        const straight = base && paintMask(base, { ...stroke, kind: 'erase' }, photo);
        expect(erased).toEqual(straight);
      }),
    );
  });
});

test('a polygon becomes its pixels', () => {
  const triangle: Geometry = {
    kind: 'polygon',
    points: [
      [10, 10],
      [30, 10],
      [10, 30],
    ],
  };
  const mask = maskOf(triangle, photo);
  expect(area(mask)).toBe(190);
  expect(mask && decodeMask(mask)[0]).toBe(1);
});
