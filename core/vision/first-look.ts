import type { Box, Size } from '../contract/geometry.ts';
import type { FirstLook, ModelInput, ModelManifest } from '../contract/model-manifest.ts';
import { intersectionArea } from './box.ts';
import { planTiles, type Tile } from './tiles.ts';

/** Photos of so few tiles are always looked at whole: nothing is to be gained. */
const ALWAYS_WHOLE = 4;
/** A first look pays only where it costs at most this share of the tiles. */
const WORTH = 1 / 3;
/** What a scout's tile costs of a model's: by its multiplications, two fifths. */
const SCOUT_COST = 2 / 5;

/**
 * The tiles by which is decided which tiles of the plan are run; empty where all of them are run at once, because
 * there is no advice or the photo is small.
 */
export function planFirstLook(
  photo: Size,
  input: Pick<ModelInput, 'width' | 'height' | 'resize'>,
  tiling: Pick<ModelManifest['tiling'], 'overlap' | 'scales'>,
  advice: FirstLook | undefined,
  looker: 'model' | 'scout' = 'model',
): readonly Tile[] {
  if (!advice || input.resize === 'stretch') return [];
  const tiles = planTiles(photo, input, tiling).length;
  const look = planTiles(photo, input, { overlap: advice.overlap, scales: [advice.zoom] });
  const cost = look.length * (looker === 'scout' ? SCOUT_COST : 1);
  return tiles > ALWAYS_WHOLE && cost <= tiles * WORTH ? look : [];
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
 * For detectors: tiles of the plan's size wherever they hold suspects with `margin` around them: far fewer than of
 * the plan itself. A suspect larger than a tile wants every tile of the plan that it touches. Zoom by zoom, from
 * top to bottom.
 */
export function placeTiles(
  plan: readonly Tile[],
  suspects: readonly Box[],
  margin: number,
  photo: Size,
  lead = IN_THE_MIDDLE,
): readonly Tile[] {
  const grown = suspects.map((suspect) => grow(suspect, margin, photo));
  return byZoom(plan).flatMap((tiles) => {
    const [size] = tiles;
    if (!size) return [];
    const fits = (box: Box) => box.width <= size.width && box.height <= size.height;
    const fixed = new Set(grown.filter((box) => !fits(box)).flatMap((box) => touching(tiles, box)));
    const open = grown.filter((box) => fits(box) && ![...fixed].some((tile) => holds(tile, box)));
    const fewest = TURNS.map((turn) => coverTurned(open, size, photo, { turn, lead })).reduce(
      (least, next) => (next.length < least.length ? next : least),
    );
    return [...fixed, ...fewest].sort((a, b) => a.y - b.y || a.x - b.x);
  });
}

/** The share of a tile's free room that lies before what it holds, in each direction. */
const IN_THE_MIDDLE = 0.5;

type Turn = (box: Box, photo: Size) => Box;

/** By nothing, by half a turn, and over both diagonals: each undoes itself. What lies left then lay at each of the sides. */
const TURNS: readonly Turn[] = [
  (box) => box,
  ({ x, y, width, height }, photo) => ({
    x: photo.width - x - width,
    y: photo.height - y - height,
    width,
    height,
  }),
  ({ x, y, width, height }) => ({ x: y, y: x, width: height, height: width }),
  ({ x, y, width, height }, photo) => ({
    ...{ x: photo.height - y - height, y: photo.width - x - width },
    ...{ width: height, height: width },
  }),
];

function coverTurned(
  boxes: readonly Box[],
  size: Tile,
  photo: Size,
  { turn, lead }: { readonly turn: Turn; readonly lead: number },
): readonly Tile[] {
  const { width, height } = turn({ x: 0, y: 0, ...photo }, photo);
  const side = turn({ ...size, x: 0, y: 0 }, photo);
  const turned = boxes.map((box) => turn(box, photo));
  return coverFromLeft(turned, side, { width, height }, lead).map((place) => {
    const { x, y } = turn(place, { width, height });
    return { ...size, x, y };
  });
}

/**
 * Places of tiles of this size that hold all boxes: the leftmost box wants one that begins with it, and of these it
 * gets the one that holds most others too, with room before them as `lead` says.
 */
function coverFromLeft(
  boxes: readonly Box[],
  { width, height }: Size,
  photo: Size,
  lead: number,
): readonly Box[] {
  const places: Box[] = [];
  let open = boxes;
  while (open.length > 0) {
    const first = open.reduce((least, box) => (box.x < least.x ? box : least));
    const right = first.x + width;
    const beside = open.filter((box) => box.x + box.width <= right);
    let best: readonly Box[] = [];
    for (const box of beside) {
      for (const top of [box.y, box.y + box.height - height]) {
        const isOf = ({ y, height: length }: Box) => y >= top && y + length <= top + height;
        const held = isOf(first) ? beside.filter(isOf) : [];
        if (held.length > best.length) best = held;
      }
    }
    const place = {
      ...{ width, height },
      x: begin(
        best.map((box) => [box.x, box.x + box.width]),
        width,
        photo.width,
        lead,
      ),
      y: begin(
        best.map((box) => [box.y, box.y + box.height]),
        height,
        photo.height,
        lead,
      ),
    };
    places.push(place);
    open = open.filter((box) => !holds(place, box));
  }
  return places;
}

/** Where a tile's side begins that holds all spans, as near as the photo lets it. */
function begin(
  spans: readonly (readonly [number, number])[],
  side: number,
  length: number,
  lead: number,
): number {
  const from = Math.min(...spans.map(([start]) => start));
  const to = Math.max(...spans.map(([, end]) => end));
  return Math.min(length - side, Math.max(0, Math.floor(from - (side - (to - from)) * lead)));
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
