import { transfer } from 'comlink';
import type {
  AnalyseRequest,
  AnalysisEvent,
  AnalysisResult,
  PackStatus,
  Prepared,
  VisionFailure,
  VisionWorkerApi,
} from '../../core/contract/vision-worker.ts';
import type { WorkerOptions } from '../../core/contract/worker-options.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { messageOf } from '../models/pack-files.ts';
import { PackStore, type Pack } from '../models/pack-store.ts';
import { SelfTestLog } from '../models/self-test-log.ts';
import { chooseRuntimes } from '../runtimes/choose-runtime.ts';
import { detectCapabilities } from '../runtimes/detect-capabilities.ts';
import { createSerialQueue } from '../runtimes/serial-queue.ts';
import { analysePhoto } from './analyse-photo.ts';
import { CancelPoint } from './cancel-point.ts';
import { decodePhoto } from './decode-photo.ts';
import { ModelLoader, type LoadedModel } from './model-loader.ts';
import { makeThumbnail } from './thumbnail.ts';

type Answer<Value> = Promise<Outcome<Value, VisionFailure>>;

/** Everything behind the worker's door. One model job at a time; packs and thumbnails go beside it. */
export function createVisionApi(options: WorkerOptions): VisionWorkerApi<Blob> {
  const queue = createSerialQueue();
  const cancelled = new Set<string>();
  const tools = openTools(options);
  const status = async (pack: Outcome<Pack, VisionFailure>): Answer<PackStatus> =>
    pack.ok ? succeed(await statusOf((await tools).log, pack.value)) : pack;

  return {
    capabilities: detectCapabilities,
    async packs() {
      const { store, log } = await tools;
      const packs = await store.list();
      return packs.ok ? succeed(await Promise.all(packs.value.map((pack) => statusOf(log, pack)))) : packs;
    },
    async installPack(id, onProgress) {
      const { store, loader } = await tools;
      const pack = await store.install(id, onProgress);
      loader.forget(id);
      return status(pack);
    },
    verifyPack: async (id) => status(await (await tools).store.verify(id)),
    async removePack(id) {
      const { store, loader } = await tools;
      loader.forget(id);
      await store.remove(id);
    },
    prepare: (request, onProgress, onStep) =>
      queue(async () => {
        const model = await (await tools).loader.prepare(request, onProgress, onStep);
        return model.ok ? succeed(preparedOf(model.value)) : model;
      }),
    analyse: (request, onEvent) =>
      queue(async () => {
        const cancelPoint = new CancelPoint(() => cancelled.has(request.jobId));
        const outcome = await analyse((await tools).loader, request, onEvent, cancelPoint);
        cancelled.delete(request.jobId);
        return outcome;
      }),
    async cancel(jobId) {
      cancelled.add(jobId);
    },
    thumbnail: makeThumbnail,
  };
}

async function openTools(options: WorkerOptions) {
  const capabilities = await detectCapabilities();
  const store = new PackStore({
    base: options.packs,
    neededFiles: (manifest) => [
      ...new Set(chooseRuntimes(manifest, capabilities, options.preferWasm ?? false).map(({ file }) => file)),
    ],
  });
  const log = new SelfTestLog(options.packs);
  return { store, log, loader: new ModelLoader(capabilities, options, store, log) };
}

async function analyse(
  loader: ModelLoader,
  request: AnalyseRequest<Blob>,
  onEvent: (event: AnalysisEvent) => void,
  cancelPoint: CancelPoint,
): Answer<AnalysisResult> {
  const model = await loader.prepare(request);
  if (!model.ok) return model;
  if (model.value.manifest.task === 'embed') {
    const detail = 'it describes surfaces and finds nothing by itself';
    return fail({ kind: 'model-mismatch', modelId: request.modelId, detail });
  }
  const start = performance.now();
  const photo = await decodePhoto(request.photo, request.name);
  if (!photo.ok) return photo;
  const decode = performance.now() - start;
  const size = { width: photo.value.width, height: photo.value.height };
  try {
    const { minScore } = request;
    const done = await analysePhoto(model.value, photo.value, { minScore, onEvent, cancelPoint });
    if (!done) return fail({ kind: 'cancelled' });
    const { probability, defectProbability } = done;
    const result: AnalysisResult = {
      photo: size,
      prepared: {
        ...preparedOf(model.value),
        modelId: request.modelId,
        version: model.value.manifest.version,
      },
      threshold: minScore ?? model.value.manifest.thresholds.default,
      tiles: done.tiles,
      findings: done.findings,
      times: { ...done.times, decode, total: performance.now() - start },
      ...(defectProbability === undefined ? {} : { defectProbability }),
      ...(probability && request.wantProbability ? { probability } : {}),
    };
    return result.probability ? transfer(succeed(result), [result.probability.buffer]) : succeed(result);
  } catch (error) {
    return fail({ kind: 'runtime-failed', runtime: model.value.runtime, detail: messageOf(error) });
  } finally {
    photo.value.close();
  }
}

const preparedOf = ({
  manifest,
  sha256,
  runtime,
  file,
  threads,
  selfTest,
  loadMs,
}: LoadedModel): Prepared => ({
  manifest,
  sha256,
  runtime,
  precision: file.precision,
  threads,
  selfTest,
  loadMs,
});

const statusOf = async (log: SelfTestLog, { manifest, state, keptBytes }: Pack): Promise<PackStatus> => ({
  manifest,
  state,
  keptBytes,
  selfTests: await log.list(manifest.id, manifest.version),
});
