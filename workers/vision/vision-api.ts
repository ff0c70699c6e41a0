import type {
  PackSource,
  PackStatus,
  VisionFailure,
  VisionWorkerApi,
} from '../../core/contract/vision-worker.ts';
import type { Capabilities } from '../../core/contract/runtime.ts';
import type { WorkerOptions } from '../../core/contract/worker-options.ts';
import { succeed, type Outcome } from '../../core/domain/outcome.ts';
import { partsOf } from '../../core/domain/pack-parts.ts';
import { PackStore, type Pack } from '../models/pack-store.ts';
import { SelfTestLog } from '../models/self-test-log.ts';
import { firstOfEach, possibleWays, rivals } from '../runtimes/choose-runtime.ts';
import { detectCapabilities } from '../runtimes/detect-capabilities.ts';
import { createSerialQueue } from '../runtimes/serial-queue.ts';
import { Ahead } from './ahead.ts';
import { firstScale } from './analyse-photo.ts';
import { CancelPoint } from './cancel-point.ts';
import { analyseJob, explainJob, lookJob, preparedOf } from './jobs.ts';
import { installRelease } from './install-release.ts';
import { ModelLoader } from './model-loader.ts';
import { makeThumbnail } from './thumbnail.ts';

export interface Tools {
  readonly capabilities: Capabilities;
  readonly store: PackStore;
  readonly log: SelfTestLog;
  readonly loader: ModelLoader;
}

type Answer<Value> = Promise<Outcome<Value, VisionFailure>>;

/** Everything behind the worker's door. One model job at a time; packs and thumbnails go beside it. */
export function createVisionApi(options: WorkerOptions): VisionWorkerApi<Blob, ImageBitmap> {
  const queue = createSerialQueue();
  const cancelled = new Set<string>();
  const tools = openTools(options);
  const ahead = new Ahead();
  const status = async (pack: Outcome<Pack, VisionFailure>): Answer<PackStatus> =>
    pack.ok ? succeed(await statusOf(await tools, pack.value)) : pack;
  const job = <Value>(
    jobId: string,
    work: (loader: ModelLoader, cancelPoint: CancelPoint) => Answer<Value>,
  ): Answer<Value> =>
    queue(async () => {
      const outcome = await work((await tools).loader, new CancelPoint(() => cancelled.has(jobId)));
      cancelled.delete(jobId);
      return outcome;
    });

  return {
    capabilities: detectCapabilities,
    async packs() {
      const opened = await tools;
      const packs = await opened.store.list();
      return packs.ok ? succeed(await Promise.all(packs.value.map((pack) => statusOf(opened, pack)))) : packs;
    },
    ...packCalls(tools, status),
    ...officeCalls(tools, queue, status),
    chooseWay: (id, way) =>
      queue(async () => {
        const { loader, log } = await tools;
        await log.chooseByHand(id, way);
        loader.forget(id);
      }),
    prepare: (request, onProgress, onStep) =>
      queue(async () => {
        const model = await (await tools).loader.prepare(request, onProgress, onStep);
        return model.ok ? succeed(preparedOf(model.value)) : model;
      }),
    analyse: (request, onEvent) =>
      job(request.jobId, (loader, cancelPoint) => analyseJob(loader, request, onEvent, cancelPoint, ahead)),
    async ahead(photo) {
      const model = (await tools).loader.loaded;
      const thorough = photo.thorough ?? false;
      if (model) ahead.begin(photo, ({ checked }) => firstScale(model, checked.size, thorough));
    },
    // A frame is one run: there is nothing to stop between.
    look: (request) =>
      queue(async () => lookJob((await tools).loader, request, new CancelPoint(() => false))),
    explain: (request, onProgress) =>
      job(request.jobId, (loader, cancelPoint) => explainJob(loader, request, onProgress, cancelPoint)),
    async cancel(jobId) {
      cancelled.add(jobId);
    },
    thumbnail: makeThumbnail,
  };
}

type PackCalls = Pick<
  VisionWorkerApi<Blob, ImageBitmap>,
  'installPack' | 'cancelInstall' | 'verifyPack' | 'removePack' | 'readCard'
>;
type StatusOf = (pack: Outcome<Pack, VisionFailure>) => Answer<PackStatus>;

function packCalls(tools: Promise<Tools>, status: StatusOf): PackCalls {
  return {
    async installPack(id, onProgress) {
      const { store, loader } = await tools;
      const pack = await store.install(id, onProgress);
      loader.forget(id);
      return status(pack);
    },
    cancelInstall: async (id) => (await tools).store.cancelInstall(id),
    verifyPack: async (id) => status(await (await tools).store.verify(id)),
    async removePack(id) {
      const { store, loader } = await tools;
      loader.forget(id);
      await store.remove(id);
    },
    readCard: async (id) => (await tools).store.readCard(id),
  };
}

type OfficeCalls = Pick<
  VisionWorkerApi<Blob, ImageBitmap>,
  'useOffice' | 'takeReleases' | 'installRelease' | 'refusedReleases'
>;

/** What the office releases: checked and fetched beside the jobs, proven between two of them. */
function officeCalls(
  tools: Promise<Tools>,
  queue: ReturnType<typeof createSerialQueue>,
  status: StatusOf,
): OfficeCalls {
  return {
    useOffice: async (part) => (await tools).store.office.use(part),
    async takeReleases(told) {
      const { store, loader } = await tools;
      const taken = await store.office.records.take(told);
      for (const id of taken.withdrawn) loader.forget(id);
      await store.office.sweep();
      return taken;
    },
    installRelease: async (id, again, onProgress, onStep) =>
      status(await installRelease(await tools, queue, { id, again, onProgress, onStep })),
    async refusedReleases() {
      const records = await (await tools).store.office.records.all();
      return records.flatMap(({ refused }) => refused ?? []);
    },
  };
}

async function openTools(options: WorkerOptions): Promise<Tools> {
  const capabilities = await detectCapabilities();
  const store = new PackStore({
    base: options.packs,
    neededFiles: (manifest) => [
      ...new Set(
        firstOfEach(rivals(manifest, capabilities, options.preferWasm ?? false)).map(({ file }) => file),
      ),
    ],
  });
  const log = new SelfTestLog(options.packs);
  return { capabilities, store, log, loader: new ModelLoader(capabilities, options, store, log) };
}

async function statusOf({ log, capabilities, loader }: Tools, pack: Pack): Promise<PackStatus> {
  const { manifest, state, keptBytes, neededBytes } = pack;
  const byHand = await log.byHand(manifest.id);
  const inUse = await loader.wayInUse(pack);
  return {
    manifest,
    source: sourceOf(pack),
    state,
    keptBytes,
    neededBytes,
    selfTests: await log.list(manifest.id, manifest.version),
    ways: possibleWays(manifest, capabilities).map(({ runtime, file }) => ({
      runtime,
      precision: file.precision,
      bytes: partsOf(file).reduce((sum, { bytes }) => sum + bytes, 0),
    })),
    ...(byHand ? { byHand } : {}),
    ...(inUse ? { inUse: { runtime: inUse.runtime, precision: inUse.file.precision } } : {}),
  };
}

function sourceOf({ origin: { offer } }: Pack): PackSource {
  if (!offer) return { kind: 'app' };
  const { release, expiresAt } = offer;
  const isExpired = expiresAt !== undefined && Date.now() > expiresAt;
  return { kind: 'office', release, ...(expiresAt !== undefined && { expiresAt }), isExpired };
}
