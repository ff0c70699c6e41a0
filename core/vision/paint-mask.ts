import type { Box, Geometry, Point, Size } from '../contract/geometry.ts';
import { encodeMask, rowSpans, type MaskGeometry } from './rle.ts';
import { fillPolygon } from '../evaluate/rasterise.ts';

/** Pixels of a photo that are worked on; the box has whole coordinates inside the photo. */
interface Canvas {
  readonly box: Box;
  readonly data: Uint8Array;
}

export interface Stroke {
  /** Photo pixels. */
  readonly points: readonly Point[];
  /** Photo pixels. */
  readonly radius: number;
  /** Paint adds to the mask, erase takes away from it. */
  readonly kind: 'paint' | 'erase';
}

/**
 * The finding's shape as a mask after one stroke, or undefined where nothing is left of it. A box is a place
 * and no outline: painting on it begins a mask of its own, erasing takes away from the filled box.
 */
export function paintMask(
  before: Geometry | undefined,
  stroke: Stroke,
  photo: Size,
): MaskGeometry | undefined {
  const start = before?.kind === 'box' && stroke.kind === 'paint' ? undefined : before;
  const reach = strokeBox(stroke, photo);
  const bounds = start ? union(wholeBox(outline(start), photo), reach) : reach;
  if (bounds.width < 1 || bounds.height < 1) return undefined;
  const canvas: Canvas = { box: bounds, data: new Uint8Array(bounds.width * bounds.height) };
  if (start) draw(canvas, start);
  drawStroke(canvas, stroke);
  return trimmed(canvas);
}

/** Any shape as a mask; undefined where it covers no pixel. */
export function maskOf(geometry: Geometry, photo: Size): MaskGeometry | undefined {
  if (geometry.kind === 'mask') return geometry;
  const box = wholeBox(outline(geometry), photo);
  if (box.width < 1 || box.height < 1) return undefined;
  const canvas: Canvas = { box, data: new Uint8Array(box.width * box.height) };
  draw(canvas, geometry);
  return trimmed(canvas);
}

function outline(geometry: Geometry): Box {
  if (geometry.kind !== 'polygon') return geometry.box;
  const xs = geometry.points.map(([x]) => x);
  const ys = geometry.points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** Grown to whole pixels, cut off at the photo's edge. */
function wholeBox({ x, y, width, height }: Box, photo: Size): Box {
  const left = Math.max(0, Math.floor(x));
  const top = Math.max(0, Math.floor(y));
  return {
    x: left,
    y: top,
    width: Math.max(0, Math.min(photo.width, Math.ceil(x + width)) - left),
    height: Math.max(0, Math.min(photo.height, Math.ceil(y + height)) - top),
  };
}

function strokeBox({ points, radius }: Stroke, photo: Size): Box {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs) - radius, Math.min(...ys) - radius];
  const reach = { x, y, width: Math.max(...xs) + radius - x, height: Math.max(...ys) + radius - y };
  return wholeBox(reach, photo);
}

function union(a: Box, b: Box): Box {
  if (b.width === 0 || b.height === 0) return a;
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

function draw({ box, data }: Canvas, geometry: Geometry): void {
  switch (geometry.kind) {
    case 'mask':
      for (const { row, from, to } of rowSpans(geometry.box, geometry.counts)) {
        const start = (row - box.y) * box.width - box.x;
        data.fill(1, start + from, start + to);
      }
      return;
    case 'polygon': {
      const shifted = geometry.points.map(([x, y]): Point => [x - box.x, y - box.y]);
      fillPolygon(shifted, box, data);
      return;
    }
    default: {
      const { x, y, width, height } = geometry.box;
      const corners: Point[] = [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
      ];
      draw({ box, data }, { kind: 'polygon', points: corners });
    }
  }
}

/** A round brush drawn along the line through the points: pixels whose centre is within its radius. */
function drawStroke({ box, data }: Canvas, { points, radius, kind }: Stroke): void {
  const value = kind === 'paint' ? 1 : 0;
  points.forEach((to, index) => {
    const from = points[index - 1] ?? to;
    const top = Math.max(0, Math.floor(Math.min(from[1], to[1]) - radius - box.y));
    const bottom = Math.min(box.height, Math.ceil(Math.max(from[1], to[1]) + radius - box.y));
    const left = Math.max(0, Math.floor(Math.min(from[0], to[0]) - radius - box.x));
    const right = Math.min(box.width, Math.ceil(Math.max(from[0], to[0]) + radius - box.x));
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const centre: Point = [box.x + column + 0.5, box.y + row + 0.5];
        if (distance(centre, from, to) <= radius) data[row * box.width + column] = value;
      }
    }
  });
}

/** From a point to a line between two points. */
function distance([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const long = dx * dx + dy * dy;
  const along = long === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / long));
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

/** Without empty rows and columns around it. */
function trimmed({ box, data }: Canvas): MaskGeometry | undefined {
  let [left, right, top, bottom] = [box.width, -1, box.height, -1];
  for (let row = 0; row < box.height; row++) {
    const start = row * box.width;
    const first = data.indexOf(1, start);
    if (first < 0 || first >= start + box.width) continue;
    left = Math.min(left, first - start);
    right = Math.max(right, data.lastIndexOf(1, start + box.width - 1) - start);
    top = Math.min(top, row);
    bottom = row;
  }
  if (right < 0) return undefined;
  const [width, height] = [right - left + 1, bottom - top + 1];
  const cut = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * box.width + left;
    cut.set(data.subarray(start, start + width), row * width);
  }
  return {
    kind: 'mask',
    box: { x: box.x + left, y: box.y + top, width, height },
    counts: encodeMask(cut),
  };
}
