import type { Box, Size } from '../../core/contract/geometry.ts';
import type {
  AnalysisEvent,
  PatchFeatures,
  RawFinding,
  StageTimes,
  VisionFailure,
} from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { chooseTiles, placeTiles, planFirstLook } from '../../core/vision/first-look.ts';
import { planTiles, type Tile } from '../../core/vision/tiles.ts';
import type { CancelPoint } from './cancel-point.ts';
import { lookerOf } from './looker.ts';
import type { LoadedModel } from './model-loader.ts';
import type { PhotoSource } from './photo-source.ts';
import { createAnswerReader } from './read-answers.ts';
import { answerOf, runTiles, type Outputs } from './run-tiles.ts';
import { StageClock } from './stage-clock.ts';

export interface AnalysisOptions {
  readonly minScore: number | undefined;
  /** Runs every tile; otherwise a first look leaves out those in which it sees nothing. */
  readonly thorough: boolean;
  readonly wantFeatures: boolean;
  readonly onEvent: (event: AnalysisEvent) => void;
  readonly cancelPoint: CancelPoint;
}

export interface PhotoAnalysis {
  /** Of the photo, upright. */
  readonly size: Size;
  /** Runs of the model, those of a first look by itself included. */
  readonly tiles: number;
  readonly skipped: number;
  readonly findings: readonly RawFinding[];
  readonly probability?: Uint8Array<ArrayBuffer>;
  readonly features?: PatchFeatures;
  readonly defectProbability?: number;
  /** Milliseconds; without decoding. */
  readonly times: Pick<StageTimes, 'pack' | 'infer' | 'merge'>;
}

/**
 * Runs the model over a photo, tile by tile. Errors: throws what the runtime throws, and where an answer does not
 * fit the manifest.
 */
export async function analysePhoto(
  model: LoadedModel,
  source: PhotoSource,
  options: AnalysisOptions,
): Promise<Outcome<PhotoAnalysis, VisionFailure>> {
  const { manifest } = model;
  const { output } = manifest;
  const coarse = await source.at(firstScale(model, source.checked.size, options.thorough));
  if (!coarse.ok) return coarse;
  const { size } = coarse.value;
  const { plan, look, looker } = plansFor(model, size, options.thorough);
  const clock = new StageClock();
  const likeliest = { look: -Infinity, tiles: -Infinity };
  options.onEvent({ kind: 'photo', size, tiles: look.length + plan.length });

  const tell = (done: number, tiles: number, findings: readonly RawFinding[]) =>
    options.onEvent({ kind: 'tile', done, tiles, findings });

  let tiles: readonly Tile[] = plan;
  if (look.length > 0 && looker) {
    const suspects: Box[] = [];
    const see = (tile: Tile, outputs: Outputs, at: number): void => {
      suspects.push(...looker.suspects(outputs, tile, size));
      // A closer look is sure to come: its pixels are decoded while the rest is looked at.
      if (suspects.length > 0) source.ahead(scaleOf(plan));
      likeliest.look = Math.max(likeliest.look, imageLogit(model, outputs));
      if (at + 1 < look.length) tell(at + 1, look.length + plan.length, []);
    };
    const looked = await runTiles(looker.runner, coarse.value, look, clock, options.cancelPoint, see);
    if (!looked) return fail({ kind: 'cancelled' });
    const choose = output.kind === 'mask-logits' ? chooseTiles : placeTiles;
    tiles = clock.time('merge', () => choose(plan, suspects, looker.advice.margin, size));
    tell(look.length, look.length + tiles.length, []);
  }

  const fine = tiles.length > 0 ? await source.at(scaleOf(tiles)) : coarse;
  if (!fine.ok) return fine;
  const answers = createAnswerReader(manifest, size, options.minScore, options.wantFeatures);
  let all = look.length + tiles.length;
  let done = look.length;
  const read = (tile: Tile, outputs: Outputs): void => {
    const findings = answers.add(tile, answerOf(outputs, output.name));
    likeliest.tiles = Math.max(likeliest.tiles, imageLogit(model, outputs));
    tell(++done, all, findings);
  };
  if (!(await runTiles(model, fine.value, tiles, clock, options.cancelPoint, read))) {
    return fail({ kind: 'cancelled' });
  }
  if (look.length > 0 && looker?.kind === 'scout') {
    const doubts = answers.doubts?.() ?? [];
    const again = clock.time('merge', () => placeTiles(plan, doubts, looker.advice.margin, size, ASIDE));
    all += again.length;
    if (!(await runTiles(model, fine.value, again, clock, options.cancelPoint, read))) {
      return fail({ kind: 'cancelled' });
    }
    tiles = [...tiles, ...again];
  }
  const merged = clock.time('merge', () => answers.finish());
  return succeed({
    size,
    tiles: looker?.kind === 'scout' ? tiles.length : all,
    skipped: Math.max(0, plan.length - tiles.length),
    ...merged,
    ...defectProbability(model, tiles.length > 0 ? likeliest.tiles : likeliest.look),
    times: clock.times,
  });
}

/** A tile for a second look lies elsewhere than the first, which has what it holds in its middle. */
const ASIDE = 0.25;

/** How much of the photo's size the first tiles need. */
export function firstScale(model: LoadedModel, size: Size, thorough: boolean): number {
  const { look, plan } = plansFor(model, size, thorough);
  return scaleOf(look.length > 0 ? look : plan);
}

function plansFor(model: LoadedModel, size: Size, thorough: boolean) {
  const { input, tiling } = model.manifest;
  const looker = thorough ? undefined : lookerOf(model);
  const look = planFirstLook(size, input, tiling, looker?.advice, looker?.kind);
  return { plan: planTiles(size, input, tiling), look, looker };
}

/** The share of the photo's pixels along a side that these tiles show. */
const scaleOf = (tiles: readonly Tile[]): number =>
  tiles.reduce((most, { scaleX, scaleY }) => Math.max(most, scaleX, scaleY), 0);

/** The highest of the tiles decides: a defect anywhere is a defect of the photo. */
function imageLogit({ manifest }: LoadedModel, outputs: Outputs): number {
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
