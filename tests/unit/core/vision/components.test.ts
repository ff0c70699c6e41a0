import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findRegions } from '../../../../core/vision/components.ts';
import { decodeMask } from '../../../../core/vision/rle.ts';

const draw = (...rows: readonly string[]) => ({
  map: Uint8Array.from(
    rows
      .join('')
      .split('')
      .map((cell) => (cell === '.' ? 0 : Number(cell) * 25)),
  ),
  size: { width: rows[0]?.length ?? 0, height: rows.length },
});

test('corners touch; boxes, pixels, scores and masks are those of the region', () => {
  const { map, size } = draw('.88...', '..9..4', '.8..44');
  const [first, second, ...more] = findRegions(map, size, { threshold: 0.3, minPixels: 1 });
  expect(more).toEqual([]);
  expect(first).toMatchObject({ box: { x: 1, y: 0, width: 2, height: 3 }, pixels: 4 });
  expect(first?.score).toBeCloseTo((200 * 3 + 225) / 4 / 255, 12);
  expect(first?.geometry).toEqual({
    kind: 'mask',
    box: { x: 1, y: 0, width: 2, height: 3 },
    counts: [0, 2, 1, 2, 1],
  });
  expect(second).toMatchObject({ box: { x: 4, y: 1, width: 2, height: 2 }, pixels: 3 });
});

test('small regions are left out, and what lies below the threshold', () => {
  const { map, size } = draw('9.99', '....', '3333');
  expect(findRegions(map, size, { threshold: 0.5, minPixels: 2 }).map(({ pixels }) => pixels)).toEqual([2]);
});

test('a threshold of 0 does not make the whole photo a finding', () => {
  const { map, size } = draw('9..', '...');
  expect(findRegions(map, size, { threshold: 0, minPixels: 1 }).map(({ pixels }) => pixels)).toEqual([1]);
});

test('at most the limit, largest first', () => {
  const { map, size } = draw('9.99.999.9');
  const regions = findRegions(map, size, { threshold: 0.5, minPixels: 1, limit: 2 });
  expect(regions.map(({ pixels }) => pixels)).toEqual([3, 2]);
});

/** Flood fill, pixel by pixel. */
function floodRegions(map: Uint8Array, width: number, height: number): string[] {
  const seen = new Set<number>();
  const regions: string[] = [];
  for (let start = 0; start < map.length; start++) {
    if (!map[start] || seen.has(start)) continue;
    const region: number[] = [];
    const open = [start];
    seen.add(start);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      region.push(at);
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const x = (at % width) + dx;
          const y = Math.floor(at / width) + dy;
          const next = y * width + x;
          if (x < 0 || y < 0 || x >= width || y >= height || !map[next] || seen.has(next)) continue;
          seen.add(next);
          open.push(next);
        }
      }
    }
    regions.push(region.sort((a, b) => a - b).join(' '));
  }
  return regions.sort();
}

test('finds the same regions as a flood fill', () => {
  const anyMap = fc
    .record({ width: fc.integer({ min: 1, max: 16 }), height: fc.integer({ min: 1, max: 16 }) })
    .chain(({ width, height }) =>
      fc
        .array(fc.constantFrom(0, 0, 255), { minLength: width * height, maxLength: width * height })
        .map((pixels) => ({ width, height, map: Uint8Array.from(pixels) })),
    );
  fc.assert(
    fc.property(anyMap, ({ width, height, map }) => {
      const regions = findRegions(map, { width, height }, { threshold: 0.5, minPixels: 1 }).map(
        ({ geometry }) => {
          const { box } = geometry;
          return [...decodeMask(geometry)]
            .flatMap((pixel, i) =>
              pixel ? [(box.y + Math.floor(i / box.width)) * width + box.x + (i % box.width)] : [],
            )
            .join(' ');
        },
      );
      expect(regions.sort()).toEqual(floodRegions(map, width, height));
    }),
    { numRuns: 500 },
  );
});
