import type { InspectionStore, InspectionSummary } from '../storage/inspection-store.ts';

export type { InspectionSummary };

/** Inspections on this device, the one last worked on first. The demo's is not listed. */
export class InspectionList {
  #summaries = $state.raw<readonly InspectionSummary[]>();
  readonly #store: InspectionStore;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: () => void;

  constructor(store: InspectionStore) {
    this.#store = store;
    this.#stop = store.onChange(() => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.load(), 100);
    });
  }

  /** Undefined until it was read. */
  get summaries(): readonly InspectionSummary[] | undefined {
    return this.#summaries;
  }

  async load(): Promise<void> {
    const all = await this.#store.inspections();
    this.#summaries = all
      .filter(({ inspection }) => !inspection.demo)
      .toSorted((a, b) => b.inspection.updatedAt - a.inspection.updatedAt);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }
}
