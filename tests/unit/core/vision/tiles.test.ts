import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planTiles, type Tile } from '../../../../core/vision/tiles.ts';

const input = (width: number, height: number, resize: 'letterbox' | 'stretch' | 'tile') => ({
  width,
  height,
  resize,
});
const plan = (
  width: number,
  height: number,
  scales: number[] = [1],
  resize: 'letterbox' | 'stretch' | 'tile' = 'tile',
) => planTiles({ width, height }, input(640, 640, resize), { overlap: 0.2, scales });
const places = (tiles: readonly Tile[]) => tiles.map(({ x, y, width, height }) => [x, y, width, height]);

describe('plans', () => {
  test('a photo that fits is one tile, not enlarged', () => {
    expect(plan(586, 371)).toEqual([
      {
        x: 0,
        y: 0,
        width: 586,
        height: 371,
        inputWidth: 586,
        inputHeight: 371,
        scaleX: 1,
        scaleY: 1,
        zoom: 1,
      },
    ]);
    expect(plan(586, 371, [1], 'letterbox')).toEqual(plan(586, 371));
  });

  test('a photo of the model’s size is one tile', () => {
    expect(places(plan(640, 640))).toEqual([[0, 0, 640, 640]]);
  });

  test('one pixel more is two tiles', () => {
    expect(places(plan(641, 640))).toEqual([
      [0, 0, 640, 640],
      [1, 0, 640, 640],
    ]);
  });

  test('tiles are evenly spread, row by row', () => {
    expect(places(plan(1500, 900))).toEqual([
      [0, 0, 640, 640],
      [430, 0, 640, 640],
      [860, 0, 640, 640],
      [0, 260, 640, 640],
      [430, 260, 640, 640],
      [860, 260, 640, 640],
    ]);
  });

  test('a zoom of 2 sees half as much, enlarged twice', () => {
    const tiles = plan(586, 320, [2]);
    expect(places(tiles)).toEqual([
      [0, 0, 320, 320],
      [133, 0, 320, 320],
      [266, 0, 320, 320],
    ]);
    expect(tiles[0]).toMatchObject({ inputWidth: 640, inputHeight: 640, scaleX: 2, scaleY: 2, zoom: 2 });
  });

  test('a zoom of 0.5 shrinks: odd sides are rounded', () => {
    expect(plan(1001, 999, [0.5])).toEqual([
      {
        x: 0,
        y: 0,
        width: 1001,
        height: 999,
        inputWidth: 501,
        inputHeight: 500,
        scaleX: 501 / 1001,
        scaleY: 500 / 999,
        zoom: 0.5,
      },
    ]);
  });

  test('zooms come one after the other, each once', () => {
    expect(plan(640, 640, [1, 2, 1]).map(({ zoom }) => zoom)).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
  });

  test('stretch is the whole photo, whatever its shape', () => {
    expect(plan(4000, 10, [1, 2], 'stretch')).toEqual([
      {
        x: 0,
        y: 0,
        width: 4000,
        height: 10,
        inputWidth: 640,
        inputHeight: 640,
        scaleX: 0.16,
        scaleY: 64,
        zoom: 1,
      },
    ]);
  });

  test.each([
    [1, 20000],
    [20000, 1],
  ])('a thin photo of %i x %i', (width, height) => {
    const tiles = plan(width, height);
    expect(tiles).toHaveLength(39);
    expect(tiles.every((tile) => tile.inputWidth === Math.min(width, 640))).toBe(true);
  });

  test('12 MP take 48 tiles at 640 with a fifth of overlap', () => {
    expect(plan(4000, 3000)).toHaveLength(48);
  });

  test.each([0, -1, NaN, Infinity])('a zoom of %f is refused', (zoom) => {
    expect(() => plan(100, 100, [zoom])).toThrow(RangeError);
  });
});

test('tiles lie on whole pixels inside the photo, cover it, overlap enough and fit the input', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9000 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.constantFrom(320, 512, 640),
      fc.double({ min: 0, max: 0.6, noNaN: true }),
      fc.constantFrom(0.25, 0.5, 0.7, 1, 1.5, 2),
      (width, height, side, overlap, zoom) => {
        const tiles = planTiles({ width, height }, input(side, side, 'tile'), { overlap, scales: [zoom] });
        const columns = [...new Map(tiles.map((tile) => [tile.x, tile.width]))];
        const rows = [...new Map(tiles.map((tile) => [tile.y, tile.height]))];
        expect(tiles).toHaveLength(columns.length * rows.length);
        for (const [axis, length] of [
          [columns, width],
          [rows, height],
        ] as const) {
          expect(axis[0]?.[0]).toBe(0);
          expect((axis.at(-1)?.[0] ?? 0) + (axis.at(-1)?.[1] ?? 0)).toBe(length);
          const steps = axis.slice(1).map(([start], i) => start - (axis[i]?.[0] ?? 0));
          for (const step of steps) {
            expect(step).toBeLessThanOrEqual(Math.max(1, (axis[0]?.[1] ?? 0) * (1 - overlap)));
            expect(Math.abs(step - (steps[0] ?? 0))).toBeLessThanOrEqual(1);
          }
        }
        for (const tile of tiles) {
          expect([tile.x, tile.y, tile.width, tile.height].every(Number.isInteger)).toBe(true);
          expect(Math.max(tile.inputWidth, tile.inputHeight)).toBeLessThanOrEqual(side);
          expect(Math.min(tile.inputWidth, tile.inputHeight)).toBeGreaterThanOrEqual(1);
        }
      },
    ),
    { numRuns: 300 },
  );
});
