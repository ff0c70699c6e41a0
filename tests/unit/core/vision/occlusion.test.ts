import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ModelInput } from '../../../../core/contract/model-manifest.ts';
import { covered, meanValues, occlusionGrid, tileFor } from '../../../../core/vision/occlusion.ts';
import { planTiles, wholeTile } from '../../../../core/vision/tiles.ts';

const photo = { width: 1500, height: 1100 };
const tiling = { overlap: 0.2, scales: [1.5] };
const input: ModelInput = {
  name: 'images',
  width: 960,
  height: 960,
  layout: 'nchw',
  dtype: 'float32',
  channels: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  resize: 'letterbox',
  pad: 114,
};
const plan = planTiles(photo, input, tiling);

test('the tile is the one that shows most of the finding, in its middle', () => {
  const middle = tileFor({ x: 520, y: 300, width: 20, height: 20 }, plan);
  const others = plan.filter((tile) => tile !== middle);
  const off = ({ x, y }: { readonly x: number; readonly y: number }) =>
    Math.hypot(x + 320 - 530, y + 320 - 310);
  expect(middle && others.every((tile) => off(tile) >= off(middle))).toBe(true);
});

test('the cells lie in the picture, cover the region exactly and once, and hold the finding', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1490 }),
      fc.integer({ min: 0, max: 1090 }),
      fc.integer({ min: 1, max: 900 }),
      fc.integer({ min: 1, max: 900 }),
      (x, y, w, h) => {
        const box = { x, y, width: Math.min(w, photo.width - x), height: Math.min(h, photo.height - y) };
        const tile = tileFor(box, plan);
        if (!tile) throw new Error('no tile');
        const { region, columns, rows, cells } = occlusionGrid(box, tile);
        expect(cells).toHaveLength(columns * rows);
        expect(Math.max(columns, rows)).toBeLessThanOrEqual(7);
        const area = cells.reduce((sum, { width, height }) => sum + width * height, 0);
        expect(area / tile.scaleX / tile.scaleY).toBeCloseTo(region.width * region.height, 3);
        for (const cell of cells) {
          expect(Math.min(cell.x, cell.y)).toBeGreaterThanOrEqual(0);
          expect(cell.x + cell.width).toBeLessThanOrEqual(tile.inputWidth);
          expect(cell.y + cell.height).toBeLessThanOrEqual(tile.inputHeight);
          expect(Math.min(cell.width, cell.height)).toBeGreaterThan(0);
        }
        expect(region.x).toBeLessThanOrEqual(Math.max(box.x, tile.x) + 1e-6);
        expect(region.x + region.width).toBeGreaterThanOrEqual(
          Math.min(box.x + box.width, tile.x + tile.width) - 1e-6,
        );
      },
    ),
    { numRuns: 300 },
  );
});

describe.each(['nchw', 'nhwc'] as const)('covering in %s', (layout) => {
  const small: ModelInput = { ...input, layout, width: 4, height: 3 };
  const tile = wholeTile({ width: 2, height: 2 }, small, { overlap: 0, scales: [1] });
  const values = Float32Array.from({ length: 36 }, (_, at) => at);
  const at = (x: number, y: number, channel: number) =>
    layout === 'nchw' ? channel * 12 + y * 4 + x : (y * 4 + x) * 3 + channel;

  test('takes the mean of the picture alone, and changes nothing beside the cell', () => {
    const mean = meanValues(values, small, tile);
    const corners = [at(0, 0, 1), at(1, 0, 1), at(0, 1, 1), at(1, 1, 1)];
    expect(mean[1]).toBe(corners.reduce((sum, index) => sum + (values[index] ?? NaN), 0) / 4);
    const changed = covered(values, small, { x: 1, y: 0, width: 1, height: 2 }, mean);
    const inCell = [0, 1, 2].flatMap((channel) => [at(1, 0, channel), at(1, 1, channel)]);
    for (const [index, value] of changed.entries()) {
      const channel = layout === 'nchw' ? Math.floor(index / 12) : index % 3;
      expect(value).toBe(inCell.includes(index) ? mean[channel] : values[index]);
    }
  });
});
