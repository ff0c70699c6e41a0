import { transfer } from 'comlink';
import type { ExplainProgress, Explanation, ExplainRequest } from '../../core/contract/explanation.ts';
import type { LookRequest, LookResult } from '../../core/contract/live-look.ts';
import type {
  AnalyseRequest,
  AnalysisEvent,
  AnalysisResult,
  Prepared,
  PrepareRequest,
  VisionFailure,
} from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { messageOf } from '../models/pack-files.ts';
import type { Ahead } from './ahead.ts';
import { analysePhoto } from './analyse-photo.ts';
import type { CancelPoint } from './cancel-point.ts';
import { checkPhoto } from './decode-photo.ts';
import { explainFinding } from './explain.ts';
import { lookAt } from './look.ts';
import { lookerOf } from './looker.ts';
import type { LoadedModel, ModelLoader } from './model-loader.ts';
import { PhotoSource } from './photo-source.ts';

type Answer<Value> = Promise<Outcome<Value, VisionFailure>>;

export async function analyseJob(
  loader: ModelLoader,
  request: AnalyseRequest<Blob>,
  onEvent: (event: AnalysisEvent) => void,
  cancelPoint: CancelPoint,
  ahead: Ahead,
): Answer<AnalysisResult> {
  const { photo, name, key, minScore, thorough = false, wantFeatures = false } = request;
  const outcome = await withModel<AnalysisResult>(loader, request, async (model) =>
    withPhoto(photo, name, await ahead.take(key), async (source) => {
      const start = performance.now();
      const options = { minScore, thorough, wantFeatures, onEvent, cancelPoint };
      const done = await analysePhoto(model, source, options);
      if (!done.ok) return done;
      const { size, probability, defectProbability, features, tiles, skipped, findings, times } = done.value;
      return succeed({
        photo: size,
        prepared: { ...preparedOf(model), modelId: request.modelId, version: model.manifest.version },
        threshold: minScore ?? model.manifest.thresholds.default,
        tiles,
        skipped,
        findings,
        times: { ...times, decode: source.waitedMs, total: performance.now() - start },
        ...(defectProbability === undefined ? {} : { defectProbability }),
        ...(probability && request.wantProbability ? { probability } : {}),
        ...(features ? { features } : {}),
      });
    }),
  );
  const arrays = outcome.ok ? [outcome.value.probability, outcome.value.features?.rows] : [];
  return transfer(
    outcome,
    arrays.flatMap((array) => (array ? [array.buffer] : [])),
  );
}

export async function lookJob(
  loader: ModelLoader,
  request: LookRequest<ImageBitmap>,
  cancelPoint: CancelPoint,
): Answer<LookResult> {
  const { frame, minScore } = request;
  const seen = await withModel(loader, request, async (model) =>
    orCancelled(await lookAt(model, frame, minScore, cancelPoint)),
  );
  frame.close();
  return seen;
}

export function explainJob(
  loader: ModelLoader,
  request: ExplainRequest<Blob>,
  onProgress: (progress: ExplainProgress) => void,
  cancelPoint: CancelPoint,
): Answer<Explanation> {
  return withModel(loader, request, (model) =>
    withPhoto(request.photo, request.name, undefined, async (source) => {
      const picture = await source.at(1);
      if (!picture.ok) return picture;
      return orCancelled(await explainFinding(model, picture.value, request, onProgress, cancelPoint));
    }),
  );
}

const orCancelled = <Value>(done: Value | undefined): Outcome<Value, VisionFailure> =>
  done === undefined ? fail({ kind: 'cancelled' }) : succeed(done);

/** Opens the model for one job; what its runtime throws becomes a value. */
async function withModel<Value>(
  loader: ModelLoader,
  request: PrepareRequest & { readonly wantFeatures?: boolean },
  work: (model: LoadedModel) => Answer<Value>,
): Answer<Value> {
  const model = await loader.prepare(request);
  if (!model.ok) return model;
  if (model.value.manifest.task === 'embed' && !request.wantFeatures) {
    const detail = 'it describes surfaces and finds nothing by itself';
    return fail({ kind: 'model-mismatch', modelId: request.modelId, detail });
  }
  try {
    return await work(model.value);
  } catch (error) {
    return fail({ kind: 'runtime-failed', runtime: model.value.runtime, detail: messageOf(error) });
  }
}

/** Checks the photo for one job unless that was done ahead, and frees its pixels afterwards. */
async function withPhoto<Value>(
  photo: Blob,
  name: string,
  begun: PhotoSource | undefined,
  work: (source: PhotoSource) => Answer<Value>,
): Answer<Value> {
  const checked = begun ? succeed(begun.checked) : await checkPhoto(photo, name);
  if (!checked.ok) return checked;
  const source = begun ?? new PhotoSource(checked.value);
  return work(source).finally(() => source.close());
}

export function preparedOf(model: LoadedModel): Prepared {
  const { manifest, sha256, runtime, file, threads, selfTest, loadMs } = model;
  const looker = lookerOf(model);
  return {
    manifest,
    sha256,
    runtime,
    precision: file.precision,
    threads,
    selfTest,
    loadMs,
    ...(looker && { firstLook: looker.kind }),
  };
}
