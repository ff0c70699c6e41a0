import { proxy, transfer } from 'comlink';
import type { ExplainProgress, Explanation, ExplainRequest } from '../../core/contract/explanation.ts';
import type { LookRequest, LookResult } from '../../core/contract/live-look.ts';
import type { RefusedRelease, ReleasesTold, TakenReleases } from '../../core/contract/release.ts';
import type { Capabilities, Way } from '../../core/contract/runtime.ts';
import type {
  AnalyseRequest,
  AnalysisEvent,
  AnalysisResult,
  OfficePart,
  PackProgress,
  PackStatus,
  Prepared,
  PrepareRequest,
  Thumbnail,
} from '../../core/contract/vision-worker.ts';
import { toWorkerName } from '../../core/contract/worker-options.ts';
import { fail, succeed } from '../../core/domain/outcome.ts';
import { EventStream } from './event-stream.ts';
import { fallbackFor, hasFailedOnGpu, isFaultOfWorker, type Fallback } from './fallback.ts';
import { isIos } from './is-ios.ts';
import { prepareModel, questionOf } from './prepare-model.ts';
import { TurnQueue } from './turn-queue.ts';
import { WorkerLife, type Answer, type Work } from './worker-life.ts';

export interface VisionBridgeOptions {
  /** Absolute URL of the folder with the packs' index.json, with its closing slash. */
  readonly packsUrl: string;
  /** Where files of the office's releases come from; absent: nowhere. */
  readonly officePart?: OfficePart;
  /** WebGPU only on request; absent: on iOS. */
  readonly preferWasm?: boolean;
  /** Tests only: take a software WebGPU adapter for a real one. */
  readonly fallbackGpu?: boolean;
  /** Tests only: another worker in place of the real one; the name carries the options. */
  readonly createWorker?: (name: string) => Worker;
  /** A call that shows no sign of life for so long hangs. A tile on a slow tablet takes seconds. */
  readonly silenceLimitMs?: number;
  /** After a cancel, the worker has so long to reach its next tile. */
  readonly cancelLimitMs?: number;
  /** The WASM heap never shrinks: after this many megapixels the worker is replaced between photos. */
  readonly recycleAfterMegapixels?: number;
  readonly onWorker?: (event: WorkerEvent) => void;
  /** A runtime on the GPU failed, and the CPU does its work until this bridge is made anew. */
  readonly onGpuGivenUp?: () => void;
}

export type WorkerEvent =
  { readonly kind: 'started' } | { readonly kind: 'lost' | 'recycled'; readonly reason: string };

export interface AnalyseOptions {
  readonly signal?: AbortSignal;
  /** A second `photo` event says that the job was begun anew: forget the tiles before it. */
  readonly onEvent?: (event: AnalysisEvent) => void;
  /** The very Blob that is asked for after this one: it is decoded meanwhile. */
  readonly next?: { readonly photo: Blob; readonly name: string };
  /** A pack that is not kept yet is fetched first. */
  readonly onDownload?: (progress: PackProgress) => void;
}

export interface ExplainOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExplainProgress) => void;
}

export type PhotoRequest = Omit<AnalyseRequest<Blob>, 'jobId'>;

/**
 * The page's only door to the vision worker. Photos wait here and go to the worker one at a time. A worker
 * that dies, hangs or whose runtime fails is replaced and the call run anew, once. Failures are values.
 */
export class VisionBridge {
  readonly #options: VisionBridgeOptions;
  readonly #turns = new TurnQueue();
  #life: WorkerLife | undefined;
  #fallback: Fallback = {};
  #openCalls = 0;
  #megapixels = 0;
  #ahead: { readonly photo: Blob; readonly key: string } | undefined;

  constructor(options: VisionBridgeOptions) {
    this.#options = options;
  }

  /** Photos that wait or are being analysed; whoever feeds a folder waits while this is high. */
  get pending(): number {
    return this.#turns.length;
  }

  /** Rejects where no worker can be started at all. */
  async capabilities(): Promise<Capabilities> {
    const found = await this.#call(async ({ api }) => succeed(await api.capabilities()));
    if (found.ok) return found.value;
    throw new Error(`the vision worker does not start: ${'detail' in found ? found.detail : found.kind}`);
  }

  packs(): Answer<readonly PackStatus[]> {
    return this.#call(({ api }) => api.packs());
  }

  installPack(
    id: string,
    onProgress: (progress: PackProgress) => void = () => undefined,
    signal?: AbortSignal,
  ): Answer<PackStatus> {
    return this.#call(async ({ api }, alive) => {
      const cancel = (): void => void Promise.resolve(api.cancelInstall(id)).catch(() => undefined);
      signal?.addEventListener('abort', cancel, { once: true });
      const heard = proxy((progress: PackProgress) => {
        alive();
        onProgress(progress);
      });
      return api.installPack(id, heard).finally(() => signal?.removeEventListener('abort', cancel));
    }, signal);
  }

  /** Photos that are under way go on as they began. */
  async chooseWay(id: string, way: Way | undefined): Promise<void> {
    await this.#call(async (life) => {
      life.holds = undefined;
      return succeed(await life.api.chooseWay(id, way));
    });
  }

  verifyPack(id: string): Answer<PackStatus> {
    return this.#call(({ api }) => api.verifyPack(id));
  }

  async removePack(id: string): Promise<void> {
    await this.#call(async ({ api }) => succeed(await api.removePack(id)));
  }

  /** A pack's CARD.md; undefined where it is not kept and not to be reached. */
  async readCard(id: string): Promise<string | undefined> {
    const card = await this.#call(async ({ api }) => succeed(await api.readCard(id)));
    return card.ok ? card.value : undefined;
  }

  takeReleases(told: ReleasesTold): Answer<TakenReleases> {
    return this.#call(async ({ api }) => succeed(await api.takeReleases(told)));
  }

  /** `again`: also one that failed here before. */
  installRelease(id: string, again = false): Answer<PackStatus> {
    return this.#call(({ api }, alive) => api.installRelease(id, again, proxy(alive), proxy(alive)));
  }

  async refusedReleases(): Promise<readonly RefusedRelease[]> {
    const refused = await this.#call(async ({ api }) => succeed(await api.refusedReleases()));
    return refused.ok ? refused.value : [];
  }

  prepare(request: PrepareRequest, onProgress?: (progress: PackProgress) => void): Answer<Prepared> {
    return this.#turns.take(() =>
      this.#call((life, alive) => prepareModel(life, request, alive, onProgress)),
    );
  }

  thumbnail(photo: Blob, longestSide: number): Answer<Thumbnail<Blob>> {
    return this.#call(({ api }) => api.thumbnail(photo, longestSide));
  }

  analyse(request: PhotoRequest, options: AnalyseOptions = {}): Answer<AnalysisResult> {
    return this.#turns.take(async () => {
      const outcome = await this.#call(
        (life, alive) => this.#analyse(life, request, alive, options),
        options.signal,
      );
      if (outcome.ok) this.#count(outcome.value);
      return !outcome.ok && options.signal?.aborted ? fail({ kind: 'cancelled' }) : outcome;
    }, options.signal);
  }

  /**
   * One run over a frame, which is taken over. Not tried again: the next frame is newer. It waits for a photo
   * that is under way.
   */
  look(request: LookRequest<ImageBitmap>): Answer<LookResult> {
    return this.#turns.take(() =>
      this.#attempt((life, alive) =>
        this.#job(life, request, alive, {}, () => life.api.look(transfer(request, [request.frame]))),
      ),
    );
  }

  explain(
    request: Omit<ExplainRequest<Blob>, 'jobId'>,
    { signal, onProgress }: ExplainOptions = {},
  ): Answer<Explanation> {
    return this.#turns.take(
      () =>
        this.#call((life, alive) => {
          const heard = proxy((progress: ExplainProgress) => {
            alive();
            if (!signal?.aborted) onProgress?.(progress);
          });
          const options = signal ? { signal } : {};
          return this.#job(life, request, alive, options, (jobId) =>
            life.api.explain({ ...request, jobId }, heard),
          );
        }, signal),
      signal,
    );
  }

  /** Ends the worker and with it every call under way. A later call starts a new one. */
  close(): void {
    this.#life?.end(CLOSED);
  }

  async #analyse(
    life: WorkerLife,
    request: PhotoRequest,
    alive: () => void,
    options: AnalyseOptions,
  ): Answer<AnalysisResult> {
    return this.#job(life, request, alive, options, async (jobId) => {
      const { signal, onEvent, next } = options;
      const key = this.#ahead?.photo === request.photo ? this.#ahead.key : undefined;
      const events = new EventStream((event) => {
        alive();
        // From here on the model is loaded and this photo's own pixels are there.
        if (event.kind === 'photo' && next) this.#sendAhead(life, next, request.thorough);
        if (!signal?.aborted) onEvent?.(event);
      });
      const outcome = await life.api.analyse({ ...request, jobId, ...(key && { key }) }, proxy(events.hear));
      if (outcome.ok) await events.last;
      return outcome;
    });
  }

  #sendAhead(life: WorkerLife, { photo, name }: { photo: Blob; name: string }, thorough = false): void {
    const key = crypto.randomUUID();
    this.#ahead = { photo, key };
    // A worker that is lost meanwhile has decoded nothing, which costs the time and nothing else.
    void Promise.resolve(life.api.ahead({ key, photo, name, thorough })).catch(() => undefined);
  }

  /** Runs a job once this life holds its model; the signal stops it, and a job that does not stop its worker. */
  async #job<Value>(
    life: WorkerLife,
    request: PrepareRequest,
    alive: () => void,
    { signal, onDownload }: Pick<AnalyseOptions, 'signal' | 'onDownload'>,
    run: (jobId: string) => Answer<Value>,
  ): Answer<Value> {
    const jobId = crypto.randomUUID();
    let grace: ReturnType<typeof setTimeout> | undefined;
    const cancel = (): void => {
      grace = setTimeout(() => life.end('did not stop when asked'), this.#options.cancelLimitMs ?? 10_000);
      // An answer comes from the job itself.
      void Promise.resolve(life.api.cancel(jobId)).catch(() => undefined);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      // Once a life holds the model, the worker's own look at it is enough: one message less per photo.
      if (life.holds !== questionOf(request)) {
        const prepared = await prepareModel(life, request, alive, onDownload);
        if (!prepared.ok) return prepared;
      }
      if (signal?.aborted) return fail({ kind: 'cancelled' });
      return await run(jobId);
    } finally {
      clearTimeout(grace);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** A second life with safer settings gets one more try; if that fails too, they were not to blame. */
  async #call<Value>(work: Work<Value>, signal?: AbortSignal): Answer<Value> {
    const first = await this.#attempt(work);
    if (first.ok || !isFaultOfWorker(first) || signal?.aborted) return first;
    if ('detail' in first && first.detail === CLOSED) return first;
    this.#fallback = { ...this.#fallback, ...fallbackFor(first) };
    const second = await this.#attempt(work);
    if (!second.ok && isFaultOfWorker(second)) this.#fallback = {};
    else if (hasFailedOnGpu(first)) this.#options.onGpuGivenUp?.();
    return second;
  }

  async #attempt<Value>(work: Work<Value>): Answer<Value> {
    const life = this.#current();
    this.#openCalls++;
    const outcome = await life.call(work, this.#options.silenceLimitMs ?? 120_000);
    this.#openCalls--;
    // A failed runtime stays failed until its worker is replaced.
    if (!outcome.ok && outcome.kind === 'runtime-failed') life.end(outcome.detail);
    return outcome;
  }

  #current(): WorkerLife {
    if (this.#life && !this.#life.ended) return this.#life;
    const { packsUrl, officePart, fallbackGpu, createWorker = createVisionWorker, onWorker } = this.#options;
    const preferWasm = this.#options.preferWasm ?? isIos(navigator);
    const name = toWorkerName({
      packs: packsUrl,
      preferWasm,
      ...(fallbackGpu ? { fallbackGpu } : {}),
      ...this.#fallback,
    });
    const life = new WorkerLife(createWorker(name));
    // A worker that is lost before it hears of it is replaced, and the next one told.
    if (officePart)
      void Promise.resolve(life.api.useOffice(proxy(handedOver(officePart)))).catch(() => undefined);
    this.#life = life;
    this.#megapixels = 0;
    onWorker?.({ kind: 'started' });
    void life.lost.then((reason) => onWorker?.({ kind: reason === RECYCLED ? 'recycled' : 'lost', reason }));
    return life;
  }

  #count({ photo }: AnalysisResult): void {
    this.#megapixels += (photo.width * photo.height) / 1e6;
    const full = this.#megapixels >= (this.#options.recycleAfterMegapixels ?? 3000);
    if (full && this.#openCalls === 0) this.#life?.end(RECYCLED);
  }
}

const CLOSED = 'closed';
const RECYCLED = 'memory is given back between photos';

/** Bytes go to the worker, which is asked for no copy. */
const handedOver =
  (part: OfficePart): OfficePart =>
  async (...wanted) => {
    const bytes = await part(...wanted);
    return bytes && transfer(bytes, [bytes.buffer]);
  };

const createVisionWorker = (name: string): Worker =>
  new Worker(new URL('../../workers/vision/vision.worker.ts', import.meta.url), { type: 'module', name });
