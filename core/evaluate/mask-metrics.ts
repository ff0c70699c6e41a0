import type { Size } from '../contract/geometry.ts';
import { ratios } from './detection-metrics.ts';
import { nearPixels } from './near-pixels.ts';

/** Pixels of one photo, or of many when added up. */
export interface MaskCounts {
  /** Answered pixels that lie within the tolerance of a true one. */
  readonly right: number;
  /** Answered pixels that do not. */
  readonly wrong: number;
  /** True pixels that lie within the tolerance of an answered one. */
  readonly found: number;
  /** True pixels that do not. */
  readonly missed: number;
  /** Share of the photo, 0 to 1. */
  readonly answeredShare: number;
  readonly trueShare: number;
}

export interface MaskScores {
  readonly F1: number;
  readonly IoU: number;
  readonly precision: number;
  readonly recall: number;
  /** Mean over photos of |answered share - true share| of the photo's area, in percentage points. */
  readonly areaError: number;
}

/**
 * Compares an answered with a true mask, both row by row, any value but 0 being defect. Pixels within
 * `tolerance` pixels of each other (Euclidean, 0 for none) match, as crack papers count.
 */
export function compareMasks(answer: Uint8Array, truth: Uint8Array, size: Size, tolerance = 0): MaskCounts {
  const pixels = size.width * size.height;
  if (answer.length !== pixels || truth.length !== pixels) {
    throw new RangeError(
      `masks of ${answer.length} and ${truth.length} pixels are not ${size.width}x${size.height}`,
    );
  }
  const nearTruth = tolerance > 0 ? nearPixels(truth, size, tolerance) : truth;
  const nearAnswer = tolerance > 0 ? nearPixels(answer, size, tolerance) : answer;
  let right = 0;
  let answered = 0;
  let found = 0;
  let defect = 0;
  for (let i = 0; i < pixels; i++) {
    if (answer[i]) {
      answered++;
      if (nearTruth[i]) right++;
    }
    if (truth[i]) {
      defect++;
      if (nearAnswer[i]) found++;
    }
  }
  return {
    right,
    wrong: answered - right,
    found,
    missed: defect - found,
    answeredShare: answered / pixels,
    trueShare: defect / pixels,
  };
}

/**
 * Scores over photos, their pixels pooled. Precision is right / answered, recall found / true, F1 their
 * harmonic mean, IoU right / (right + wrong + missed): with tolerance 0 the usual figures.
 */
export function maskScores(photos: readonly MaskCounts[]): MaskScores {
  const sum = (part: (counts: MaskCounts) => number): number =>
    photos.reduce((total, counts) => total + part(counts), 0);
  const right = sum((counts) => counts.right);
  const wrong = sum((counts) => counts.wrong);
  const missed = sum((counts) => counts.missed);
  const { precision } = ratios(right, wrong, missed);
  const { recall } = ratios(
    sum((counts) => counts.found),
    wrong,
    missed,
  );
  const union = right + wrong + missed;
  return {
    F1: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0,
    IoU: union > 0 ? right / union : 1,
    precision,
    recall,
    areaError: (100 * sum((counts) => Math.abs(counts.answeredShare - counts.trueShare))) / photos.length,
  };
}
