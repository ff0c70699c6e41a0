/** N, NE, E, SE, S, SW, W, NW: the order P2 to P9 of the paper. */
const RING = [
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
] as const;

/**
 * Thins a mask to lines one pixel wide and returns their indices. Source: Zhang and Suen, A Fast Parallel
 * Algorithm for Thinning Digital Patterns, CACM 27 (1984). Only pixels on the current border are looked at, so
 * the work grows with the area, not with area times thickness.
 *
 * @param data 0 or 1 a pixel, row by row; not changed.
 */
export function skeleton(data: Uint8Array, width: number, height: number): number[] {
  const w = width + 2;
  // A frame of background spares every bounds check.
  const grid = new Uint8Array(w * (height + 2));
  for (let y = 0; y < height; y += 1) grid.set(data.subarray(y * width, (y + 1) * width), (y + 1) * w + 1);
  const offsets = RING.map(([dx, dy]) => dy * w + dx);
  const border = new Set(indices(grid).filter((p) => offsets.some((o) => grid[p + o] === 0)));
  let changed = true;
  while (changed) {
    changed = false;
    for (const phase of [0, 1] as const) {
      const doomed = [...border].filter((p) => removable(grid, p, offsets, phase));
      for (const p of doomed) {
        grid[p] = 0;
        border.delete(p);
      }
      for (const p of doomed) for (const o of offsets) if (grid[p + o] === 1) border.add(p + o);
      changed ||= doomed.length > 0;
    }
  }
  return indices(grid).map((p) => (Math.floor(p / w) - 1) * width + (p % w) - 1);
}

function indices(grid: Uint8Array): number[] {
  const found: number[] = [];
  for (let p = grid.indexOf(1); p >= 0; p = grid.indexOf(1, p + 1)) found.push(p);
  return found;
}

function removable(grid: Uint8Array, p: number, offsets: readonly number[], phase: 0 | 1): boolean {
  let neighbours = 0;
  let rises = 0;
  let before = grid[p + (offsets[7] ?? 0)] ?? 0;
  for (const offset of offsets) {
    const now = grid[p + offset] ?? 0;
    neighbours += now;
    if (before === 0 && now === 1) rises += 1;
    before = now;
  }
  if (neighbours < 2 || neighbours > 6 || rises !== 1) return false;
  const [north, east, south, west] = [0, 2, 4, 6].map((i) => grid[p + (offsets[i] ?? 0)] === 1);
  return phase === 0
    ? !(north && east && south) && !(east && south && west)
    : !(north && east && west) && !(north && south && west);
}
