import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import type { PatchFeatures } from '../../core/contract/vision-worker.ts';
import { succeed } from '../../core/domain/outcome.ts';
import { auroc } from '../../core/evaluate/auroc.ts';
import { bootstrapInterval } from '../../core/evaluate/bootstrap.ts';
import { chooseMemory, distancesTo, joinPatches, photoScore } from '../../core/vision/patch-memory.ts';
import { UsageError, type EvaluateOptions } from '../options.ts';
import type { PipelineResult } from '../page/pipeline-api.ts';
import type { Evaluator } from './evaluator.ts';
import { readMask } from './read-mask.ts';
import { truthReader } from './read-truth.ts';

const SEED = 1;

/** Photos against a memory of clean ones: whether the score of a whole photo tells damaged from clean. */
export function anomalyEvaluator(manifest: ModelManifest, { format }: EvaluateOptions): Evaluator {
  const { output } = manifest;
  if (output.kind !== 'patch-features') throw new UsageError(`${manifest.id} gives no patch features`);
  const readTruth = format === 'mask' ? undefined : truthReader(format, { task: 'segment', labels: [] });
  const references: PatchFeatures[] = [];
  const samples: { readonly score: number; readonly defect: boolean }[] = [];
  let memory: PatchFeatures | undefined;
  return {
    request: { wantFeatures: true },
    learn: (result) => void references.push(featuresOf(result)),
    add: async (photo, result) => {
      let defect: boolean;
      if (readTruth) {
        const truths = await readTruth(photo, result.photo);
        if (!truths.ok) return truths;
        defect = truths.value.length > 0;
      } else if (photo.label === undefined) {
        defect = false;
      } else {
        const mask = await readMask(photo.label, result.photo);
        if (!mask.ok) return mask;
        defect = mask.value.includes(1);
      }
      memory ??= chooseMemory(joinPatches(references), output.memory.patches, SEED);
      const score = photoScore(distancesTo(memory, featuresOf(result)), output.memory.share);
      samples.push({ score, defect });
      return succeed(null);
    },
    metrics: () => ({ AUROC: auroc(samples), references: references.length }),
    intervals: (rounds) => {
      const { low, high } = bootstrapInterval(samples, auroc, { seed: SEED, rounds });
      return { AUROC: [low, high] };
    },
  };
}

function featuresOf({ features }: PipelineResult): PatchFeatures {
  if (!features) throw new Error('the pipeline answered without features');
  const encoded = Buffer.from(features.rowsBase64, 'base64');
  const rows = new Float32Array(encoded.length / Float32Array.BYTES_PER_ELEMENT);
  new Uint8Array(rows.buffer).set(encoded);
  return { dimensions: features.dimensions, rows };
}
