import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Box, Size } from '../../../../core/contract/geometry.ts';
import { boxIou, clampBox } from '../../../../core/vision/box.ts';
import { findRegions } from '../../../../core/vision/components.ts';
import { decodeYolox, type YoloxHead } from '../../../../core/vision/decode-yolox.ts';
import { chooseTiles } from '../../../../core/vision/first-look.ts';
import { mergeTiles } from '../../../../core/vision/merge-tiles.ts';
import { MaskStitcher } from '../../../../core/vision/stitch-masks.ts';
import { planTiles, type Tile } from '../../../../core/vision/tiles.ts';

// From the plan to the findings with a model that answers right: what remains is our own geometry.

const head: YoloxHead = { input: { width: 128, height: 128 }, strides: [8, 16], classes: 1 };
const cells = 16 * 16 + 8 * 8;

/** The head's answer for the visible part of each box, in the cell of its centre. */
function yoloxAnswer(tile: Tile, boxes: readonly Box[]): Float32Array {
  const data = new Float32Array(cells * 6);
  for (const box of boxes) {
    const seen = clampBox(
      (box.x - tile.x) * tile.scaleX,
      (box.y - tile.y) * tile.scaleY,
      (box.x + box.width - tile.x) * tile.scaleX,
      (box.y + box.height - tile.y) * tile.scaleY,
      { width: tile.inputWidth, height: tile.inputHeight },
    );
    if (!seen || seen.width < 1 || seen.height < 1) continue;
    const x = (seen.x + seen.width / 2) / 8;
    const y = (seen.y + seen.height / 2) / 8;
    const column = Math.min(15, Math.floor(x));
    const row = Math.min(15, Math.floor(y));
    const values = [x - column, y - row, Math.log(seen.width / 8), Math.log(seen.height / 8), 1, 0.9];
    data.set(values, (row * 16 + column) * 6);
  }
  return data;
}

const photoSize = fc.record({
  width: fc.integer({ min: 40, max: 700 }),
  height: fc.integer({ min: 40, max: 700 }),
});
const part = fc.double({ min: 0, max: 1, noNaN: true });

/** A box of at least 20 pixels a side inside the photo. */
function placed(photo: Size, [x, y, width, height]: readonly [number, number, number, number]): Box {
  const box = { width: 20 + width * (photo.width - 20), height: 20 + height * (photo.height - 20) };
  return { ...box, x: x * (photo.width - box.width), y: y * (photo.height - box.height) };
}

test('a planted box comes back in its place, in every way of resizing and zooming', () => {
  const way = fc.constantFrom<readonly ['letterbox' | 'tile' | 'stretch', readonly number[]]>(
    ['letterbox', [1]],
    ['tile', [1]],
    ['tile', [2]],
    ['tile', [0.5, 1]],
    ['tile', [0.7]],
    ['stretch', [1]],
  );
  fc.assert(
    fc.property(photoSize, fc.tuple(part, part, part, part), way, (photo, place, [resize, scales]) => {
      const box = placed(photo, place);
      const tiles = planTiles(
        photo,
        { width: 128, height: 128, resize },
        { overlap: 0.25, scales: [...scales] },
      );
      const answers = tiles.map((tile) => ({
        tile,
        detections: decodeYolox(yoloxAnswer(tile, [box]), head, [0.5], tile, photo),
      }));
      const merged = mergeTiles(answers, photo, { nmsIou: 0.5 });
      expect(merged).toHaveLength(1);
      // Float32 and slivers below a tensor pixel.
      expect(boxIou(merged[0]?.box ?? box, box)).toBeGreaterThan(0.9);
      for (const side of ['x', 'y', 'width', 'height'] as const) {
        expect(Math.abs((merged[0]?.box[side] ?? NaN) - box[side])).toBeLessThan(4);
      }
    }),
    { numRuns: 500 },
  );
});

test('a planted disc comes back as one region of its size, across all seams', () => {
  const stride = 4;
  const grid = 128 / stride;
  fc.assert(
    fc.property(
      photoSize,
      part,
      part,
      part,
      fc.constantFrom<number[][]>([1], [2], [0.5, 1]),
      (photo, u, v, w, scales) => {
        const radius = 12 + w * (Math.min(photo.width, photo.height) / 2 - 14);
        const centreX = radius + u * (photo.width - 2 * radius);
        const centreY = radius + v * (photo.height - 2 * radius);
        const stitcher = new MaskStitcher(photo, stride);
        const input = { width: 128, height: 128, resize: 'tile' } as const;
        for (const tile of planTiles(photo, input, { overlap: 0.25, scales })) {
          const data = Float32Array.from({ length: grid * grid }, (_, i) => {
            const x = tile.x + (((i % grid) + 0.5) * stride) / tile.scaleX;
            const y = tile.y + ((Math.floor(i / grid) + 0.5) * stride) / tile.scaleY;
            // A soft edge, as wide as a cell: about half of it on either side.
            return ((radius - Math.hypot(x - centreX, y - centreY)) * tile.scaleX) / 2;
          });
          stitcher.add(tile, { shape: [1, 1, grid, grid], data });
        }
        const regions = findRegions(stitcher.finish(), photo, { threshold: 0.5, minPixels: 1 });
        expect(regions).toHaveLength(1);
        const { box, pixels = 0 } = regions[0] ?? {};
        expect(Math.abs(Math.sqrt(pixels / Math.PI) - radius)).toBeLessThan(0.7);
        expect(Math.abs((box?.x ?? NaN) - (centreX - radius))).toBeLessThan(2.5);
        expect(Math.abs((box?.y ?? NaN) - (centreY - radius))).toBeLessThan(2.5);
      },
    ),
    { numRuns: 40 },
  );
});

test('planted discs come back the same when only the tiles around them are run', () => {
  const stride = 4;
  const grid = 128 / stride;
  const photo = { width: 480, height: 320 };
  const disc = fc.record({
    x: fc.integer({ min: 40, max: 440 }),
    y: fc.integer({ min: 40, max: 280 }),
    radius: fc.integer({ min: 8, max: 26 }),
  });
  const far = (a: { x: number; y: number }, b: { x: number; y: number }) =>
    Math.hypot(a.x - b.x, a.y - b.y) > 100;
  fc.assert(
    fc.property(
      fc.array(disc, { minLength: 1, maxLength: 4 }),
      fc.constantFrom<number[][]>([1], [0.5, 1]),
      (all, scales) => {
        const discs = all.filter((each, i) => all.slice(0, i).every((other) => far(each, other)));
        const regionsOf = (tiles: readonly Tile[]) => {
          const stitcher = new MaskStitcher(photo, stride);
          for (const tile of tiles) {
            const data = Float32Array.from({ length: grid * grid }, (_, i) => {
              const x = tile.x + (((i % grid) + 0.5) * stride) / tile.scaleX;
              const y = tile.y + ((Math.floor(i / grid) + 0.5) * stride) / tile.scaleY;
              const inside = discs.map((each) => each.radius - Math.hypot(x - each.x, y - each.y));
              return (Math.max(...inside) * tile.scaleX) / 2;
            });
            stitcher.add(tile, { shape: [1, 1, grid, grid], data });
          }
          return findRegions(stitcher.finish(), photo, { threshold: 0.5, minPixels: 1 });
        };
        const plan = planTiles(photo, { width: 128, height: 128, resize: 'tile' }, { overlap: 0.25, scales });
        const suspects = discs.map(({ x, y, radius }) => ({
          x: x - radius,
          y: y - radius,
          width: 2 * radius,
          height: 2 * radius,
        }));
        const few = chooseTiles(plan, suspects, 12, photo);
        const [found, whole] = [regionsOf(few), regionsOf(plan)];
        expect(found).toHaveLength(discs.length);
        for (const { box, pixels } of whole) {
          const same = found.find((other) => boxIou(other.box, box) > 0.8);
          expect(same).toBeDefined();
          expect(
            Math.abs(Math.sqrt((same?.pixels ?? NaN) / Math.PI) - Math.sqrt(pixels / Math.PI)),
          ).toBeLessThan(1);
        }
      },
    ),
    { numRuns: 15 },
  );
});
