import type { Point, Size } from '../contract/geometry.ts';

/** Fills a polygon into a mask, row by row: pixels whose centre lies inside, by the even-odd rule. */
export function fillPolygon(points: readonly Point[], size: Size, mask: Uint8Array): void {
  const top = Math.max(0, Math.floor(Math.min(...points.map(([, y]) => y)) - 0.5));
  const bottom = Math.min(size.height - 1, Math.ceil(Math.max(...points.map(([, y]) => y))));
  for (let row = top; row <= bottom; row++) {
    const crossings = rowCrossings(points, row + 0.5);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      // A pixel counts when its centre x + 0.5 is in [from, to).
      const from = Math.max(0, Math.ceil((crossings[i] ?? 0) - 0.5));
      const to = Math.min(size.width, Math.ceil((crossings[i + 1] ?? 0) - 0.5));
      if (to > from) mask.fill(1, row * size.width + from, row * size.width + to);
    }
  }
}

function rowCrossings(points: readonly Point[], y: number): readonly number[] {
  const crossings: number[] = [];
  for (const [i, [x1, y1]] of points.entries()) {
    const [x0, y0] = points.at(i - 1) ?? [x1, y1];
    // Half-open, so that a corner counts once.
    if (y0 <= y === y1 <= y) continue;
    crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
  }
  return crossings.sort((a, b) => a - b);
}
