import type { Box } from '../contract/geometry.ts';
import { boxArea, boxIou, intersectionArea } from '../vision/box.ts';
import type { Truth } from './truth.ts';

export interface ScoredBox {
  readonly classIndex: number;
  readonly box: Box;
  readonly score: number;
}

export interface EvaluatedPhoto {
  readonly truths: readonly Truth[];
  readonly detections: readonly ScoredBox[];
}

export interface AveragePrecision {
  /** Mean over classes that occur in the truth; NaN where none does. */
  readonly mAP50: number;
  /** Mean over IoU 0.50, 0.55 ... 0.95 as well. */
  readonly mAP50_95: number;
  /** By class index; NaN for a class without truth. */
  readonly perClass: readonly { readonly ap50: number; readonly ap50_95: number }[];
}

/** numpy.linspace(0.5, 0.95, 10), bit for bit: a box may lie exactly on a threshold. */
export const COCO_IOUS = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9),
);
/** numpy.linspace(0, 1, 101), bit for bit: a recall often lies exactly on a step. */
const RECALLS = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));
const MAX_DETECTIONS = 300;

/** One class of one photo, matched at every IoU; what resampling needs is all here. */
export interface MatchedClass {
  /** Truth boxes that can be missed. */
  readonly truths: number;
  /** Best first. */
  readonly scores: readonly number[];
  /** By IoU, then by detection: 1 right, 0 wrong, -1 not counted (in a crowd region). */
  readonly hits: readonly Int8Array[];
}

/** By class index. */
export type MatchedPhoto = readonly MatchedClass[];

/**
 * Matches detections with truth, greedily by score, at most 300 a photo and class, as pycocotools'
 * COCOeval does with maxDets 300 and area "all".
 */
export function matchPhoto(photo: EvaluatedPhoto, classes: number, ious = COCO_IOUS): MatchedPhoto {
  return Array.from({ length: classes }, (_, classIndex) => {
    const detections = photo.detections
      .filter((detection) => detection.classIndex === classIndex)
      .sort((a, b) => b.score - a.score)
      .slice(0, MAX_DETECTIONS);
    const ofClass = photo.truths.filter((truth) => truth.classIndex === classIndex);
    const crowds = ofClass.filter((truth) => truth.crowd);
    // Crowd regions come last: a detection falls to one only when no truth of its own is left.
    const truths = [...ofClass.filter((truth) => !truth.crowd), ...crowds];
    const overlaps = detections.map((d) => truths.map((truth) => cocoIou(d.box, truth)));
    return {
      truths: ofClass.length - crowds.length,
      scores: detections.map((detection) => detection.score),
      hits: ious.map((iou) => matchAt(iou, truths, overlaps)),
    };
  });
}

/** For a crowd region the share of the detection that lies in it. */
function cocoIou(box: Box, truth: Truth): number {
  if (!truth.crowd) return boxIou(box, truth.box);
  const area = boxArea(box);
  return area > 0 ? intersectionArea(box, truth.box) / area : 0;
}

function matchAt(iou: number, truths: readonly Truth[], overlaps: readonly (readonly number[])[]): Int8Array {
  const taken = new Uint8Array(truths.length);
  return Int8Array.from(overlaps, (row) => {
    let best = Math.min(iou, 1 - 1e-10);
    let match = -1;
    for (const [g, truth] of truths.entries()) {
      if (taken[g] && !truth.crowd) continue;
      if (match >= 0 && !truths[match]?.crowd && truth.crowd) break;
      const overlap = row[g] ?? 0;
      if (overlap < best) continue;
      best = overlap;
      match = g;
    }
    if (match < 0) return 0;
    taken[match] = 1;
    return truths[match]?.crowd ? -1 : 1;
  });
}

/** Average precision by 101-point interpolation, as COCO; the first IoU of the matching is taken as 0.5. */
export function averagePrecision(photos: readonly MatchedPhoto[]): AveragePrecision {
  const classes = photos[0]?.length ?? 0;
  const perClass = Array.from({ length: classes }, (_, classIndex) => {
    const matched = photos.flatMap((photo) => photo[classIndex] ?? []);
    const truths = matched.reduce((sum, { truths: count }) => sum + count, 0);
    const ranked = rankDetections(matched);
    const byIou = (matched[0]?.hits ?? []).map((_, iouIndex) => interpolated(ranked, truths, iouIndex));
    return { ap50: byIou[0] ?? NaN, ap50_95: mean(byIou) };
  });
  const present = perClass.filter(({ ap50 }) => !Number.isNaN(ap50));
  return {
    mAP50: mean(present.map(({ ap50 }) => ap50)),
    mAP50_95: mean(present.map(({ ap50_95 }) => ap50_95)),
    perClass,
  };
}

interface Ranked {
  readonly score: number;
  readonly of: MatchedClass;
  /** Place among the detections of its photo. */
  readonly place: number;
}

/** All photos' detections, best score first; equal scores in the order of the photos. */
function rankDetections(matched: readonly MatchedClass[]): readonly Ranked[] {
  return matched
    .flatMap((of) => of.scores.map((score, place) => ({ score, of, place })))
    .sort((a, b) => b.score - a.score);
}

function interpolated(ranked: readonly Ranked[], truths: number, iouIndex: number): number {
  if (truths === 0) return NaN;
  const recalls: number[] = [];
  const precisions: number[] = [];
  let right = 0;
  let wrong = 0;
  for (const { of, place } of ranked) {
    const hit = of.hits[iouIndex]?.[place] ?? 0;
    if (hit > 0) right++;
    else if (hit === 0) wrong++;
    recalls.push(right / truths);
    // The same guard as COCOeval: a leading detection in a crowd region is 0 of 0.
    precisions.push(right / (right + wrong + Number.EPSILON));
  }
  for (let i = precisions.length - 1; i > 0; i--) {
    precisions[i - 1] = Math.max(precisions[i - 1] ?? 0, precisions[i] ?? 0);
  }
  let at = 0;
  return mean(
    RECALLS.map((recall) => {
      while (at < recalls.length && (recalls[at] ?? 0) < recall) at++;
      return precisions[at] ?? 0;
    }),
  );
}

export interface ThresholdScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Precision, recall and F1 over all classes at IoU 0.5; `thresholds` is the lowest score of each class. */
export function scoresAtThreshold(
  photos: readonly MatchedPhoto[],
  thresholds: readonly number[],
): ThresholdScores {
  let right = 0;
  let wrong = 0;
  let truths = 0;
  for (const photo of photos) {
    for (const [classIndex, { scores, hits, truths: count }] of photo.entries()) {
      truths += count;
      for (const [i, score] of scores.entries()) {
        if (score < (thresholds[classIndex] ?? 1)) break;
        const hit = hits[0]?.[i] ?? 0;
        if (hit > 0) right++;
        else if (hit === 0) wrong++;
      }
    }
  }
  return ratios(right, wrong, truths - right);
}

/** Precision without an answer, and recall without truth, are 0; nothing to find and nothing found is 1. */
export function ratios(right: number, wrong: number, missed: number): ThresholdScores {
  if (right + wrong + missed === 0) return { precision: 1, recall: 1, f1: 1 };
  return {
    precision: right > 0 ? right / (right + wrong) : 0,
    recall: right > 0 ? right / (right + missed) : 0,
    f1: (2 * right) / (2 * right + wrong + missed),
  };
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
