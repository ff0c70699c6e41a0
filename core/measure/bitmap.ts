import type { Geometry, Point } from '../contract/geometry.ts';

/** A mask as one byte a pixel, 0 or 1, row by row; (x, y) is its top left corner in photo pixels. */
export interface Bitmap {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Largest mask that is unpacked, in pixels: a photo of 64 megapixels. */
const MAX_PIXELS = 64_000_000;

/** Unpacks run lengths; undefined where box and runs contradict each other or the mask is absurdly large. */
export function bitmapOfMask(mask: Extract<Geometry, { kind: 'mask' }>): Bitmap | undefined {
  const { x, y, width, height } = mask.box;
  const pixels = width * height;
  if (![x, y, width, height].every(Number.isInteger) || pixels > MAX_PIXELS) return undefined;
  if (mask.counts.reduce((sum, run) => sum + run, 0) !== pixels) return undefined;
  const data = new Uint8Array(pixels);
  let at = 0;
  mask.counts.forEach((run, index) => {
    if (index % 2 === 1) data.fill(1, at, at + run);
    at += run;
  });
  return { x, y, width, height, data };
}

/** The corners of the mask's pixels that its convex hull can touch: the outermost of every row. */
export function outerCorners({ x, y, width, height, data }: Bitmap): Point[] {
  const corners: Point[] = [];
  for (let row = 0; row < height; row += 1) {
    const start = row * width;
    const first = data.indexOf(1, start);
    if (first < 0 || first >= start + width) continue;
    const left = x + first - start;
    const right = x + data.lastIndexOf(1, start + width - 1) - start + 1;
    corners.push([left, y + row], [left, y + row + 1], [right, y + row], [right, y + row + 1]);
  }
  return corners;
}

/** Mask pixels and the pixel edges between mask and background. */
export function areaAndPerimeter({ width, height, data }: Bitmap): { area: number; perimeter: number } {
  let area = 0;
  let perimeter = 0;
  const set = (column: number, row: number) =>
    column >= 0 && column < width && row >= 0 && row < height && data[row * width + column] === 1;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      if (!set(column, row)) continue;
      area += 1;
      perimeter +=
        Number(!set(column - 1, row)) +
        Number(!set(column + 1, row)) +
        Number(!set(column, row - 1)) +
        Number(!set(column, row + 1));
    }
  }
  return { area, perimeter };
}
