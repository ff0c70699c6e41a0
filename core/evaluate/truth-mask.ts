import type { Box, Point, Size } from '../contract/geometry.ts';
import { fillPolygon } from './rasterise.ts';
import type { Truth } from './truth.ts';

/** The labelled polygons of a photo as one mask, 0 or 1, row by row; a box without outline is filled whole. */
export function truthMask(truths: readonly Truth[], size: Size): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(size.width * size.height);
  for (const { box, polygons } of truths) {
    for (const outline of polygons ?? [corners(box)]) fillPolygon(outline, size, mask);
  }
  return mask;
}

const corners = ({ x, y, width, height }: Box): readonly Point[] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];
