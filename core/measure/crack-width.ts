import type { Bitmap } from './bitmap.ts';
import { squaredDistances } from './distance-transform.ts';
import { skeleton } from './skeleton.ts';

/** Widths along a crack's middle line, in photo pixels. */
export interface CrackWidth {
  readonly median: number;
  /** Of 100 places along the crack the fifth widest: the largest width that is not one stray pixel. */
  readonly p95: number;
  readonly max: number;
}

/**
 * Crack width along the mask's skeleton. At each of its pixels the width is what lies between the nearest
 * background pixel and the background straight across: 2 x distance for a line of odd width, and right for
 * an even one too, whose skeleton cannot lie in its middle. Undefined for an empty mask.
 */
export function crackWidth({ width, height, data }: Bitmap): CrackWidth | undefined {
  const squared = squaredDistances(data, width, height);
  const line = skeleton(data, width, height);
  if (line.length === 0) return undefined;
  const widths = line.map((p) => widthAt({ width, height, data, squared }, p)).sort((a, b) => a - b);
  const rank = (share: number) => widths[Math.min(widths.length - 1, Math.floor(share * widths.length))] ?? 0;
  return { median: rank(0.5), p95: rank(0.95), max: rank(1) };
}

interface Field extends Pick<Bitmap, 'width' | 'height' | 'data'> {
  readonly squared: Float64Array;
}

function widthAt(field: Field, p: number): number {
  const distance = Math.sqrt(field.squared[p] ?? 0);
  const [nx, ny] = nearestBackground(field, p, distance);
  // The background's centre lies beyond the mask's edge by half a pixel of the grid line it is on.
  const near = distance - Math.max(Math.abs(nx), Math.abs(ny)) / 2;
  // A skeleton is at most one pixel off the middle; farther across there is a branch, not the other edge.
  return Math.max(1, near + edgeAcross(field, p, [-nx, -ny], near + 1));
}

/** Unit vector to one of the background pixels at `distance`. */
function nearestBackground({ width, height, data, squared }: Field, p: number, distance: number) {
  const [px, py] = [p % width, Math.floor(p / width)];
  const reach = Math.ceil(distance);
  const wanted = squared[p] ?? 0;
  for (let dy = -reach; dy <= reach; dy += 1) {
    const dx = Math.round(Math.sqrt(Math.max(0, wanted - dy * dy)));
    if (dx * dx + dy * dy !== wanted) continue;
    for (const x of [dx, -dx]) {
      if (!isSet({ width, height, data }, px + x, py + dy)) return [x / distance, dy / distance] as const;
    }
  }
  return [1, 0] as const;
}

/** Distance to the mask's edge along a direction, at most `limit`, to an eighth of a pixel. */
function edgeAcross(field: Field, p: number, [dx, dy]: readonly [number, number], limit: number): number {
  const [px, py] = [p % field.width, Math.floor(p / field.width)];
  for (let step = 0.5; step < limit; step += 0.125) {
    if (!isSet(field, Math.floor(px + dx * step + 0.5), Math.floor(py + dy * step + 0.5))) return step;
  }
  return limit;
}

const isSet = ({ width, height, data }: Pick<Bitmap, 'width' | 'height' | 'data'>, x: number, y: number) =>
  x >= 0 && x < width && y >= 0 && y < height && data[y * width + x] === 1;
