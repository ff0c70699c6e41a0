import type { Box, Size } from '../../core/contract/geometry.ts';
import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import type { PatchFeatures, RawFinding } from '../../core/contract/vision-worker.ts';
import { unreachable } from '../../core/domain/outcome.ts';
import { boxFindings } from '../../core/vision/box-findings.ts';
import { boxIou } from '../../core/vision/box.ts';
import { decodeYolox, type Detection } from '../../core/vision/decode-yolox.ts';
import { maskFindings } from '../../core/vision/mask-findings.ts';
import { mergeTiles, type TileDetections } from '../../core/vision/merge-tiles.ts';
import { joinPatches, patchRows } from '../../core/vision/patch-memory.ts';
import { MaskStitcher } from '../../core/vision/stitch-masks.ts';
import { suppress } from '../../core/vision/nms.ts';
import { labelThresholds } from '../../core/vision/thresholds.ts';
import type { Tile } from '../../core/vision/tiles.ts';
import type { Tensor } from '../runtimes/runtime.ts';

/** Collects the tiles' answers of one photo, in the plan's order, and merges them. */
export interface AnswerReader {
  /** What this tile alone shows, for the eye; throws where the answer does not fit the manifest. */
  add(tile: Tile, answer: Tensor): readonly RawFinding[];
  /** Where a score just misses its threshold, as the pack's advice says, and no finding lies; detectors only. */
  doubts?(): readonly Box[];
  finish(): {
    readonly findings: readonly RawFinding[];
    /** Of the likeliest class for each photo pixel, 0 to 255; segmenters only. */
    readonly probability?: Uint8Array<ArrayBuffer>;
    readonly features?: PatchFeatures;
  };
}

/** Throws for patch features that were not asked for: they find nothing by themselves. */
export function createAnswerReader(
  manifest: ModelManifest,
  photo: Size,
  minScore?: number,
  wantFeatures = false,
): AnswerReader {
  switch (manifest.output.kind) {
    case 'yolox':
      return readBoxes(manifest, manifest.output.strides, photo, minScore);
    case 'mask-logits':
      return readMasks(manifest, manifest.output.stride, photo, minScore);
    case 'patch-features':
      if (!wantFeatures) throw new Error('patch features hold no findings of their own');
      return readPatches(manifest.input.height);
    default:
      return unreachable(manifest.output);
  }
}

function readBoxes(
  manifest: ModelManifest,
  strides: readonly number[],
  photo: Size,
  minScore: number | undefined,
): AnswerReader {
  const { input, labels, thresholds } = manifest;
  const minScores = labelThresholds(manifest, minScore);
  const head = { input, strides, classes: minScores.length };
  const answers: TileDetections[] = [];
  const share = manifest.tiling.firstLook?.scout?.doubt ?? 1;
  const lowest = minScores.map((score) => score * share);
  const low: Detection[] = [];
  return {
    add(tile, { data }) {
      if (!(data instanceof Float32Array)) throw new Error('a YOLOX answer must be float32');
      const all = decodeYolox(data, head, lowest, tile, photo);
      const isFinding = ({ score, classIndex }: Detection) => score >= (minScores[classIndex] ?? 1);
      const detections = all.filter(isFinding);
      low.push(...all.filter((one) => !isFinding(one)));
      answers.push({ tile, detections });
      return boxFindings(detections, labels);
    },
    doubts() {
      const found = answers.flatMap(({ detections }) => detections);
      const near = low.filter(({ box }) => found.every((one) => boxIou(one.box, box) < thresholds.nmsIou));
      return suppress(near, thresholds.nmsIou, near.length).map(({ box }) => box);
    },
    finish: () => ({
      findings: boxFindings(mergeTiles(answers, photo, thresholds), labels),
    }),
  };
}

function readMasks(
  manifest: ModelManifest,
  stride: number,
  photo: Size,
  minScore: number | undefined,
): AnswerReader {
  const { labels, thresholds } = manifest;
  const minScores = labelThresholds(manifest, minScore);
  const minPixels = thresholds.minRegionPixels ?? 1;
  const stitchers = labels.map((label) => ({
    label,
    stitcher: new MaskStitcher(photo, stride, label.index),
  }));
  return {
    add(tile, answer) {
      for (const { stitcher } of stitchers) stitcher.add(tile, answer);
      // A mask is only right once its neighbours are known.
      return [];
    },
    finish() {
      const maps = stitchers.map(({ label, stitcher }) => ({ label, map: stitcher.finish() }));
      const findings = maps.flatMap(({ label, map }) => {
        const threshold = minScores[label.index] ?? thresholds.default;
        return maskFindings(map, photo, label, { threshold, minPixels });
      });
      const probability = likeliest(maps.map(({ map }) => map));
      return { findings, ...(probability ? { probability } : {}) };
    },
  };
}

function readPatches(side: number): AnswerReader {
  const parts: PatchFeatures[] = [];
  return {
    add(tile, answer) {
      parts.push(patchRows(answer, side, tile));
      return [];
    },
    finish: () => ({ findings: [], features: joinPatches(parts) }),
  };
}

function likeliest(maps: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> | undefined {
  const [first, ...others] = maps;
  for (const map of others) {
    first?.forEach((value, at) => (first[at] = Math.max(value, map[at] ?? 0)));
  }
  return first;
}
