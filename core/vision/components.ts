import type { Box, Size } from '../contract/geometry.ts';
import type { MaskGeometry } from './rle.ts';

/** A connected region of a probability map; corners touch. */
export interface Region {
  readonly geometry: MaskGeometry;
  readonly box: Box;
  readonly pixels: number;
  /** Mean probability of its pixels, 0 to 1. */
  readonly score: number;
}

export interface RegionRules {
  /** Lowest probability that is defect, 0 to 1. */
  readonly threshold: number;
  /** Smaller regions are left out. */
  readonly minPixels: number;
  /** Most regions, largest first. */
  readonly limit?: number;
}

/**
 * Connected regions of a map of probabilities, 0 to 255, row by row; largest first. Works on runs, so
 * that memory grows with the regions' outline and not with the photo.
 */
export function findRegions(map: Uint8Array, size: Size, rules: RegionRules): readonly Region[] {
  const runs = thresholdRuns(map, size, rules.threshold);
  const groups = new Map<number, Run[]>();
  for (const run of runs) {
    const root = rootOf(run).id;
    const group = groups.get(root);
    if (group) group.push(run);
    else groups.set(root, [run]);
  }
  return [...groups.values()]
    .map((group) => ({ group, pixels: group.reduce((sum, run) => sum + run.to - run.from, 0) }))
    .filter(({ pixels }) => pixels >= rules.minPixels)
    .sort((a, b) => b.pixels - a.pixels)
    .slice(0, rules.limit ?? 1000)
    .map(({ group, pixels }) => makeRegion(map, size.width, group, pixels));
}

/** Pixels `from` to `to` (exclusive) of one row; `parent` is the union-find link. */
interface Run {
  readonly id: number;
  readonly row: number;
  readonly from: number;
  readonly to: number;
  parent: Run | undefined;
}

function rootOf(run: Run): Run {
  let root = run;
  while (root.parent) root = root.parent;
  for (let at = run; at.parent && at.parent !== root;) {
    const next = at.parent;
    at.parent = root;
    at = next;
  }
  return root;
}

function thresholdRuns(map: Uint8Array, { width, height }: Size, threshold: number): readonly Run[] {
  // Probability 0 is never defect, whatever the threshold.
  const lowest = Math.max(1, Math.ceil(threshold * 255));
  const runs: Run[] = [];
  let above = 0;
  for (let row = 0; row < height; row++) {
    const rowStart = runs.length;
    const offset = row * width;
    for (let x = 0; x < width; x++) {
      if ((map[offset + x] ?? 0) < lowest) continue;
      const from = x;
      while (x < width && (map[offset + x] ?? 0) >= lowest) x++;
      runs.push({ id: runs.length, row, from, to: x, parent: undefined });
    }
    linkRows(runs, above, rowStart);
    above = rowStart;
  }
  return runs;
}

/** Unites the runs of the newest row, from `start`, with those of the row above, from `above`. */
function linkRows(runs: readonly Run[], above: number, start: number): void {
  for (let upper = above, i = start; upper < start;) {
    const run = runs[i];
    const over = runs[upper];
    if (!run || !over) return;
    // Ends are exclusive: an end that equals the other's start touches at a corner.
    if (over.to >= run.from && over.from <= run.to) unite(run, over);
    if (over.to < run.to) upper++;
    else i++;
  }
}

function unite(a: Run, b: Run): void {
  const rootA = rootOf(a);
  const rootB = rootOf(b);
  if (rootA === rootB) return;
  if (rootA.id < rootB.id) rootB.parent = rootA;
  else rootA.parent = rootB;
}

function makeRegion(map: Uint8Array, mapWidth: number, runs: readonly Run[], pixels: number): Region {
  const x = runs.reduce((least, run) => Math.min(least, run.from), Infinity);
  const right = runs.reduce((most, run) => Math.max(most, run.to), 0);
  const y = runs[0]?.row ?? 0;
  const width = right - x;
  const height = (runs.at(-1)?.row ?? y) - y + 1;
  const box = { x, y, width, height };
  const counts: number[] = [];
  let at = 0;
  let sum = 0;
  for (const run of runs) {
    const start = (run.row - y) * width + run.from - x;
    if (start === at && counts.length > 0)
      counts[counts.length - 1] = (counts.at(-1) ?? 0) + run.to - run.from;
    else counts.push(start - at, run.to - run.from);
    at = start + run.to - run.from;
    for (let i = run.row * mapWidth + run.from; i < run.row * mapWidth + run.to; i++) sum += map[i] ?? 0;
  }
  if (at < width * height) counts.push(width * height - at);
  return { geometry: { kind: 'mask', box, counts }, box, pixels, score: sum / pixels / 255 };
}
