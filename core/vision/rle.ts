import type { Box, Geometry } from '../contract/geometry.ts';

export type MaskGeometry = Extract<Geometry, { kind: 'mask' }>;

/** Run lengths of a mask, row by row, the first run background. Any value but 0 is defect. */
export function encodeMask(mask: ArrayLike<number>): number[] {
  const counts: number[] = [];
  let defect = false;
  let run = 0;
  for (let i = 0; i < mask.length; i++) {
    if ((mask[i] !== 0) !== defect) {
      counts.push(run);
      run = 0;
      defect = !defect;
    }
    run++;
  }
  counts.push(run);
  return counts;
}

/**
 * The mask of its box, 0 or 1, row by row. Missing runs are background and runs beyond the box are left
 * out, so that a hostile record costs no more than its box.
 */
export function decodeMask({ box, counts }: MaskGeometry): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(box.width * box.height);
  for (const { start, end } of defectRuns(box, counts)) mask.fill(1, start, end);
  return mask;
}

/** Defect pixels. */
export function maskArea({ box, counts }: MaskGeometry): number {
  let area = 0;
  for (const { start, end } of defectRuns(box, counts)) area += end - start;
  return area;
}

/** Intersection over union of two masks that lie in the same photo. */
export function maskIou(a: MaskGeometry, b: MaskGeometry): number {
  const shared = sharedPixels(a, b);
  const union = maskArea(a) + maskArea(b) - shared;
  return union > 0 ? shared / union : 0;
}

interface Span {
  readonly row: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

function sharedPixels(a: MaskGeometry, b: MaskGeometry): number {
  const byRow = new Map<number, Span[]>();
  for (const span of rowSpans(b.box, b.counts)) {
    const row = byRow.get(span.row);
    if (row) row.push(span);
    else byRow.set(span.row, [span]);
  }
  let shared = 0;
  for (const { row, from, to } of rowSpans(a.box, a.counts)) {
    for (const other of byRow.get(row) ?? []) {
      shared += Math.max(0, Math.min(to, other.to) - Math.max(from, other.from));
    }
  }
  return shared;
}

/** The defect pixels of a mask as spans of photo pixels, top to bottom and left to right. */
export function* rowSpans(box: Box, counts: readonly number[]): Generator<Span> {
  for (const { start, end } of defectRuns(box, counts)) {
    for (let at = start; at < end;) {
      const row = Math.floor(at / box.width);
      const rowEnd = Math.min(end, (row + 1) * box.width);
      yield { row: box.y + row, from: box.x + at - row * box.width, to: box.x + rowEnd - row * box.width };
      at = rowEnd;
    }
  }
}

function* defectRuns(
  { width, height }: Box,
  counts: readonly number[],
): Generator<{ readonly start: number; readonly end: number }> {
  const pixels = Math.floor(width * height);
  let at = 0;
  for (const [i, count] of counts.entries()) {
    const end = Math.min(at + count, pixels);
    if (i % 2 === 1 && end > at) yield { start: at, end };
    at = end;
  }
}
