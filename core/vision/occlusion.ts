import type { Box } from '../contract/geometry.ts';
import type { ModelInput } from '../contract/model-manifest.ts';
import { channelCount, type PackedTensor } from './pack-tile.ts';
import type { Tile } from './tiles.ts';

/** Runs per map: COLUMNS * ROWS. Finer shows little more and takes a slow device minutes. */
const CELLS = 7;
/** Around the finding half its size is covered too: what a model sees may lie beside it. */
const AROUND = 0.5;
/** A cell of fewer tensor pixels hides nothing. */
const LEAST_CELL = 8;

/** Whole tensor pixels. */
export type Rect = Readonly<Record<'x' | 'y' | 'width' | 'height', number>>;

export interface OcclusionGrid {
  /** In photo pixels. */
  readonly region: Box;
  readonly columns: number;
  readonly rows: number;
  /** Row by row; they cover the region exactly. */
  readonly cells: readonly Rect[];
}

/** The tile that shows most of the box, and of those the one in whose middle it lies. */
export function tileFor(box: Box, tiles: readonly Tile[]): Tile | undefined {
  const seen = (tile: Tile): number => {
    const across = Math.min(tile.x + tile.width, box.x + box.width) - Math.max(tile.x, box.x);
    const down = Math.min(tile.y + tile.height, box.y + box.height) - Math.max(tile.y, box.y);
    return Math.max(0, across) * Math.max(0, down);
  };
  const off = (tile: Tile): number =>
    Math.hypot(
      tile.x + tile.width / 2 - box.x - box.width / 2,
      tile.y + tile.height / 2 - box.y - box.height / 2,
    );
  return [...tiles].sort((a, b) => seen(b) - seen(a) || off(a) - off(b))[0];
}

/** Cells over the box and its surroundings, as far as the tile shows them. */
export function occlusionGrid(box: Box, tile: Tile): OcclusionGrid {
  const across = axis(box.x - tile.x, box.width, tile.scaleX, tile.inputWidth);
  const down = axis(box.y - tile.y, box.height, tile.scaleY, tile.inputHeight);
  const cells = down.flatMap(([y, height]) => across.map(([x, width]) => ({ x, y, width, height })));
  const [left, top] = [across[0]?.[0] ?? 0, down[0]?.[0] ?? 0];
  const end = (spans: readonly Span[]): number => (spans.at(-1)?.[0] ?? 0) + (spans.at(-1)?.[1] ?? 0);
  return {
    region: {
      x: tile.x + left / tile.scaleX,
      y: tile.y + top / tile.scaleY,
      width: (end(across) - left) / tile.scaleX,
      height: (end(down) - top) / tile.scaleY,
    },
    columns: across.length,
    rows: down.length,
    cells,
  };
}

/** Start and length in tensor pixels. */
type Span = readonly [number, number];

function axis(start: number, length: number, scale: number, inputLength: number): readonly Span[] {
  const around = Math.max(length * AROUND, LEAST_CELL / scale);
  const clamp = (value: number): number => Math.min(inputLength, Math.max(0, value));
  const from = clamp(Math.floor((start - around) * scale));
  const to = Math.max(from + 1, clamp(Math.ceil((start + length + around) * scale)));
  const count = Math.min(CELLS, Math.max(1, Math.floor((to - from) / LEAST_CELL)));
  const edge = (at: number): number => from + Math.round((at * (to - from)) / count);
  return Array.from({ length: count }, (_, at): Span => [edge(at), edge(at + 1) - edge(at)]);
}

/** The mean of each channel over the picture's part of the tensor: what covers a cell is least like anything. */
export function meanValues(tensor: PackedTensor, input: ModelInput, tile: Tile): readonly number[] {
  const picture = { x: 0, y: 0, width: tile.inputWidth, height: tile.inputHeight };
  return Array.from({ length: channelCount(input) }, (_, channel) => {
    let sum = 0;
    forEachValue(input, channel, picture, (at) => (sum += tensor[at] ?? 0));
    return sum / (picture.width * picture.height);
  });
}

/** A copy with the cell covered by one value a channel. */
export function covered(
  tensor: PackedTensor,
  input: ModelInput,
  cell: Rect,
  values: readonly number[],
): PackedTensor {
  const copy = tensor.slice();
  for (const [channel, value] of values.entries())
    forEachValue(input, channel, cell, (at) => (copy[at] = value));
  return copy;
}

function forEachValue(input: ModelInput, channel: number, rect: Rect, visit: (at: number) => void): void {
  const channels = channelCount(input);
  const planar = input.layout === 'nchw';
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    for (let x = rect.x; x < rect.x + rect.width; x++) {
      const cell = y * input.width + x;
      visit(planar ? channel * input.width * input.height + cell : cell * channels + channel);
    }
  }
}
