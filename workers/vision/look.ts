import type { LookResult } from '../../core/contract/live-look.ts';
import { wholeTile } from '../../core/vision/tiles.ts';
import type { CancelPoint } from './cancel-point.ts';
import type { LoadedModel } from './model-loader.ts';
import { createAnswerReader } from './read-answers.ts';
import { runTiles } from './run-tiles.ts';
import { StageClock } from './stage-clock.ts';

/** The whole frame in one run; undefined where it was cancelled. Errors: as `analysePhoto`. */
export async function lookAt(
  model: LoadedModel,
  frame: ImageBitmap,
  minScore: number | undefined,
  cancelPoint: CancelPoint,
): Promise<LookResult | undefined> {
  const start = performance.now();
  const { input, output, tiling } = model.manifest;
  const size = { width: frame.width, height: frame.height };
  const clock = new StageClock();
  const answers = createAnswerReader(model.manifest, size, minScore);
  const tile = wholeTile(size, input, tiling);
  const done = await runTiles(model, { image: frame, size }, [tile], clock, cancelPoint, (seen, outputs) => {
    const answer = outputs[output.name];
    if (!answer) throw new Error(`the model gave no ${output.name}`);
    answers.add(seen, answer);
  });
  if (!done) return undefined;
  const { findings } = clock.time('merge', () => answers.finish());
  return { size, findings, times: { ...clock.times, total: performance.now() - start } };
}
