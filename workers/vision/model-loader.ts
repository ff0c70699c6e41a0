import type { Sha256 } from '../../core/contract/ids.ts';
import type { ModelFile, ModelManifest } from '../../core/contract/model-manifest.ts';
import type { Capabilities, RuntimeId, SelfTest } from '../../core/contract/runtime.ts';
import type { PackProgress, PrepareRequest, VisionFailure } from '../../core/contract/vision-worker.ts';
import type { WorkerOptions } from '../../core/contract/worker-options.ts';
import { canonicalJson } from '../../core/domain/canonical-json.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { isAtLeast } from '../../core/domain/version.ts';
import { version as appVersion } from '../../package.json';
import { neverRan, runSelfTest } from '../models/golden.ts';
import { messageOf } from '../models/pack-files.ts';
import { misfitOf } from '../models/misfit.ts';
import { orderWays } from '../models/order-ways.ts';
import type { ModelBytes, Pack, PackStore } from '../models/pack-store.ts';
import type { SelfTestLog, TestSubject } from '../models/self-test-log.ts';
import {
  firstOfEach,
  possibleWays,
  rivals,
  usesGpu,
  type RuntimeChoice,
} from '../runtimes/choose-runtime.ts';
import { requestAdapter } from '../runtimes/detect-capabilities.ts';
import { openRuntime } from '../runtimes/open-runtime.ts';
import type { Runtime, Session } from '../runtimes/runtime.ts';
import { openGpuReader, type GpuTileReader } from './gpu-tile-reader.ts';
import { openScout, type Scout } from './looker.ts';
import { TileReader } from './tile-reader.ts';

/** A model that has reproduced its golden outputs on this device. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly file: ModelFile;
  readonly sha256: Sha256;
  readonly session: Session;
  readonly reader: TileReader;
  /** Packs tiles where the model reads them; absent where that is not the GPU, or its packing is not right. */
  readonly gpuReader?: GpuTileReader;
  readonly scout?: Scout;
  readonly runtime: RuntimeId;
  readonly threads: number;
  readonly selfTest: SelfTest;
  readonly loadMs: number;
}

const ignore = (): void => undefined;

/** A test that ended its worker so often is not begun again, unless a person asks for it. */
const ENDLESS = 2;

interface Heard {
  readonly onProgress: (progress: PackProgress) => void;
  readonly onStep: () => void;
}

interface Trial {
  /** The verdict of before, if this device has one. */
  readonly known: SelfTest | undefined;
  readonly subject: TestSubject;
  readonly onStep: () => void;
}

type Loaded<Value> = Promise<Outcome<Value, VisionFailure>>;

/** Holds one loaded model at a time. Not to be entered twice at once: the worker's job queue sees to it. */
export class ModelLoader {
  readonly #capabilities: Capabilities;
  readonly #options: WorkerOptions;
  readonly #store: PackStore;
  readonly #log: SelfTestLog;
  readonly #runtimes = new Map<RuntimeId, Promise<Runtime>>();
  #loaded: LoadedModel | undefined;
  /** What `#loaded` answers without a look at what is kept. */
  #answers: string | undefined;

  constructor(capabilities: Capabilities, options: WorkerOptions, store: PackStore, log: SelfTestLog) {
    this.#capabilities = options.withoutGpu ? { ...capabilities, webgpu: 'none' } : capabilities;
    this.#options = options;
    this.#store = store;
    this.#log = log;
  }

  /** Loads the best way to run the model that passes its self-test; installs the pack where needed. */
  async prepare(
    request: PrepareRequest,
    onProgress: (progress: PackProgress) => void = ignore,
    onStep: () => void = ignore,
  ): Loaded<LoadedModel> {
    const question = `${request.modelId} ${request.runtime ?? ''} ${request.precision ?? ''}`;
    if (this.#loaded && this.#answers === question && !request.again) return succeed(this.#loaded);
    const pack = await this.#keptPack(request.modelId, onProgress);
    if (!pack.ok) return pack;
    const model = await this.#bestWay(pack.value, request, { onProgress, onStep });
    this.#answers = model.ok ? question : undefined;
    return model;
  }

  /** Loads a pack that is not in use yet, which has to prove itself here. `again`: whatever it did before. */
  async prove(pack: Pack, again: boolean, onStep: () => void): Loaded<LoadedModel> {
    this.#answers = undefined;
    return this.#bestWay(pack, { modelId: pack.manifest.id, again }, { onProgress: ignore, onStep });
  }

  get loaded(): LoadedModel | undefined {
    return this.#loaded;
  }

  /** The pack has changed: the next `prepare` looks at what is kept. */
  forget(modelId: string): void {
    if (this.#loaded?.manifest.id === modelId) this.#answers = undefined;
  }

  async #bestWay(pack: Pack, request: PrepareRequest, heard: Heard): Loaded<LoadedModel> {
    const { manifest } = pack;
    let failure: Outcome<LoadedModel, VisionFailure> = fail({
      kind: 'pack-unavailable',
      modelId: manifest.id,
      detail: 'no file of it runs here',
    });
    for (const choice of await this.#order(pack, request, heard)) {
      const loaded = this.#loaded;
      const isSame = loaded?.sha256 === choice.file.sha256 && loaded.runtime === choice.runtime;
      // Another version may have the same weights and other thresholds.
      const isOfPack = isSame && canonicalJson(loaded.manifest) === canonicalJson(manifest);
      if (isOfPack && !request.again) return succeed(loaded);
      failure = await this.#load(pack, choice, heard, request.again);
      if (failure.ok) return failure;
    }
    return failure;
  }

  /** Ways to try, best first. Where runtimes compete, each proves itself and is timed first, once per device. */
  async #order(pack: Pack, request: PrepareRequest, heard: Heard): Promise<readonly RuntimeChoice[]> {
    const { manifest } = pack;
    const guess = rivals(manifest, this.#capabilities, this.#options.preferWasm ?? false, request);
    if (request.runtime) return guess;
    const byHand = request.precision ? undefined : await this.#log.byHand(manifest.id);
    const unique = firstOfEach(guess);
    for (const choice of byHand || unique.length < 2 ? [] : unique) {
      const known = await this.#log.find(manifest, await this.#subject(choice));
      if (!known) await this.#load(pack, choice, heard);
    }
    const ranked = await this.#ranked(pack, request);
    // Where all have failed, each says so, and one that is asked for again gets another try.
    return ranked.length > 0 ? ranked : guess;
  }

  /** The way that the next `prepare` begins with, as far as this device has tested it. */
  async wayInUse(pack: Pack): Promise<RuntimeChoice | undefined> {
    return (await this.#ranked(pack, { modelId: pack.manifest.id }))[0];
  }

  async #ranked({ manifest }: Pack, request: PrepareRequest): Promise<readonly RuntimeChoice[]> {
    const guess = rivals(manifest, this.#capabilities, this.#options.preferWasm ?? false, request);
    const byHand = request.precision ? undefined : await this.#log.byHand(manifest.id);
    const allowed = possibleWays(manifest, this.#capabilities, request).filter(
      ({ runtime }) => byHand || !usesGpu(runtime) || !this.#options.preferWasm,
    );
    const ways = await Promise.all(
      allowed.map(async (choice) => ({
        choice,
        test: await this.#log.find(manifest, await this.#subject(choice)),
      })),
    );
    return orderWays(ways, guess, byHand);
  }

  async #keptPack(modelId: string, onProgress: (progress: PackProgress) => void): Loaded<Pack> {
    const found = await this.#store.find(modelId);
    if (found.ok) {
      const { minApp } = found.value.manifest;
      if (!isAtLeast(appVersion, minApp))
        return fail({ kind: 'pack-unavailable', modelId, detail: `it needs Loupe ${minApp} or newer` });
      if (found.value.state === 'kept') return found;
    }
    const installed = await this.#store.install(modelId, onProgress);
    return installed.ok ? installed : ((await this.#store.spare(modelId)) ?? installed);
  }

  async #load(pack: Pack, choice: RuntimeChoice, heard: Heard, again = false): Loaded<LoadedModel> {
    const start = performance.now();
    const { id } = pack.manifest;
    const subject = await this.#subject(choice);
    const known = again ? undefined : await this.#log.find(pack.manifest, subject);
    if (known?.verdict === 'failed') return failedTest(known);
    const bytes = await this.#modelBytes(pack, choice.file, heard.onProgress);
    if (!bytes.ok) return bytes;
    await this.#unload();
    const before = known ? 0 : await this.#log.begin(id, subject);
    // The CPU is the last resort: whatever it did before, it is tried.
    const lastResort = choice.runtime === 'onnx-wasm';
    if (before >= ENDLESS && !again && !lastResort) {
      return this.#refuse(pack.manifest, subject, `its self-test did not end, ${before} times`);
    }
    try {
      const runtime = await this.#open(choice.runtime);
      const session = await runtime.create(bytes.value.model, bytes.value.weights);
      const loaded = await this.#trust(pack, choice, runtime, session, bytes.value.scout, {
        known,
        subject,
        onStep: heard.onStep,
      });
      if (!loaded.ok) {
        await session.dispose();
        return loaded;
      }
      this.#loaded = { ...loaded.value, loadMs: performance.now() - start };
      return succeed(this.#loaded);
    } catch (error) {
      if (!lastResort && !known) return this.#refuse(pack.manifest, subject, messageOf(error));
      return fail({ kind: 'runtime-failed', runtime: choice.runtime, detail: messageOf(error) });
    }
  }

  /** From now on this way is left out, until a person has it tested again. */
  async #refuse(manifest: ModelManifest, subject: TestSubject, message: string): Loaded<never> {
    const { runtime, precision } = subject;
    const test = neverRan(manifest, { runtime, precision }, message);
    await this.#log.record(manifest.id, subject, test);
    return failedTest(test);
  }

  /** A file that went bad since it was kept, or was not needed until now, is fetched. */
  async #modelBytes(pack: Pack, file: ModelFile, onProgress: Heard['onProgress']): Loaded<ModelBytes> {
    const bytes = await this.#store.readModel(pack, file);
    if (bytes.ok) return bytes;
    const fetched = await this.#store.fetchModel(pack, file, onProgress);
    return fetched.ok ? fetched : bytes;
  }

  async #trust(
    pack: Pack,
    { runtime: id, file }: RuntimeChoice,
    runtime: Runtime,
    session: Session,
    scoutBytes: ModelBytes['scout'],
    { known, subject, onStep }: Trial,
  ): Loaded<Omit<LoadedModel, 'loadMs'>> {
    const { manifest } = pack;
    const misfit = misfitOf(session, manifest);
    if (misfit) return fail({ kind: 'model-mismatch', modelId: manifest.id, detail: misfit });
    const golden = await this.#store.readGolden(pack);
    if (!golden.ok) return golden;
    const selfTest = known ?? (await runSelfTest(session, manifest, golden.value, subject, onStep));
    if (!known) await this.#log.record(manifest.id, subject, selfTest);
    if (selfTest.verdict === 'failed') return failedTest(selfTest);
    const { sha256 } = file;
    const reader = new TileReader(manifest.input);
    const gpuReader = await openGpuReader(session, manifest.input);
    const scout = await openScout(runtime, scoutBytes, manifest, golden.value, subject);
    return succeed({
      manifest,
      file,
      sha256,
      session,
      reader,
      ...(gpuReader && { gpuReader }),
      ...(scout && { scout }),
      runtime: id,
      threads: runtime.threads,
      selfTest,
    });
  }

  #open(id: RuntimeId): Promise<Runtime> {
    const allowFallbackAdapter = this.#options.fallbackGpu ?? false;
    const options = { capabilities: this.#capabilities, threads: this.#threads, allowFallbackAdapter };
    const open = this.#runtimes.get(id) ?? openRuntime(id, options);
    this.#runtimes.set(id, open);
    return open;
  }

  get #threads(): number {
    const { wasmThreads } = this.#capabilities;
    return Math.min(wasmThreads, this.#options.threads ?? wasmThreads);
  }

  async #subject({ runtime, file }: RuntimeChoice): Promise<TestSubject> {
    const gpu = usesGpu(runtime) ? (await requestAdapter())?.description : undefined;
    const device = [navigator.userAgent, `${this.#threads} threads`, gpu].filter(Boolean).join(' | ');
    return { sha256: file.sha256, runtime, precision: file.precision, device };
  }

  async #unload(): Promise<void> {
    const { session, gpuReader, scout } = this.#loaded ?? {};
    gpuReader?.dispose();
    scout?.gpuReader?.dispose();
    this.#loaded = undefined;
    this.#answers = undefined;
    await scout?.session.dispose();
    await session?.dispose();
  }
}

const failedTest = ({ model, runtime, message }: SelfTest) =>
  fail({ kind: 'self-test-failed', modelId: model.id, runtime, detail: message ?? 'wrong answers' } as const);
