import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Point } from '../../../../core/contract/geometry.ts';
import type { Scale } from '../../../../core/contract/records.ts';
import { convexHull, maxFeret, smallestBox } from '../../../../core/measure/hull.ts';
import { measureFinding, NOT_MEASURABLE, pixelShape } from '../../../../core/measure/size.ts';
import { draw, line, maskOf } from './draw.ts';

const scale = (mmPerPixel: number, uncertainty = 0): Scale => ({
  mmPerPixel,
  uncertainty,
  method: 'two-taps',
});

const turned = (points: readonly Point[], angle: number): Point[] =>
  points.map(([x, y]) => [
    x * Math.cos(angle) - y * Math.sin(angle) + 500,
    x * Math.sin(angle) + y * Math.cos(angle) + 500,
  ]);
const rectangle: Point[] = [
  [0, 0],
  [200, 0],
  [200, 80],
  [0, 80],
];

describe('pixel shape', () => {
  test('a turned rectangle keeps its sides and area', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: Math.PI, noNaN: true }), (angle) => {
        const shape = pixelShape({ kind: 'polygon', points: turned(rectangle, angle) }, false);
        expect(shape?.length.value).toBeCloseTo(200, 6);
        expect(shape?.width.value).toBeCloseTo(80, 6);
        expect(shape?.area.value).toBeCloseTo(16_000, 5);
      }),
    );
  });

  test('box, polygon and mask of the same upright rectangle agree', () => {
    const box = pixelShape({ kind: 'box', box: { x: 3, y: 4, width: 200, height: 80 } }, false);
    const polygon = pixelShape({ kind: 'polygon', points: rectangle }, false);
    const mask = pixelShape(maskOf(draw(210, 90, (x, y) => x > 5 && x < 205 && y > 5 && y < 85)), false);
    for (const shape of [box, polygon, mask]) {
      expect(shape?.length.value).toBeCloseTo(200, 9);
      expect(shape?.width.value).toBeCloseTo(80, 9);
      expect(shape?.area.value).toBeCloseTo(16_000, 9);
    }
    expect(mask?.length.uncertainty).toBeLessThan(polygon?.length.uncertainty ?? 0);
    expect(polygon?.length.uncertainty).toBeLessThan(box?.length.uncertainty ?? 0);
  });

  test('a thin line of 60 px at any angle is 60 +- 1.5 long', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: Math.PI, noNaN: true }), (angle) => {
        const shape = pixelShape(maskOf(line(90, 60, 4, angle)), true);
        expect(Math.abs((shape?.length.value ?? 0) - 60)).toBeLessThanOrEqual(1.5);
      }),
    );
  });

  test('a disc has the area of its circle', () => {
    const disc = draw(120, 120, (x, y) => Math.hypot(x - 60, y - 60) <= 50);
    const shape = pixelShape(maskOf(disc), false);
    expect(Math.abs((shape?.area.value ?? 0) / (Math.PI * 2500) - 1)).toBeLessThan(0.01);
    expect(shape?.length.value).toBeCloseTo(100, -1);
  });

  test.each([
    ['an empty mask', { kind: 'mask', box: { x: 0, y: 0, width: 4, height: 4 }, counts: [16] }],
    [
      'runs that do not fill the box',
      { kind: 'mask', box: { x: 0, y: 0, width: 4, height: 4 }, counts: [3, 2] },
    ],
    [
      'a mask larger than any photo',
      { kind: 'mask', box: { x: 0, y: 0, width: 1e6, height: 1e6 }, counts: [0, 1e12] },
    ],
    ['a box of no height', { kind: 'box', box: { x: 0, y: 0, width: 9, height: 0 } }],
    [
      'points on one line',
      {
        kind: 'polygon',
        points: [
          [0, 0],
          [5, 5],
          [9, 9],
        ] as Point[],
      },
    ],
  ] as const)('%s has no shape', (_name, geometry) => {
    expect(pixelShape(geometry as Parameters<typeof pixelShape>[0], true)).toBeUndefined();
  });

  test('the hull of a cloud contains it, and its Feret diameter is the largest distance', () => {
    const cloud = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), {
      minLength: 3,
      maxLength: 40,
    });
    fc.assert(
      fc.property(cloud, (points) => {
        const hull = convexHull(points);
        let largest = 0;
        for (const [ax, ay] of points)
          for (const [bx, by] of points) largest = Math.max(largest, Math.hypot(ax - bx, ay - by));
        expect(maxFeret(hull)).toBeCloseTo(largest, 9);
        const box = smallestBox(hull);
        expect(Math.hypot(box.length, box.width)).toBeGreaterThanOrEqual(largest - 1e-9);
      }),
    );
  });
});

describe('size of a finding', () => {
  test('without a scale nothing is measurable', () => {
    expect(measureFinding({ kind: 'polygon', points: rectangle }, undefined, true)).toEqual(NOT_MEASURABLE);
  });

  test('hand-computed: 200 x 80 px polygon at 0.5 +- 0.01 mm per pixel', () => {
    const size = measureFinding({ kind: 'polygon', points: rectangle }, scale(0.5, 0.01), false);
    // length 100 mm; sqrt((2 sqrt 2 / 200)^2 + 0.02^2) = 0.024495
    expect(size.lengthCm).toEqual({ value: 10, uncertainty: expect.closeTo(0.24495, 4) as number });
    // area 4000 mm2; sqrt((560 x 2 / 16000)^2 + (2 x 0.02)^2) = 0.080623
    expect(size.areaCm2).toEqual({ value: 40, uncertainty: expect.closeTo(3.2249, 3) as number });
    expect(size.crackWidthMm).toBe('not-measurable');
  });

  test('a crack 8 px wide at 0.25 mm per pixel is 2 mm wide', () => {
    const size = measureFinding(maskOf(line(200, 160, 8, 0)), scale(0.25), true);
    expect(size.crackWidthMm).toEqual({
      value: expect.closeTo(2, 1) as number,
      uncertainty: expect.closeTo(0.3536, 3) as number,
    });
  });

  test('a hairline one pixel wide is not measurable, its length is', () => {
    const size = measureFinding(maskOf(line(200, 160, 1, 0, 0.5)), scale(0.25), true);
    expect(size.crackWidthMm).toBe('not-measurable');
    expect(size.lengthCm).not.toBe('not-measurable');
  });
});
