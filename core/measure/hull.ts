import type { Point } from '../contract/geometry.ts';

const cross = (o: Point, a: Point, b: Point): number =>
  (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** Convex hull, counter-clockwise in a y-up frame, collinear points dropped. Andrew's monotone chain, 1979. */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (input: readonly Point[]): Point[] => {
    const out: Point[] = [];
    for (const point of input) {
      while (out.length >= 2) {
        const [o, a] = [out[out.length - 2], out[out.length - 1]];
        if (o && a && cross(o, a, point) > 0) break;
        out.pop();
      }
      out.push(point);
    }
    out.pop();
    return out;
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

export interface OrientedBox {
  /** Long and short side. */
  readonly length: number;
  readonly width: number;
  /** Of the long side, radians from the x axis. */
  readonly angle: number;
}

/** Smallest rectangle by area around a convex hull: one of its sides lies on a side of the hull. */
export function smallestBox(hull: readonly Point[]): OrientedBox {
  let best: OrientedBox = { length: 0, width: 0, angle: 0 };
  let bestArea = Infinity;
  hull.forEach((from, index) => {
    const to = hull[(index + 1) % hull.length] ?? from;
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    const [along, across] = [extent(hull, angle), extent(hull, angle + Math.PI / 2)];
    if (along * across >= bestArea) return;
    bestArea = along * across;
    best =
      along >= across
        ? { length: along, width: across, angle }
        : { length: across, width: along, angle: angle + Math.PI / 2 };
  });
  return best;
}

/** Length of the hull's shadow on a line at `angle`. */
function extent(hull: readonly Point[], angle: number): number {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [low, high] = [Infinity, -Infinity];
  for (const [x, y] of hull) {
    const at = x * cos + y * sin;
    low = Math.min(low, at);
    high = Math.max(high, at);
  }
  return high - low;
}

/** Largest distance between two points of the hull (maximum Feret diameter). */
export function maxFeret(hull: readonly Point[]): number {
  let best = 0;
  for (const [ax, ay] of hull)
    for (const [bx, by] of hull) best = Math.max(best, Math.hypot(ax - bx, ay - by));
  return best;
}
