import type { InspectionId } from '../../core/contract/ids.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import type { AnalysisQueue } from './analysis-queue.svelte.ts';
import { InspectionSession } from './inspection-session.svelte.ts';

/** Keeps the inspection last opened, so that its screens share one reading of it. */
export class SessionCache {
  #open: InspectionSession | undefined;
  readonly #store: InspectionStore;
  readonly #queue: AnalysisQueue;

  constructor(store: InspectionStore, queue: AnalysisQueue) {
    this.#store = store;
    this.#queue = queue;
  }

  open(id: InspectionId): InspectionSession {
    if (this.#open?.id === id && this.#open.state !== 'missing') return this.#open;
    this.#open?.close();
    this.#open = new InspectionSession(id, this.#store, this.#queue);
    void this.#open.load();
    return this.#open;
  }
}
