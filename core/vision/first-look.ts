import type { Box, Size } from '../contract/geometry.ts';
import type { ModelInput, ModelManifest } from '../contract/model-manifest.ts';
import { intersectionArea } from './box.ts';
import { planTiles, type Tile } from './tiles.ts';

/** Photos of so few tiles are always looked at whole: nothing is to be gained. */
const ALWAYS_WHOLE = 4;
/** A first look pays only where it takes at most this share of the tiles. */
const WORTH = 1 / 3;

/**
 * The coarse tiles that decide which tiles of the plan are run; empty where all of them are run at once,
 * because the pack gives no advice or the photo is small.
 */
export function planFirstLook(
  photo: Size,
  input: Pick<ModelInput, 'width' | 'height' | 'resize'>,
  { firstLook, ...tiling }: ModelManifest['tiling'],
): readonly Tile[] {
  if (!firstLook || input.resize === 'stretch') return [];
  const tiles = planTiles(photo, input, tiling).length;
  const look = planTiles(photo, input, { overlap: firstLook.overlap, scales: [firstLook.zoom] });
  return tiles > ALWAYS_WHOLE && look.length <= tiles * WORTH ? look : [];
}

/**
 * For segmenters, whose tiles have to fit together: the fewest tiles of the plan, in its order, in which every
 * suspect lies whole with `margin` photo pixels around it (greedily: the least number is hard to find). A
 * suspect that no tile holds whole wants every tile that it touches. Each zoom of the pack is chosen by itself.
 */
export function chooseTiles(
  plan: readonly Tile[],
  suspects: readonly Box[],
  margin: number,
  photo: Size,
): readonly Tile[] {
  const chosen = new Set<Tile>();
  for (const tiles of byZoom(plan)) {
    const open: (readonly Tile[])[] = [];
    for (const suspect of suspects) {
      const grown = grow(suspect, margin, photo);
      const holding = tiles.filter((tile) => holds(tile, grown));
      if (holding.length > 0) open.push(holding);
      else touching(tiles, suspect).forEach((tile) => chosen.add(tile));
    }
    coverAll(open, chosen);
  }
  return plan.filter((tile) => chosen.has(tile));
}

/**
 * For detectors: tiles of the plan's size wherever they hold most suspects with `margin` around them, those
 * in the middle: a third fewer than of the plan itself. A suspect larger than a tile wants every tile of the
 * plan that it touches. Zoom by zoom, from top to bottom.
 */
export function placeTiles(
  plan: readonly Tile[],
  suspects: readonly Box[],
  margin: number,
  photo: Size,
): readonly Tile[] {
  const grown = suspects.map((suspect) => grow(suspect, margin, photo));
  return byZoom(plan).flatMap((tiles) => {
    const [size] = tiles;
    if (!size) return [];
    const fits = (box: Box) => box.width <= size.width && box.height <= size.height;
    const placed = new Set(grown.filter((box) => !fits(box)).flatMap((box) => touching(tiles, box)));
    let open = grown.filter((box) => fits(box) && ![...placed].some((tile) => holds(tile, box)));
    while (open.length > 0) {
      const tile = bestPlace(size, open, photo);
      placed.add(tile);
      open = open.filter((box) => !holds(tile, box));
    }
    return [...placed].sort((a, b) => a.y - b.y || a.x - b.x);
  });
}

/** The tile that holds most of the boxes, with those in its middle. One that begins at two boxes is among the best. */
function bestPlace(size: Tile, boxes: readonly Box[], photo: Size): Tile {
  let best: readonly Box[] = [];
  for (const { x } of boxes) {
    const beside = boxes.filter((box) => box.x >= x && box.x + box.width <= x + size.width);
    if (beside.length <= best.length) continue;
    for (const { y } of beside) {
      const held = beside.filter((box) => box.y >= y && box.y + box.height <= y + size.height);
      if (held.length > best.length) best = held;
    }
  }
  const start = (from: number, to: number, length: number, most: number): number =>
    Math.min(most - length, Math.max(0, Math.floor((from + to - length) / 2)));
  const left = Math.min(...best.map(({ x }) => x));
  const top = Math.min(...best.map(({ y }) => y));
  const right = Math.max(...best.map(({ x, width }) => x + width));
  const bottom = Math.max(...best.map(({ y, height }) => y + height));
  return {
    ...size,
    x: start(left, right, size.width, photo.width),
    y: start(top, bottom, size.height, photo.height),
  };
}

const byZoom = (plan: readonly Tile[]): readonly (readonly Tile[])[] =>
  [...new Set(plan.map(({ zoom }) => zoom))].map((zoom) => plan.filter((tile) => tile.zoom === zoom));

const touching = (tiles: readonly Tile[], box: Box): readonly Tile[] =>
  tiles.filter((tile) => intersectionArea(tile, box) > 0);

/** Adds tiles to `chosen` until each list has one of its own in it: always the one that is in most lists. */
function coverAll(lists: readonly (readonly Tile[])[], chosen: Set<Tile>): void {
  let open = lists.filter((list) => !list.some((tile) => chosen.has(tile)));
  while (open.length > 0) {
    const counts = new Map<Tile, number>();
    for (const tile of open.flat()) counts.set(tile, (counts.get(tile) ?? 0) + 1);
    const [best] = [...counts].reduce((most, next) => (next[1] > most[1] ? next : most));
    chosen.add(best);
    open = open.filter((list) => !list.includes(best));
  }
}

const holds = (tile: Box, box: Box): boolean =>
  tile.x <= box.x &&
  tile.y <= box.y &&
  tile.x + tile.width >= box.x + box.width &&
  tile.y + tile.height >= box.y + box.height;

/** To whole pixels, as tiles are. */
function grow({ x, y, width, height }: Box, margin: number, photo: Size): Box {
  const left = Math.max(0, Math.floor(x - margin));
  const top = Math.max(0, Math.floor(y - margin));
  return {
    x: left,
    y: top,
    width: Math.min(photo.width, Math.ceil(x + width + margin)) - left,
    height: Math.min(photo.height, Math.ceil(y + height + margin)) - top,
  };
}
