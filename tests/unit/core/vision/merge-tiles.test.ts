import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../../../../core/contract/geometry.ts';
import { boxIou, clampBox } from '../../../../core/vision/box.ts';
import type { Detection } from '../../../../core/vision/decode-yolox.ts';
import { mergeTiles, type TileDetections } from '../../../../core/vision/merge-tiles.ts';
import { mulberry32 } from '../../../../core/vision/random.ts';
import { planTiles, type Tile } from '../../../../core/vision/tiles.ts';

const photo = { width: 1500, height: 1100 };
const rules = { nmsIou: 0.5 };
const plan = (scales: number[]) =>
  planTiles(photo, { width: 640, height: 640, resize: 'tile' }, { overlap: 0.2, scales });

interface Damage {
  readonly box: Box;
  readonly classIndex: number;
}

/** What a perfect model answers for a tile: each damage's visible part, if it is larger than a few pixels. */
function see(tile: Tile, damages: readonly Damage[], random: () => number, jitter: number): TileDetections {
  const off = (): number => (random() * 2 - 1) * jitter;
  return {
    tile,
    detections: damages.flatMap(({ box, classIndex }): Detection[] => {
      const left = Math.max(tile.x, box.x);
      const top = Math.max(tile.y, box.y);
      const right = Math.min(tile.x + tile.width, box.x + box.width);
      const bottom = Math.min(tile.y + tile.height, box.y + box.height);
      if (right - left < 4 || bottom - top < 4) return [];
      const seen = clampBox(left + off(), top + off(), right + off(), bottom + off(), photo);
      return seen ? [{ box: seen, classIndex, score: 0.3 + 0.7 * random() }] : [];
    }),
  };
}

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });
const seeAll = (scales: number[], damages: readonly Damage[], jitter = 0, seed = 1) => {
  const random = mulberry32(seed);
  return plan(scales).map((tile) => see(tile, damages, random, jitter));
};
const only = (...boxes: readonly Box[]) => boxes.map((each) => ({ box: each, classIndex: 0 }));

describe('one damage is one finding, with its own box', () => {
  // Tiles start at 0, 430, 860 across and at 0, 460 down; they are 640 wide and high.
  test.each([
    ['in one tile', box(100, 100, 50, 50)],
    ['in the overlap of two', box(450, 100, 100, 50)],
    ['in the overlap of four', box(450, 480, 100, 100)],
    ['cut by a tile’s edge, whole in the next', box(600, 100, 200, 50)],
    ['cut at a corner, whole in one', box(600, 600, 200, 200)],
    ['whole in none of two', box(300, 100, 600, 40)],
    ['across all columns', box(20, 100, 1460, 30)],
    ['across all rows', box(100, 20, 30, 1060)],
    ['across all tiles', box(10, 10, 1480, 1080)],
    ['along a seam between rows', box(200, 470, 1000, 100)],
    ['at the photo’s corner', box(1400, 1000, 100, 100)],
    ['a sliver beyond the edge', box(430, 630, 300, 12)],
    // Found by the properties below.
    ['a sliver thinner than the edge’s margin', box(232, 590, 12, 200)],
    ['ends just before one edge, cut by the other', box(421, 637, 210, 200)],
    ['half cut by a shrunk tile', box(1274, 0, 12, 200)],
    ['begins in the last pixels of a row', box(0, 451, 12, 13)],
    ['begins in the last pixels of a column', box(635, 0, 425, 24)],
  ])('%s', (_, whole) => {
    for (const scales of [[1], [2], [1, 2], [0.5, 1]]) {
      const merged = mergeTiles(seeAll(scales, only(whole)), photo, rules);
      expect(
        merged.map((found) => found.box),
        `scales ${scales.join(', ')}`,
      ).toHaveLength(1);
      for (const side of ['x', 'y', 'width', 'height'] as const) {
        expect(merged[0]?.box[side]).toBeCloseTo(whole[side], 6);
      }
    }
  });
});

describe('two damages stay two', () => {
  test.each<[string, Box, Box]>([
    ['side by side across a seam', box(300, 100, 600, 40), box(300, 160, 600, 40)],
    [
      'side by side across a seam, a little into each other',
      box(300, 100, 600, 100),
      box(300, 190, 600, 100),
    ],
    ['one ends where the other tile’s begins', box(100, 100, 500, 40), box(660, 100, 500, 40)],
    ['a small one beside a long one', box(300, 100, 900, 40), box(600, 150, 30, 30)],
  ])('%s', (_, a, b) => {
    const merged = mergeTiles(seeAll([1], only(a, b)), photo, rules);
    expect(merged).toHaveLength(2);
    for (const whole of [a, b]) expect(merged.some((found) => boxIou(found.box, whole) > 0.999)).toBe(true);
  });

  test('of two classes on one place', () => {
    const damages = [0, 1].map((classIndex) => ({ box: box(600, 100, 200, 50), classIndex }));
    expect(
      mergeTiles(seeAll([1], damages), photo, rules)
        .map((found) => found.classIndex)
        .sort(),
    ).toEqual([0, 1]);
  });
});

test('a piece stays where the box that covers most of it does not reach the edge that cuts it', () => {
  const [left, middle] = plan([1]);
  if (!left || !middle) throw new Error('no tiles');
  // The middle tile begins at 430: its long damage goes on to the left, the high one of the left tile does not.
  const high = { box: box(445, 0, 175, 400), classIndex: 0, score: 0.9 };
  const cut = { box: box(430, 100, 270, 100), classIndex: 0, score: 0.8 };
  const answers = [
    { tile: left, detections: [high] },
    { tile: middle, detections: [cut] },
  ];
  expect(mergeTiles(answers, photo, rules)).toEqual([high, cut]);
});

test('a damage that begins in the overlap is not the end of another', () => {
  const [left, middle] = plan([1]);
  if (!left || !middle) throw new Error('no tiles');
  const long = { box: box(100, 100, 540, 100), classIndex: 0, score: 0.9 };
  // It goes on below, but not to the left, where the middle tile would see it.
  const high = { box: box(500, 140, 300, 500), classIndex: 0, score: 0.8 };
  const answers = [
    { tile: left, detections: [long] },
    { tile: middle, detections: [high] },
  ];
  expect(mergeTiles(answers, photo, rules)).toEqual([long, high]);
  expect(mergeTiles(answers.reverse(), photo, rules)).toEqual([long, high]);
});

test('boxes within boxes of one tile are the model’s own answer and stay', () => {
  const [left] = plan([1]);
  if (!left) throw new Error('no tile');
  const cut = (x: number, y: number, height: number, score: number) => ({
    box: box(x, y, 640 - x, height),
    classIndex: 0,
    score,
  });
  const nested = [cut(400, 50, 300, 0.9), cut(500, 100, 100, 0.8), cut(610, 120, 30, 0.7)];
  expect(mergeTiles([{ tile: left, detections: nested }], photo, rules)).toEqual(nested);
});

test('the fuller box takes the better score of the piece that it replaces', () => {
  const tiles = plan([1]);
  const answers = tiles.map((tile, i): TileDetections => {
    const piece = i === 0 ? { box: box(600, 100, 40, 50), classIndex: 0, score: 0.9 } : undefined;
    const whole = i === 1 ? { box: box(600, 100, 200, 50), classIndex: 0, score: 0.4 } : undefined;
    return { tile, detections: [piece, whole].filter((each) => each !== undefined) };
  });
  expect(mergeTiles(answers, photo, rules)).toEqual([
    { box: box(600, 100, 200, 50), classIndex: 0, score: 0.9 },
  ]);
});

test('at most the limit, best first', () => {
  const damages = only(...Array.from({ length: 30 }, (_, i) => box(10 + 45 * i, 20, 20, 20)));
  const merged = mergeTiles(seeAll([1], damages), photo, { nmsIou: 0.5, limit: 7 });
  expect(merged).toHaveLength(7);
  expect(merged.map(({ score }) => score)).toEqual(merged.map(({ score }) => score).sort((a, b) => b - a));
});

const side = fc.oneof(fc.integer({ min: 12, max: 200 }), fc.integer({ min: 200, max: 1490 }));
const anyDamage = fc
  .record({
    x: fc.integer({ min: 0, max: 1480 }),
    y: fc.integer({ min: 0, max: 1080 }),
    width: side,
    height: side,
    classIndex: fc.integer({ min: 0, max: 1 }),
  })
  .map(({ x, y, width, height, classIndex }) => ({
    classIndex,
    box: box(x, y, Math.min(width, photo.width - x), Math.min(height, photo.height - y)),
  }));

/** Damages of one class keep 24 px apart, or else a box would not tell them apart. */
function apart(damages: readonly Damage[]): readonly Damage[] {
  const grown = ({ x, y, width, height }: Box) => box(x - 12, y - 12, width + 24, height + 24);
  return damages.filter(
    (damage, i) =>
      !damages
        .slice(0, i)
        .some(
          (other) =>
            other.classIndex === damage.classIndex && boxIou(grown(other.box), grown(damage.box)) > 0,
        ),
  );
}

const scalesOf = fc.constantFrom<number[][]>([1], [2], [1, 2], [0.5, 1]);

test('no planted damage is lost, doubled or shifted, whatever the seams', () => {
  fc.assert(
    fc.property(fc.array(anyDamage, { maxLength: 12 }), scalesOf, fc.integer(), (all, scales, seed) => {
      const damages = apart(all);
      const merged = mergeTiles(seeAll(scales, damages, 0, seed), photo, rules);
      expect(merged).toHaveLength(damages.length);
      for (const { box: whole, classIndex } of damages) {
        expect(
          merged.some((found) => found.classIndex === classIndex && boxIou(found.box, whole) > 0.999),
        ).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('nor by a model that misses the edges by two pixels', () => {
  fc.assert(
    fc.property(fc.array(anyDamage, { maxLength: 6 }), scalesOf, fc.integer(), (all, scales, seed) => {
      const damages = apart(all).filter(({ box: each }) => Math.min(each.width, each.height) >= 24);
      const merged = mergeTiles(seeAll(scales, damages, 2, seed), photo, rules);
      for (const { box: whole, classIndex } of damages) {
        const found = merged.filter(
          (each) => each.classIndex === classIndex && boxIou(each.box, whole) > 0.6,
        );
        expect(found).toHaveLength(1);
      }
      expect(merged).toHaveLength(damages.length);
    }),
    { numRuns: 500 },
  );
});

test('the order of the tiles does not matter', () => {
  fc.assert(
    fc.property(fc.array(anyDamage, { maxLength: 8 }), fc.integer(), (all, seed) => {
      const answers = seeAll([1, 2], apart(all), 0, seed);
      const boxes = (list: readonly TileDetections[]) =>
        mergeTiles(list, photo, rules)
          .map((found) => JSON.stringify(found))
          .sort();
      expect(boxes([...answers].reverse())).toEqual(boxes(answers));
    }),
    { numRuns: 200 },
  );
});
