import { bootstrapInterval } from '../../core/evaluate/bootstrap.ts';
import {
  averagePrecision,
  matchPhoto,
  scoresAtThreshold,
  type MatchedPhoto,
} from '../../core/evaluate/detection-metrics.ts';
import { auroc } from '../../core/evaluate/auroc.ts';
import {
  compareMasks,
  maskScores,
  type MaskCounts,
  type MaskScores,
} from '../../core/evaluate/mask-metrics.ts';
import type { LabelFailure } from '../../core/evaluate/truth.ts';
import { truthMask } from '../../core/evaluate/truth-mask.ts';
import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import { succeed, type Outcome } from '../../core/domain/outcome.ts';
import { labelThresholds } from '../../core/vision/thresholds.ts';
import type { EvaluateOptions } from '../options.ts';
import { UsageError } from '../options.ts';
import type { PipelineRequest, PipelineResult } from '../page/pipeline-api.ts';
import type { LabelledPhoto } from './dataset.ts';
import { anomalyEvaluator } from './anomaly-evaluator.ts';
import { readMask } from './read-mask.ts';
import { truthReader } from './read-truth.ts';

export type Metrics = Readonly<Record<string, number>>;

export interface Evaluator {
  /** What the pipeline must answer beside its usual. */
  readonly request: Pick<PipelineRequest, 'minScore' | 'wantProbability' | 'wantFeatures'>;
  /** Takes photos that are known to be clean; only packs that compare with such photos have it. */
  learn?(result: PipelineResult): void;
  /** Compares one photo's answer with its labels. */
  add(photo: LabelledPhoto, result: PipelineResult): Promise<Outcome<null, LabelFailure>>;
  metrics(): Metrics;
  /** 95 % bootstrap intervals over photos. */
  intervals(rounds: number): Readonly<Record<string, readonly [number, number]>>;
}

export function evaluatorFor(manifest: ModelManifest, options: EvaluateOptions): Evaluator {
  switch (manifest.task) {
    case 'detect':
      return detectorEvaluator(manifest, options);
    case 'segment':
      return segmenterEvaluator(manifest, options);
    case 'embed':
      return anomalyEvaluator(manifest, options);
  }
}

const SEED = 1;
/** Ten IoUs cost ten times as much as one. */
const SLOW_ROUNDS = 200;

function detectorEvaluator(manifest: ModelManifest, { format, threshold }: EvaluateOptions): Evaluator {
  if (format === 'mask') throw new UsageError(`${manifest.id} finds boxes: use --format yolo, voc or coco`);
  const readTruth = truthReader(format, manifest);
  const thresholds = labelThresholds(manifest, threshold);
  const photos: MatchedPhoto[] = [];
  const shown = new PhotoScores();
  return {
    // Average precision needs the whole curve, down to what no one would show.
    request: { minScore: 0.001 },
    add: async (photo, result) => {
      const truths = await readTruth(photo, result.photo);
      if (!truths.ok) return truths;
      const detections = result.findings.map(({ labelIndex, box, score }) => ({
        classIndex: labelIndex,
        box,
        score,
      }));
      photos.push(matchPhoto({ truths: truths.value, detections }, thresholds.length));
      shown.add(result, truths.value.length > 0);
      return succeed(null);
    },
    metrics: () => {
      const { mAP50, mAP50_95 } = averagePrecision(photos);
      const { f1, precision, recall } = scoresAtThreshold(photos, thresholds);
      return { mAP50, mAP50_95, F1: f1, precision_: precision, recall, AUROC: shown.auroc() };
    },
    intervals: (rounds) => ({
      mAP50: interval(photos, (drawn) => averagePrecision(drawn.map(atIou50)).mAP50, rounds),
      mAP50_95: interval(photos, (drawn) => averagePrecision(drawn).mAP50_95, Math.min(rounds, SLOW_ROUNDS)),
      F1: interval(photos, (drawn) => scoresAtThreshold(drawn, thresholds).f1, rounds),
      precision_: interval(photos, (drawn) => scoresAtThreshold(drawn, thresholds).precision, rounds),
      recall: interval(photos, (drawn) => scoresAtThreshold(drawn, thresholds).recall, rounds),
      AUROC: shown.interval(rounds),
    }),
  };
}

/** mAP50 alone needs a tenth of the matches. */
const atIou50 = (photo: MatchedPhoto): MatchedPhoto =>
  photo.map((matched) => ({ ...matched, hits: matched.hits.slice(0, 1) }));

function segmenterEvaluator(manifest: ModelManifest, options: EvaluateOptions): Evaluator {
  const { format, tolerance } = options;
  const readTruth = format === 'mask' ? undefined : truthReader(format, manifest);
  const threshold = options.threshold ?? manifest.thresholds.default;
  const photos: MaskCounts[] = [];
  const shown = new PhotoScores();
  return {
    request: { wantProbability: true },
    add: async (photo, result) => {
      const { photo: size, probabilityBase64 } = result;
      if (probabilityBase64 === undefined) throw new Error('the pipeline answered without probabilities');
      const probability = Buffer.from(probabilityBase64, 'base64');
      const answer = Uint8Array.from(probability, (value) => (value >= threshold * 255 ? 1 : 0));
      let truth: Uint8Array<ArrayBuffer>;
      if (readTruth) {
        const truths = await readTruth(photo, size);
        if (!truths.ok) return truths;
        truth = truthMask(truths.value, size);
      } else {
        const file = photo.label ?? `masks of ${photo.path}`;
        const mask = await readMask(file, size);
        if (!mask.ok) return mask;
        truth = mask.value;
      }
      photos.push(compareMasks(answer, truth, size, tolerance));
      shown.add(result, truth.includes(1), probability);
      return succeed(null);
    },
    metrics: () => {
      const { F1, IoU, precision, recall, areaError } = maskScores(photos);
      return { F1, precision_: precision, recall, IoU, AUROC: shown.auroc(), areaError };
    },
    intervals: (rounds) => {
      const of = (figure: keyof MaskScores) => interval(photos, (drawn) => maskScores(drawn)[figure], rounds);
      return {
        F1: of('F1'),
        precision_: of('precision'),
        recall: of('recall'),
        IoU: of('IoU'),
        AUROC: shown.interval(rounds),
        areaError: of('areaError'),
      };
    },
  };
}

function interval<Photo>(
  photos: readonly Photo[],
  statistic: (drawn: readonly Photo[]) => number,
  rounds: number,
): readonly [number, number] {
  const { low, high } = bootstrapInterval(photos, statistic, { seed: SEED, rounds });
  return [low, high];
}

/** How sure the model is that a photo shows damage, beside whether it does. */
class PhotoScores {
  readonly #samples: { readonly score: number; readonly defect: boolean }[] = [];

  /** A pack without an answer for the whole photo is as sure as of its surest finding or pixel. */
  add({ defectProbability, findings }: PipelineResult, defect: boolean, probability?: Uint8Array): void {
    let score = defectProbability ?? 0;
    if (defectProbability === undefined) {
      for (const finding of findings) score = Math.max(score, finding.score);
      for (const value of probability ?? []) score = Math.max(score, value / 255);
    }
    this.#samples.push({ score, defect });
  }

  /** NaN where the data holds no clean photo, or none with damage. */
  auroc(): number {
    return auroc(this.#samples);
  }

  interval(rounds: number): readonly [number, number] {
    return interval(this.#samples, auroc, rounds);
  }
}
