import type { Size } from '../../core/contract/geometry.ts';
import type { AnalysisEvent, RawFinding, StageTimes } from '../../core/contract/vision-worker.ts';
import { tensorShape } from '../../core/vision/pack-tile.ts';
import { planTiles } from '../../core/vision/tiles.ts';
import type { Tensor } from '../runtimes/runtime.ts';
import type { CancelPoint } from './cancel-point.ts';
import type { LoadedModel } from './model-loader.ts';
import { createAnswerReader } from './read-answers.ts';
import { StageClock } from './stage-clock.ts';

export interface AnalysisOptions {
  readonly minScore: number | undefined;
  readonly onEvent: (event: AnalysisEvent) => void;
  readonly cancelPoint: CancelPoint;
}

export interface PhotoAnalysis {
  readonly tiles: number;
  readonly findings: readonly RawFinding[];
  readonly probability?: Uint8Array<ArrayBuffer>;
  readonly defectProbability?: number;
  /** Milliseconds; without decoding. */
  readonly times: Pick<StageTimes, 'pack' | 'infer' | 'merge'>;
}

/**
 * Runs the model over every tile of a decoded photo; undefined where it was cancelled. Errors: throws what
 * the runtime throws, and where an answer does not fit the manifest.
 */
export async function analysePhoto(
  model: LoadedModel,
  photo: ImageBitmap,
  options: AnalysisOptions,
): Promise<PhotoAnalysis | undefined> {
  const { manifest, session } = model;
  const { input, output } = manifest;
  const size: Size = { width: photo.width, height: photo.height };
  const tiles = planTiles(size, input, manifest.tiling);
  const answers = createAnswerReader(manifest, size, options.minScore);
  const clock = new StageClock();
  options.onEvent({ kind: 'photo', size, tiles: tiles.length });
  const pack = (at: number) => {
    const tile = tiles[at];
    return tile && clock.time('pack', () => model.reader.read(photo, tile));
  };
  let likeliest = -Infinity;
  let data = pack(0);
  for (const [at, tile] of tiles.entries()) {
    if (!data || (await options.cancelPoint.reached())) return undefined;
    const running = clock.watch(session.run({ [input.name]: { shape: tensorShape(input), data } }));
    data = pack(at + 1);
    const outputs = await running;
    const answer = outputs[output.name];
    if (!answer) throw new Error(`the model gave no ${output.name}`);
    const findings = clock.time('merge', () => answers.add(tile, answer));
    likeliest = Math.max(likeliest, imageLogit(model, outputs));
    options.onEvent({ kind: 'tile', done: at + 1, tiles: tiles.length, findings });
  }
  const merged = clock.time('merge', () => answers.finish());
  return { tiles: tiles.length, ...merged, ...defectProbability(model, likeliest), times: clock.times };
}

/** The highest of the tiles decides: a defect anywhere is a defect of the photo. */
function imageLogit({ manifest }: LoadedModel, outputs: Readonly<Record<string, Tensor>>): number {
  const { imageLevel } = manifest;
  return imageLevel ? (outputs[imageLevel.name]?.data[0] ?? -Infinity) : -Infinity;
}

function defectProbability(
  { manifest }: LoadedModel,
  logit: number,
): { readonly defectProbability?: number } {
  const { imageLevel } = manifest;
  if (!imageLevel || !Number.isFinite(logit)) return {};
  return { defectProbability: 1 / (1 + Math.exp(-(logit + imageLevel.bias) / imageLevel.temperature)) };
}
