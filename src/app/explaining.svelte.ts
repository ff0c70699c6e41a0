import type { ExplainProgress, Explanation } from '../../core/contract/explanation.ts';
import type { Analysis, Finding } from '../../core/contract/records.ts';
import { boxOf } from './finding-box.ts';
import type { JobFailure } from './analysis-queue.svelte.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import type { Vision } from './vision.ts';

/** Asks the model, once and only when a person wants it, what it saw at one finding. */
export class Explaining {
  #progress = $state.raw<ExplainProgress>();
  #explanation = $state.raw<Explanation>();
  #failure = $state.raw<JobFailure>();
  #abort: AbortController | undefined;
  readonly #store: Pick<InspectionStore, 'photo'>;
  readonly #vision: Pick<Vision, 'explain'>;

  constructor(store: Pick<InspectionStore, 'photo'>, vision: Pick<Vision, 'explain'>) {
    this.#store = store;
    this.#vision = vision;
  }

  /** While the model is looking. */
  get progress(): ExplainProgress | undefined {
    return this.#progress;
  }
  get explanation(): Explanation | undefined {
    return this.#explanation;
  }
  get failure(): JobFailure | undefined {
    return this.#failure;
  }

  async begin(finding: Finding, analysis: Analysis): Promise<void> {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#failure = undefined;
    this.#explanation = undefined;
    this.#progress = { done: 0, runs: 1 };
    const outcome = await this.#ask(finding, analysis, abort.signal);
    if (abort.signal.aborted) return;
    this.#progress = undefined;
    if (outcome.ok) this.#explanation = outcome.value;
    else this.#failure = outcome;
  }

  stop(): void {
    this.#abort?.abort();
    this.#progress = undefined;
  }

  async #ask(finding: Finding, { model, photo }: Analysis, signal: AbortSignal) {
    const blob = await this.#store.photo(finding.captureId);
    if (!blob) return { ok: false, kind: 'photo-gone', name: '' } as const;
    const request = {
      modelId: model.id,
      photo: blob,
      name: '',
      box: inside(boxOf(finding.geometry), photo),
      ...(finding.label === undefined ? {} : { label: finding.label }),
    };
    return this.#vision.explain(request, {
      signal,
      onProgress: (progress) => {
        if (!signal.aborted) this.#progress = progress;
      },
    });
  }
}

/** A drawn shape may reach beyond the photo. */
function inside(box: ReturnType<typeof boxOf>, photo: Analysis['photo']): ReturnType<typeof boxOf> {
  const x = Math.min(photo.width - 1, Math.max(0, box.x));
  const y = Math.min(photo.height - 1, Math.max(0, box.y));
  return {
    x,
    y,
    width: Math.max(1, Math.min(photo.width, box.x + box.width) - x),
    height: Math.max(1, Math.min(photo.height, box.y + box.height) - y),
  };
}
