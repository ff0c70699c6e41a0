import type { InspectionId } from '../../core/contract/ids.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import type { AnalysisQueue } from './analysis-queue.svelte.ts';
import { InspectionSession } from './inspection-session.svelte.ts';

/** Keeps the inspection last opened, so that its screens share one reading of it. */
export class SessionCache {
  #open: InspectionSession | undefined;
  #close: (() => void) | undefined;
  readonly #store: InspectionStore;
  readonly #queue: AnalysisQueue;

  constructor(store: InspectionStore, queue: AnalysisQueue) {
    this.#store = store;
    this.#queue = queue;
  }

  /** Reads the analyses anew where this inspection is the open one. */
  async refresh(id: InspectionId): Promise<void> {
    if (this.#open?.id === id) await this.#open.readAnalyses();
  }

  open(id: InspectionId): InspectionSession {
    this.#queue.prefer(id);
    if (this.#open?.id === id && this.#open.state !== 'missing') return this.#open;
    this.#close?.();
    // Its derived values must outlive the screen that happened to ask first.
    let session: InspectionSession | undefined;
    const destroy = $effect.root(() => {
      session = new InspectionSession(id, this.#store, this.#queue);
    });
    session ??= new InspectionSession(id, this.#store, this.#queue);
    const opened = session;
    this.#close = () => {
      opened.close();
      destroy();
    };
    this.#open = opened;
    void opened.load();
    return opened;
  }
}
