import type { Box, Size } from '../contract/geometry.ts';
import { clampBox } from './box.ts';
import type { Tile } from './tiles.ts';

/** A box that the model answered, in photo pixels. */
export interface Detection {
  readonly box: Box;
  /** 0 to 1. */
  readonly score: number;
  readonly classIndex: number;
}

export interface YoloxHead {
  readonly input: Size;
  readonly strides: readonly number[];
  readonly classes: number;
}

/** More candidates than a tile can hold damages; a broken model must not stall the merge. */
const MAX_CANDIDATES = 1000;

/**
 * Boxes of one tile from a YOLOX head: `data` is [cells, 5 + classes], cells stride by stride and row by
 * row, the grid undecoded, objectness and classes after sigmoid. A box counts once for every class whose
 * objectness * class reaches that class's threshold. Answers that are not finite are left out. At most
 * 1000, best first. Throws RangeError where the data does not fit the head.
 * Source: Ge et al., YOLOX, arXiv 2107.08430.
 */
export function decodeYolox(
  data: Float32Array,
  head: YoloxHead,
  minScores: readonly number[],
  tile: Tile,
  photo: Size,
): readonly Detection[] {
  const row = 5 + head.classes;
  const found: Detection[] = [];
  let at = 0;
  for (const stride of head.strides) {
    const columns = Math.floor(head.input.width / stride);
    const rows = Math.floor(head.input.height / stride);
    if (columns * rows * row + at > data.length) throw misfit(data.length, head);
    for (let cell = 0; cell < columns * rows; cell++, at += row) {
      const objectness = data[at + 4] ?? NaN;
      for (let classIndex = 0; classIndex < head.classes; classIndex++) {
        const score = Math.min(1, objectness * (data[at + 5 + classIndex] ?? NaN));
        if (!(score >= (minScores[classIndex] ?? 1))) continue;
        const box = cellBox(data, at, cell % columns, Math.floor(cell / columns), stride, tile, photo);
        if (box) found.push({ box, score, classIndex });
      }
    }
  }
  if (at !== data.length) throw misfit(data.length, head);
  return found.sort((a, b) => b.score - a.score).slice(0, MAX_CANDIDATES);
}

function cellBox(
  data: Float32Array,
  at: number,
  column: number,
  row: number,
  stride: number,
  tile: Tile,
  photo: Size,
): Box | undefined {
  const centreX = ((data[at] ?? NaN) + column) * stride;
  const centreY = ((data[at + 1] ?? NaN) + row) * stride;
  const halfWidth = (Math.exp(data[at + 2] ?? NaN) * stride) / 2;
  const halfHeight = (Math.exp(data[at + 3] ?? NaN) * stride) / 2;
  if (!Number.isFinite(centreX + centreY + halfWidth + halfHeight)) return undefined;
  return clampBox(
    tile.x + (centreX - halfWidth) / tile.scaleX,
    tile.y + (centreY - halfHeight) / tile.scaleY,
    tile.x + (centreX + halfWidth) / tile.scaleX,
    tile.y + (centreY + halfHeight) / tile.scaleY,
    photo,
  );
}

const misfit = (length: number, head: YoloxHead): RangeError =>
  new RangeError(
    `${length} values are no YOLOX answer for ${head.input.width}x${head.input.height}, ` +
      `strides ${head.strides.join(', ')} and ${head.classes} classes`,
  );
