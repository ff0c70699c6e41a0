import { SvelteMap } from 'svelte/reactivity';
import type { CaptureId, InspectionId } from '../../core/contract/ids.ts';
import type { Capture } from '../../core/contract/records.ts';
import type { PackProgress, RawFinding, VisionFailure } from '../../core/contract/vision-worker.ts';
import type { StorageFailure } from '../storage/inspection-store.ts';
import type { AnalysePhoto } from './analyse-photo.ts';

export type JobFailure =
  VisionFailure | StorageFailure | { readonly kind: 'photo-gone'; readonly name: string };

export type JobState =
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'running';
      readonly done: number;
      readonly tiles: number;
      readonly findings: readonly RawFinding[];
    }
  | { readonly kind: 'failed'; readonly failure: JobFailure };

export interface Job {
  readonly capture: Capture;
  readonly modelId: string;
  readonly state: JobState;
}

/** Failures that every other photo would meet as well: the queue stops and says so once. */
const STOPS_ALL: ReadonlySet<JobFailure['kind']> = new Set([
  'pack-unavailable',
  'pack-corrupt',
  'model-mismatch',
  'runtime-failed',
  'self-test-failed',
  'no-space',
  'blocked',
]);

/**
 * Photos that wait for the model, one at a time, in the order of capture. A job is gone once its analysis is
 * saved; what is shown from then on comes from storage.
 */
export class AnalysisQueue {
  readonly #jobs = new SvelteMap<CaptureId, Job>();
  #paused = $state(false);
  #stopped = $state.raw<JobFailure>();
  #download = $state.raw<PackProgress>();
  #running: { readonly captureId: CaptureId; readonly abort: AbortController } | undefined;
  #draining = false;
  #preferred: InspectionId | undefined;
  readonly #analyse: AnalysePhoto;
  readonly #onSaved: (capture: Capture) => Promise<void>;

  /** `onSaved` lets whoever shows the photo read the analysis before the job is gone, so that nothing flickers. */
  constructor(analyse: AnalysePhoto, onSaved: (capture: Capture) => Promise<void> = () => Promise.resolve()) {
    this.#analyse = analyse;
    this.#onSaved = onSaved;
  }

  get paused(): boolean {
    return this.#paused;
  }
  /** Why the queue stands still although nobody paused it. */
  get stopped(): JobFailure | undefined {
    return this.#stopped;
  }
  /** The model pack that is being fetched for the running photo. */
  get download(): PackProgress | undefined {
    return this.#download;
  }

  job(id: CaptureId): Job | undefined {
    return this.#jobs.get(id);
  }

  /** Photos of an inspection that still wait or run. */
  open(inspectionId: InspectionId): readonly Job[] {
    return [...this.#jobs.values()].filter(
      ({ capture, state }) => capture.inspectionId === inspectionId && state.kind !== 'failed',
    );
  }

  add(captures: readonly Capture[], modelId: string): void {
    for (const capture of captures) {
      const known = this.#jobs.get(capture.id);
      if (known !== undefined && known.state.kind !== 'failed') continue;
      this.#jobs.set(capture.id, { capture, modelId, state: { kind: 'waiting' } });
    }
    void this.#drain();
  }

  /** Photos of the inspection on screen go before those of others. */
  prefer(inspectionId: InspectionId): void {
    this.#preferred = inspectionId;
  }

  pause(): void {
    this.#paused = true;
    const running = this.#running;
    if (running) {
      this.#set(running.captureId, { kind: 'waiting' });
      running.abort.abort();
    }
  }

  resume(): void {
    this.#paused = false;
    this.#stopped = undefined;
    void this.#drain();
  }

  /** Takes an inspection's photos out of the queue; they stay saved and can be analysed later. */
  cancel(inspectionId: InspectionId): readonly Job[] {
    const open = this.open(inspectionId);
    for (const { capture } of open) this.#jobs.delete(capture.id);
    if (open.some(({ capture }) => capture.id === this.#running?.captureId)) this.#running?.abort.abort();
    return open;
  }

  retry(id: CaptureId): void {
    const job = this.#jobs.get(id);
    if (job) this.add([job.capture], job.modelId);
  }

  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (;;) {
        if (this.#paused || this.#stopped) return;
        const next = this.#next();
        if (!next) return;
        await this.#run(next);
      }
    } finally {
      this.#draining = false;
    }
  }

  #next(modelId?: string): Job | undefined {
    const waiting = [...this.#jobs.values()].filter(
      (job) => job.state.kind === 'waiting' && (modelId === undefined || job.modelId === modelId),
    );
    return waiting.find(({ capture }) => capture.inspectionId === this.#preferred) ?? waiting[0];
  }

  async #run(job: Job): Promise<void> {
    const { id } = job.capture;
    const abort = new AbortController();
    this.#running = { captureId: id, abort };
    this.#set(id, { kind: 'running', done: 0, tiles: 0, findings: [] });
    const outcome = await this.#analyse(job.capture, job.modelId, {
      signal: abort.signal,
      next: this.#next(job.modelId)?.capture,
      onDownload: (progress) => (this.#download = progress),
      onEvent: (event) => {
        this.#download = undefined;
        this.#onEvent(id, event, abort.signal);
      },
    });
    this.#running = undefined;
    this.#download = undefined;
    if (outcome.ok) {
      await this.#onSaved(job.capture);
      this.#jobs.delete(id);
    } else if (outcome.kind !== 'cancelled') this.#fail(id, outcome);
  }

  #onEvent(
    id: CaptureId,
    event: Parameters<NonNullable<Parameters<AnalysePhoto>[2]['onEvent']>>[0],
    signal: AbortSignal,
  ): void {
    const state = this.#jobs.get(id)?.state;
    if (signal.aborted || state?.kind !== 'running') return;
    // The worker may have begun anew: tiles of its first life count no more.
    if (event.kind === 'photo') this.#set(id, { ...state, done: 0, tiles: event.tiles, findings: [] });
    else {
      const { done, tiles, findings } = event;
      this.#set(id, { kind: 'running', done, tiles, findings: [...state.findings, ...findings] });
    }
  }

  #fail(id: CaptureId, failure: JobFailure): void {
    if (!STOPS_ALL.has(failure.kind)) {
      this.#set(id, { kind: 'failed', failure });
      return;
    }
    this.#stopped = failure;
    this.#set(id, { kind: 'waiting' });
  }

  #set(id: CaptureId, state: JobState): void {
    const job = this.#jobs.get(id);
    if (job) this.#jobs.set(id, { ...job, state });
  }
}
