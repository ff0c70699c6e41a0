import type { ExplainProgress, Explanation, ExplainRequest } from '../../core/contract/explanation.ts';
import { covered, meanValues, occlusionGrid, tileFor } from '../../core/vision/occlusion.ts';
import type { PackedTensor } from '../../core/vision/pack-tile.ts';
import { scoresAt } from '../../core/vision/scores-at.ts';
import { labelThresholds } from '../../core/vision/thresholds.ts';
import { planTiles } from '../../core/vision/tiles.ts';
import type { Tensor } from '../runtimes/runtime.ts';
import type { CancelPoint } from './cancel-point.ts';
import type { LoadedModel } from './model-loader.ts';
import type { Picture } from './picture.ts';

/**
 * Runs the model over the finding's tile, then again with one cell after the other covered; undefined where
 * it was cancelled. Errors: throws what the runtime throws, and where an answer does not fit the manifest.
 */
export async function explainFinding(
  { manifest, session, reader }: LoadedModel,
  photo: Picture,
  { box, label }: Pick<ExplainRequest<Blob>, 'box' | 'label'>,
  onProgress: (progress: ExplainProgress) => void,
  cancelPoint: CancelPoint,
): Promise<Explanation | undefined> {
  const { input, output, labels } = manifest;
  const { size } = photo;
  const tile = tileFor(box, planTiles(size, input, manifest.tiling));
  if (!tile) throw new RangeError('a photo without tiles');
  const { shape, data: shown } = reader.read(photo, tile);
  const answer = async (data: PackedTensor): Promise<Tensor> => {
    const outputs = await session.run({ [input.name]: { shape, data } });
    const tensor = outputs[output.name];
    if (!tensor) throw new Error(`the model gave no ${output.name}`);
    return tensor;
  };

  const first = await answer(shown);
  const read = scoresAt(manifest, box, tile, size, first);
  const scores = read(first);
  const named = labels.find(({ name }) => name === label)?.index;
  const subject = named ?? scores.indexOf(Math.max(...scores));
  const whole = scores[subject] ?? 0;
  const { region, columns, rows, cells } = occlusionGrid(box, tile);
  const mean = meanValues(shown, input, tile);
  const drops: number[] = [];
  for (const cell of cells) {
    onProgress({ done: drops.length + 1, runs: cells.length + 1 });
    if (await cancelPoint.reached()) return undefined;
    const left = read(await answer(covered(shown, input, cell, mean)))[subject] ?? 0;
    drops.push(whole > 0 ? Math.max(-1, 1 - left / whole) : 0);
  }
  onProgress({ done: cells.length + 1, runs: cells.length + 1 });

  const thresholds = labelThresholds(manifest);
  return {
    scores: labels
      .map(({ index, name, damageType }) => ({
        label: name,
        labelIndex: index,
        damageType,
        score: scores[index] ?? 0,
        threshold: thresholds[index] ?? manifest.thresholds.default,
      }))
      .sort((a, b) => b.score - a.score),
    region,
    columns,
    rows,
    drops,
  };
}
