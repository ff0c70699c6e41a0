import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeMask,
  encodeMask,
  maskArea,
  maskIou,
  rowSpans,
  type MaskGeometry,
} from '../../../../core/vision/rle.ts';

const mask = (x: number, y: number, width: number, height: number, counts: number[]): MaskGeometry => ({
  kind: 'mask',
  box: { x, y, width, height },
  counts,
});

test.each<[string, number[], number[]]>([
  ['the contract’s example', [0, 0, 0, 1, 1], [3, 2]],
  ['defect first', [1, 0], [0, 1, 1]],
  ['all background', [0, 0], [2]],
  ['all defect', [1, 1], [0, 2]],
  ['nothing', [], [0]],
  ['any value but 0', [0, 255, 7], [1, 2]],
])('%s', (_, pixels, counts) => {
  expect(encodeMask(pixels)).toEqual(counts);
});

const anyMask = fc
  .record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
    x: fc.integer({ min: 0, max: 6 }),
    y: fc.integer({ min: 0, max: 6 }),
  })
  .chain(({ width, height, x, y }) =>
    fc
      .array(fc.constantFrom(0, 1), { minLength: width * height, maxLength: width * height })
      .map((pixels) => ({ pixels, geometry: mask(x, y, width, height, encodeMask(pixels)) })),
  );

test('decoding gives back what was encoded, and the area is its pixels', () => {
  fc.assert(
    fc.property(anyMask, ({ pixels, geometry }) => {
      expect([...decodeMask(geometry)]).toEqual(pixels);
      expect(maskArea(geometry)).toBe(pixels.filter(Boolean).length);
    }),
  );
});

test('IoU is that of the pixels', () => {
  const cells = ({ pixels, geometry: { box } }: { pixels: readonly number[]; geometry: MaskGeometry }) =>
    new Set(
      pixels.flatMap((pixel, i) =>
        pixel ? [`${box.x + (i % box.width)},${box.y + Math.floor(i / box.width)}`] : [],
      ),
    );
  fc.assert(
    fc.property(anyMask, anyMask, (a, b) => {
      const shared = [...cells(a)].filter((cell) => cells(b).has(cell)).length;
      const union = new Set([...cells(a), ...cells(b)]).size;
      expect(maskIou(a.geometry, b.geometry)).toBeCloseTo(union > 0 ? shared / union : 0, 12);
    }),
  );
});

describe('hostile records', () => {
  test.each<[string, MaskGeometry, number[]]>([
    ['runs beyond the box', mask(0, 0, 2, 1, [1, 1e9]), [0, 1]],
    ['runs that end early', mask(0, 0, 3, 1, [1, 1]), [0, 1, 0]],
    ['no runs', mask(0, 0, 2, 1, []), [0, 0]],
    ['an empty box', mask(0, 0, 0, 0, [0, 5]), []],
  ])('%s', (_, geometry, pixels) => {
    expect([...decodeMask(geometry)]).toEqual(pixels);
    expect([...rowSpans(geometry.box, geometry.counts)].length).toBeLessThanOrEqual(1);
    expect(maskArea(geometry)).toBe(pixels.filter(Boolean).length);
  });
});
