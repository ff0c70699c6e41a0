import type { Point } from '../contract/geometry.ts';
import type { Bitmap } from './bitmap.ts';

/**
 * Outlines of a mask along its pixel edges, in photo pixels: outer rings clockwise on the screen, holes the
 * other way, no point where the outline goes straight on. Filling all rings by the even-odd rule gives the
 * mask back. Pixels that touch at a corner only belong to different rings.
 */
export function contours(bitmap: Bitmap): Point[][] {
  const edges = boundaryEdges(bitmap);
  const rings: Point[][] = [];
  for (const [start, ends] of edges) {
    while (ends.length > 0) rings.push(ring(edges, start, bitmap));
  }
  return rings;
}

/** From each corner (y * (width + 1) + x), the corners that an edge leads to, mask on its right. */
function boundaryEdges({ width, height, data }: Bitmap): Map<number, number[]> {
  const edges = new Map<number, number[]>();
  const set = (x: number, y: number) =>
    x >= 0 && x < width && y >= 0 && y < height && data[y * width + x] === 1;
  const add = (from: number, to: number) => {
    const ends = edges.get(from);
    if (ends) ends.push(to);
    else edges.set(from, [to]);
  };
  const w = width + 1;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (!set(x, y)) continue;
      const corner = y * w + x;
      if (!set(x, y - 1)) add(corner, corner + 1);
      if (!set(x + 1, y)) add(corner + 1, corner + w + 1);
      if (!set(x, y + 1)) add(corner + w + 1, corner + w);
      if (!set(x - 1, y)) add(corner + w, corner);
    }
  }
  return edges;
}

function ring(edges: Map<number, number[]>, start: number, { x, y, width }: Bitmap): Point[] {
  const w = width + 1;
  const steps: { readonly corner: number; readonly step: number }[] = [];
  let corner = start;
  do {
    const to = nextCorner(edges.get(corner) ?? [], corner, steps.at(-1)?.step ?? 0, w);
    steps.push({ corner, step: to - corner });
    corner = to;
  } while (corner !== start);
  return steps
    .filter(({ step }, index) => step !== steps.at(index - 1)?.step)
    .map((turn) => [x + (turn.corner % w), y + Math.floor(turn.corner / w)]);
}

/** At a corner where two pixels touch, turns right, so that each ring stays on its own pixel. */
function nextCorner(ends: number[], from: number, step: number, w: number): number {
  const directions = [1, w, -1, -w];
  const right = directions[(directions.indexOf(step) + 1) % 4];
  const turn = ends.findIndex((to) => to - from === right);
  // Edges come in pairs at every corner, so an open ring always finds its next edge.
  return ends.splice(Math.max(0, turn), 1)[0] ?? from;
}
