import { describe, expect, test } from 'vitest';
import { MaskStitcher } from '../../../../core/vision/stitch-masks.ts';
import { planTiles, type Tile } from '../../../../core/vision/tiles.ts';

const side = 64;
const stride = 4;
const cells = side / stride;
const photo = { width: 150, height: 90 };
const plan = (scales: number[], resize: 'tile' | 'stretch' = 'tile') =>
  planTiles(photo, { width: side, height: side, resize }, { overlap: 0.25, scales });

/** Logits whose sigmoid is `probability` at each cell's centre, in photo pixels. */
function logitsOf(tile: Tile, probability: (x: number, y: number) => number) {
  const data = Float32Array.from({ length: cells * cells }, (_, i) => {
    const x = tile.x + (((i % cells) + 0.5) * stride) / tile.scaleX;
    const y = tile.y + ((Math.floor(i / cells) + 0.5) * stride) / tile.scaleY;
    const p = probability(x, y);
    return Math.log(p / (1 - p));
  });
  return { shape: [1, 1, cells, cells], data };
}

function stitch(tiles: readonly Tile[], probability: (x: number, y: number, tile: Tile) => number) {
  const stitcher = new MaskStitcher(photo, stride);
  for (const tile of tiles)
    stitcher.add(
      tile,
      logitsOf(tile, (x, y) => probability(x, y, tile)),
    );
  return stitcher.finish();
}

const plane = (x: number, y: number) => 0.2 + (0.6 * (x + y)) / (photo.width + photo.height);

describe('a surface that all tiles agree on comes back as it is', () => {
  test.each<[string, readonly Tile[]]>([
    ['tiles', plan([1])],
    ['enlarged tiles', plan([2])],
    ['one shrunk tile', plan([0.4])],
    ['stretched', plan([1], 'stretch')],
    ['two zooms', plan([0.5, 1])],
  ])('%s', (_, tiles) => {
    const map = stitch(tiles, plane);
    let worst = 0;
    // Beyond the outermost cell centres the answer is held, as torch does.
    const rim = Math.ceil(stride / Math.min(...tiles.map(({ scaleX, scaleY }) => Math.min(scaleX, scaleY))));
    for (let y = rim; y < photo.height - rim; y++) {
      for (let x = rim; x < photo.width - rim; x++) {
        worst = Math.max(worst, Math.abs((map[y * photo.width + x] ?? 0) - 255 * plane(x + 0.5, y + 0.5)));
      }
    }
    expect(worst).toBeLessThan(1);
  });
});

test('every pixel of every photo has an answer', () => {
  for (const scales of [[1], [2], [0.3], [0.5, 1, 2]]) {
    const map = stitch(plan(scales), () => 0.6);
    expect(new Set(map), scales.join(', ')).toEqual(new Set([153]));
  }
});

test('tiles that disagree are blended without a step', () => {
  const tiles = plan([1]).filter((tile) => tile.y === 0);
  const map = stitch(tiles, (_x, _y, tile) => (tile.x === 0 ? 0.8 : 0.2));
  const row = [...map.subarray(0, 150)];
  const steps = row.slice(1).map((value, x) => Math.abs(value - (row[x] ?? 0)));
  expect(row[0]).toBe(204);
  expect(row[149]).toBe(51);
  // The tiles overlap by 21 pixels; a hard seam would be a step of 153.
  expect(Math.max(...steps)).toBeLessThan(30);
});

test('left-out tiles are free of defects, also whole rows of them', () => {
  const kept = plan([1]).filter((tile) => tile.y === 0);
  const map = stitch(kept, () => 0.6);
  expect(map[0]).toBe(153);
  expect(map[photo.width * photo.height - 1]).toBe(0);
  expect(stitch([], () => 0.6).every((value) => value === 0)).toBe(true);
});

test('a class of its own is read, and numbers that are none are no defect', () => {
  const [tile] = planTiles(
    { width: 8, height: 4 },
    { width: 8, height: 4, resize: 'tile' },
    { overlap: 0, scales: [1] },
  );
  if (!tile) throw new Error('no tile');
  const answer = { shape: [1, 2, 1, 2], data: [9, 9, -100, NaN] };
  const read = (classIndex: number) => {
    const stitcher = new MaskStitcher({ width: 8, height: 4 }, 4, classIndex);
    stitcher.add(tile, answer);
    return new Set(stitcher.finish());
  };
  expect(read(0)).toEqual(new Set([255]));
  expect(read(1)).toEqual(new Set([0]));
  expect(() => read(2)).toThrow(RangeError);
});

test('tiles out of order are refused: their rows are already done', () => {
  const [first, ...rest] = plan([1]);
  const last = rest.at(-1);
  if (!first || !last) throw new Error('no tiles');
  expect(() => stitch([last, first], () => 0.5)).toThrow(RangeError);
});
