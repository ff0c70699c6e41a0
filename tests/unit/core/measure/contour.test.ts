import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Point } from '../../../../core/contract/geometry.ts';
import { contours } from '../../../../core/measure/contour.ts';
import { draw } from './draw.ts';

function evenOdd(rings: readonly Point[][], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    ring.forEach(([ax, ay], index) => {
      const [bx, by] = ring[(index + 1) % ring.length] ?? [ax, ay];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    });
  }
  return inside;
}

describe('contours', () => {
  test('a rectangle has its four corners, in photo pixels', () => {
    const rectangle = { ...draw(6, 5, (x, y) => x > 1 && x < 4 && y > 1 && y < 3), x: 100, y: 50 };
    expect(contours(rectangle)).toEqual([
      [
        [101, 51],
        [104, 51],
        [104, 53],
        [101, 53],
      ],
    ]);
  });

  test('filled by even-odd they give any mask back', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 63, maxLength: 63 }), (bits) => {
        const bitmap = draw(9, 7, (x, y) => bits[Math.floor(y) * 9 + Math.floor(x)] === true);
        const rings = contours(bitmap);
        const back = draw(9, 7, (x, y) => evenOdd(rings, x, y));
        expect([...back.data]).toEqual([...bitmap.data]);
        for (const ring of rings) expect(ring.length).toBeGreaterThanOrEqual(4);
      }),
      { numRuns: 500 },
    );
  });

  test('pixels that touch at a corner are rings of their own', () => {
    const two = draw(2, 2, (x, y) => Math.floor(x) === Math.floor(y));
    expect(contours(two).map((ring) => ring.length)).toEqual([4, 4]);
  });
});
