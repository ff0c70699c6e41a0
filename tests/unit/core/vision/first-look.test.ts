import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../../../../core/contract/geometry.ts';
import { boxIou, clampBox, intersectionArea } from '../../../../core/vision/box.ts';
import { chooseTiles, placeTiles, planFirstLook } from '../../../../core/vision/first-look.ts';
import { mergeTiles, type TileDetections } from '../../../../core/vision/merge-tiles.ts';
import { planTiles, type Tile } from '../../../../core/vision/tiles.ts';

const input = { width: 640, height: 640, resize: 'letterbox' } as const;
const firstLook = { zoom: 0.3, overlap: 0.1, minScore: 0.02, margin: 40 };
const tiling = { overlap: 0.2, scales: [1] };
const photo = { width: 4000, height: 3000 };
const plan = planTiles(photo, input, tiling);

describe('when there is a first look', () => {
  test.each([
    ['12 MP', 4000, 3000, 4],
    ['48 MP', 8064, 6048, 20],
    ['one tile', 640, 640, 0],
    ['four tiles', 1100, 1100, 0],
  ])('%s', (_, width, height, looks) => {
    const tiles = planTiles({ width, height }, input, tiling).length;
    const look = planFirstLook({ width, height }, input, tiling, firstLook);
    expect(look.length).toBe(looks);
    if (looks > 0) expect(look.length * 3).toBeLessThanOrEqual(tiles);
  });

  test('not where it takes more than a third of the tiles', () => {
    const near = { ...firstLook, zoom: 0.8 };
    expect(planFirstLook(photo, input, tiling, near)).toEqual([]);
  });

  test('a scout may look closer, for it costs less', () => {
    const near = { ...firstLook, zoom: 0.8 };
    const look = planFirstLook(photo, input, tiling, near, 'scout');
    expect(look.length).toBeGreaterThan(plan.length / 3);
    expect(planFirstLook(photo, input, tiling, { ...near, zoom: 3 }, 'scout')).toEqual([]);
  });

  test('not without advice, nor where the whole photo is one tile anyway', () => {
    expect(planFirstLook(photo, input, tiling, undefined)).toEqual([]);
    expect(planFirstLook(photo, { ...input, resize: 'stretch' }, tiling, firstLook)).toEqual([]);
  });
});

describe.each([
  ['of the plan', chooseTiles],
  ['wherever they are best', placeTiles],
])('which tiles are run: %s', (_, choose) => {
  const run = (...suspects: Box[]) => choose(plan, suspects, 40, photo);
  test('none where nothing is suspected', () => expect(run()).toEqual([]));
  test('one for suspects that share a tile', () => {
    expect(run(box(100, 100, 50, 50), box(400, 400, 60, 60))).toHaveLength(1);
  });
  test('every tile of the plan that a suspect touches which none holds', () => {
    const long = box(10, 100, 3980, 30);
    expect(run(long)).toEqual(plan.filter((tile) => intersectionArea(tile, long) > 0));
  });
});

test('a suspect on the plan’s seam needs one tile, with it in the middle', () => {
  const onSeam = box(480, 480, 200, 200);
  expect(placeTiles(plan, [onSeam], 40, photo)).toMatchObject([{ x: 260, y: 260, scaleX: 1, width: 640 }]);
  expect(chooseTiles(plan, [onSeam], 40, photo).length).toBeGreaterThan(1);
});

test('for a second look the tile lies elsewhere', () => {
  const onSeam = box(480, 480, 200, 200);
  expect(placeTiles(plan, [onSeam], 40, photo, 0.25)).toMatchObject([{ x: 350, y: 350, width: 640 }]);
});

test('places begin at the side from which fewest are needed', () => {
  // 640 pixels from the leftmost reach the two in the middle, and leave one to another tile.
  const suspects = [
    box(100, 1000, 10, 10),
    box(700, 700, 10, 10),
    box(700, 1300, 10, 10),
    box(1300, 1000, 10, 10),
  ];
  expect(placeTiles(plan, suspects, 0, photo).length).toBeLessThanOrEqual(3);
});

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });
const aside: typeof chooseTiles = (...given) => placeTiles(...given, 0.25);
const anyBox = fc
  .record({
    x: fc.double({ min: 0, max: 3900, noNaN: true }),
    y: fc.double({ min: 0, max: 2900, noNaN: true }),
    width: fc.double({ min: 4, max: 900, noNaN: true }),
    height: fc.double({ min: 4, max: 900, noNaN: true }),
  })
  .map((each) =>
    box(each.x, each.y, Math.min(each.width, 4000 - each.x), Math.min(each.height, 3000 - each.y)),
  );

const holds = (tile: Tile, each: Box, margin: number): boolean =>
  tile.x <= Math.max(0, each.x - margin) &&
  tile.y <= Math.max(0, each.y - margin) &&
  tile.x + tile.width >= Math.min(photo.width, each.x + each.width + margin) &&
  tile.y + tile.height >= Math.min(photo.height, each.y + each.height + margin);

test('every suspect is seen whole, or by all tiles that it touches, in every zoom', () => {
  fc.assert(
    fc.property(
      fc.array(anyBox, { maxLength: 20 }),
      fc.integer({ min: 0, max: 80 }),
      fc.constantFrom<number[][]>([1], [2], [0.5, 1]),
      fc.constantFrom(chooseTiles, placeTiles, aside),
      (suspects, margin, scales, choose) => {
        const tiles = planTiles(photo, input, { overlap: 0.2, scales });
        const chosen = choose(tiles, suspects, margin, photo);
        expect(new Set(chosen.map(({ x, y, zoom }) => `${x} ${y} ${zoom}`)).size).toBe(chosen.length);
        for (const tile of chosen) {
          expect([tile.x, tile.y].every((start) => Number.isInteger(start) && start >= 0)).toBe(true);
          expect(tile.x + tile.width).toBeLessThanOrEqual(photo.width);
          expect(tile.y + tile.height).toBeLessThanOrEqual(photo.height);
        }
        if (choose === chooseTiles) expect(chosen).toEqual(tiles.filter((tile) => chosen.includes(tile)));
        for (const zoom of scales) {
          const [ran, all] = [chosen, tiles].map((list) => list.filter((tile) => tile.zoom === zoom));
          for (const suspect of suspects) {
            if (ran?.some((tile) => holds(tile, suspect, margin))) continue;
            const touched = all?.filter((tile) => intersectionArea(tile, suspect) > 0) ?? [];
            const same = (a: Tile) => ran?.some((b) => a.x === b.x && a.y === b.y);
            expect(touched.every(same)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('no damage that was suspected is lost, doubled or shifted for the tiles left out', () => {
  const any = fc.constantFrom(chooseTiles, placeTiles);
  fc.assert(
    fc.property(fc.array(anyBox, { maxLength: 8 }), any, (all, choose) => {
      const grown = (each: Box) => box(each.x - 70, each.y - 70, each.width + 140, each.height + 140);
      const damages = all.filter(
        (each, i) => !all.slice(0, i).some((other) => intersectionArea(grown(other), grown(each)) > 0),
      );
      const answers = choose(plan, damages, 40, photo).map((tile) => see(tile, damages));
      const merged = mergeTiles(answers, photo, { nmsIou: 0.5 });
      for (const damage of damages) {
        expect(merged.filter((found) => boxIou(found.box, damage) > 0.999)).toHaveLength(1);
      }
    }),
    { numRuns: 300 },
  );
});

/** A perfect model: the visible part of each damage. */
function see(tile: Tile, damages: readonly Box[]): TileDetections {
  const detections = damages.flatMap((damage) => {
    const left = Math.max(tile.x, damage.x);
    const top = Math.max(tile.y, damage.y);
    const right = Math.min(tile.x + tile.width, damage.x + damage.width);
    const bottom = Math.min(tile.y + tile.height, damage.y + damage.height);
    const seen = right - left < 4 || bottom - top < 4 ? undefined : clampBox(left, top, right, bottom, photo);
    return seen ? [{ box: seen, classIndex: 0, score: 0.9 }] : [];
  });
  return { tile, detections };
}
