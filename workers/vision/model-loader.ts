import type { Sha256 } from '../../core/contract/ids.ts';
import type { ModelFile, ModelManifest } from '../../core/contract/model-manifest.ts';
import type { Capabilities, SelfTest } from '../../core/contract/runtime.ts';
import type { PackProgress, PrepareRequest, VisionFailure } from '../../core/contract/vision-worker.ts';
import type { WorkerOptions } from '../../core/contract/worker-options.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { tensorShape } from '../../core/vision/pack-tile.ts';
import { version as appVersion } from '../../package.json';
import { runSelfTest } from '../models/golden.ts';
import { messageOf } from '../models/pack-files.ts';
import type { Pack, PackStore } from '../models/pack-store.ts';
import type { SelfTestLog } from '../models/self-test-log.ts';
import { chooseRuntimes, type RuntimeChoice } from '../runtimes/choose-runtime.ts';
import { requestAdapter } from '../runtimes/detect-capabilities.ts';
import { openOnnxWasm } from '../runtimes/onnx-wasm.ts';
import { openOnnxWebgpu } from '../runtimes/onnx-webgpu.ts';
import type { Runtime, Session } from '../runtimes/runtime.ts';
import { TileReader } from './tile-reader.ts';

/** A model that has reproduced its golden outputs on this device. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly file: ModelFile;
  readonly sha256: Sha256;
  readonly session: Session;
  readonly reader: TileReader;
  readonly runtime: RuntimeChoice['runtime'];
  readonly threads: number;
  readonly selfTest: SelfTest;
  readonly loadMs: number;
}

const ignore = (): void => undefined;

type Loaded<Value> = Promise<Outcome<Value, VisionFailure>>;

/** Holds one loaded model at a time. Not to be entered twice at once: the worker's job queue sees to it. */
export class ModelLoader {
  readonly #capabilities: Capabilities;
  readonly #options: WorkerOptions;
  readonly #store: PackStore;
  readonly #log: SelfTestLog;
  readonly #runtimes = new Map<RuntimeChoice['runtime'], Promise<Runtime>>();
  #loaded: LoadedModel | undefined;
  /** What `#loaded` answers without a look at what is kept. */
  #answers: string | undefined;

  constructor(capabilities: Capabilities, options: WorkerOptions, store: PackStore, log: SelfTestLog) {
    this.#capabilities = capabilities;
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
    if (this.#loaded && this.#answers === question) return succeed(this.#loaded);
    const pack = await this.#keptPack(request.modelId, onProgress);
    if (!pack.ok) return pack;
    const model = await this.#firstThatWorks(pack.value, request, onStep);
    this.#answers = model.ok ? question : undefined;
    return model;
  }

  /** The pack has changed: the next `prepare` looks at what is kept. */
  forget(modelId: string): void {
    if (this.#loaded?.manifest.id === modelId) this.#answers = undefined;
  }

  async #firstThatWorks(pack: Pack, request: PrepareRequest, onStep: () => void): Loaded<LoadedModel> {
    const { manifest } = pack;
    const preferWasm = this.#options.preferWasm ?? false;
    let failure: Outcome<LoadedModel, VisionFailure> = fail({
      kind: 'pack-unavailable',
      modelId: manifest.id,
      detail: 'no file of it runs here',
    });
    for (const choice of chooseRuntimes(manifest, this.#capabilities, preferWasm, request)) {
      const loaded = this.#loaded;
      if (loaded?.sha256 === choice.file.sha256 && loaded.runtime === choice.runtime) return succeed(loaded);
      failure = await this.#load(pack, choice, onStep);
      if (failure.ok) return failure;
    }
    return failure;
  }

  async #keptPack(modelId: string, onProgress: (progress: PackProgress) => void): Loaded<Pack> {
    const pack = await this.#store.find(modelId);
    if (!pack.ok) return pack;
    const { minApp } = pack.value.manifest;
    if (!isAtLeast(appVersion, minApp)) {
      return fail({ kind: 'pack-unavailable', modelId, detail: `it needs Loupe ${minApp} or newer` });
    }
    if (pack.value.state === 'kept') return pack;
    return this.#store.install(modelId, onProgress);
  }

  async #load(pack: Pack, choice: RuntimeChoice, onStep: () => void): Loaded<LoadedModel> {
    const start = performance.now();
    const bytes = await this.#modelBytes(pack, choice.file);
    if (!bytes.ok) return bytes;
    await this.#unload();
    try {
      const runtime = await this.#open(choice.runtime);
      const session = await runtime.create(bytes.value);
      const loaded = await this.#trust(pack, choice, runtime, session, onStep);
      if (!loaded.ok) {
        await session.dispose();
        return loaded;
      }
      this.#loaded = { ...loaded.value, loadMs: performance.now() - start };
      return succeed(this.#loaded);
    } catch (error) {
      return fail({ kind: 'runtime-failed', runtime: choice.runtime, detail: messageOf(error) });
    }
  }

  /** A file that went bad since it was kept, or was not needed until now, is fetched. */
  async #modelBytes(pack: Pack, file: ModelFile): Loaded<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#store.readModel(pack, file);
    if (bytes.ok) return bytes;
    const fetched = await this.#store.fetchModel(pack, file);
    return fetched.ok ? fetched : bytes;
  }

  async #trust(
    pack: Pack,
    { runtime: id, file }: RuntimeChoice,
    runtime: Runtime,
    session: Session,
    onStep: () => void,
  ): Loaded<Omit<LoadedModel, 'loadMs'>> {
    const { manifest } = pack;
    const misfit = misfitOf(session, manifest);
    if (misfit) return fail({ kind: 'model-mismatch', modelId: manifest.id, detail: misfit });
    const golden = await this.#store.readGolden(pack);
    if (!golden.ok) return golden;
    const device = await this.#describeDevice(runtime);
    const subject = { sha256: file.sha256, runtime: id, precision: file.precision, device };
    let selfTest = await this.#log.find(manifest.id, subject);
    if (!selfTest) {
      selfTest = await runSelfTest(session, manifest, golden.value, id, file.precision, onStep);
      await this.#log.record(manifest.id, subject, selfTest);
    }
    if (selfTest.verdict === 'failed') {
      const detail = selfTest.message ?? 'wrong answers';
      return fail({ kind: 'self-test-failed', modelId: manifest.id, runtime: id, detail });
    }
    const { sha256 } = file;
    const reader = new TileReader(manifest.input);
    return succeed({
      manifest,
      file,
      sha256,
      session,
      reader,
      runtime: id,
      threads: runtime.threads,
      selfTest,
    });
  }

  #open(id: RuntimeChoice['runtime']): Promise<Runtime> {
    const open = this.#runtimes.get(id) ?? this.#start(id);
    this.#runtimes.set(id, open);
    return open;
  }

  #start(id: RuntimeChoice['runtime']): Promise<Runtime> {
    const { jspi, wasmThreads } = this.#capabilities;
    const threads = Math.min(wasmThreads, this.#options.threads ?? wasmThreads);
    if (id === 'onnx-wasm') return openOnnxWasm(threads);
    const allowFallbackAdapter = this.#options.fallbackGpu ?? false;
    return openOnnxWebgpu({ jspi, threads, allowFallbackAdapter });
  }

  async #describeDevice(runtime: Runtime): Promise<string> {
    const gpu = runtime.id === 'onnx-webgpu' ? (await requestAdapter())?.description : undefined;
    return [navigator.userAgent, `${runtime.threads} threads`, gpu].filter(Boolean).join(' | ');
  }

  async #unload(): Promise<void> {
    const { session } = this.#loaded ?? {};
    this.#loaded = undefined;
    this.#answers = undefined;
    await session?.dispose();
  }
}

/** Why the model is not the one that its manifest describes; undefined where it is. */
function misfitOf(session: Session, { input, output }: ModelManifest): string | undefined {
  const model = session.inputs.find(({ name }) => name === input.name);
  const wanted = tensorShape(input);
  if (!model) return `the model has no input ${input.name}`;
  if (model.type !== input.dtype) return `input ${input.name} is ${model.type}, not ${input.dtype}`;
  const fits =
    model.shape.length === wanted.length &&
    model.shape.every((side, axis) => typeof side === 'string' || side === wanted[axis]);
  if (!fits) return `input ${input.name} is ${model.shape.join('x')}, not ${wanted.join('x')}`;
  if (session.inputs.length > 1) return `the model wants ${session.inputs.length} inputs`;
  if (session.outputs.every(({ name }) => name !== output.name))
    return `the model has no output ${output.name}`;
  return undefined;
}

/** Versions are three numbers each, as the manifest's schema says. */
function isAtLeast(version: string, wanted: string): boolean {
  const theirs = wanted.split('.').map(Number);
  const ours = version.split('.').map(Number);
  const differs = theirs.findIndex((part, at) => part !== ours[at]);
  return differs < 0 || (ours[differs] ?? 0) > (theirs[differs] ?? 0);
}
