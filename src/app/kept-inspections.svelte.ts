import type { InspectionId } from '../../core/contract/ids.ts';
import type {
  InspectionImporter,
  InspectionStore,
  InspectionSummary,
  StorageFailure,
} from '../storage/inspection-store.ts';
import type { Notices } from './notices.svelte.ts';
import { t } from './text/text.ts';

export interface KeptInspection {
  readonly summary: InspectionSummary;
  /** Of the original files. */
  readonly photoBytes: number;
}

/** Every inspection on this device with the room it takes, the demo's too; the largest first. */
export class KeptInspections {
  #inspections = $state.raw<readonly KeptInspection[]>();
  #busy = $state(false);
  readonly #store: InspectionStore & InspectionImporter;
  readonly #notices: Notices;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: () => void;

  constructor(store: InspectionStore & InspectionImporter, notices: Notices) {
    this.#store = store;
    this.#notices = notices;
    this.#stop = store.onChange(() => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.load(), 100);
    });
  }

  /** Undefined until it was read. */
  get inspections(): readonly KeptInspection[] | undefined {
    return this.#inspections;
  }

  /** A bundle is being taken in. */
  get busy(): boolean {
    return this.#busy;
  }

  async load(): Promise<void> {
    const summaries = await this.#store.inspections();
    const sized = await Promise.all(
      summaries.map(async (summary) => {
        const captures = await this.#store.captures(summary.inspection.id);
        return { summary, photoBytes: captures.reduce((sum, { bytes }) => sum + bytes, 0) };
      }),
    );
    this.#inspections = sized.toSorted((a, b) => b.photoBytes - a.photoBytes);
  }

  /** A bundle of another Loupe: the whole inspection comes in, or nothing of it. */
  async takeIn(file: File): Promise<void> {
    this.#busy = true;
    const [{ importBundle }, { bundleText }] = await Promise.all([
      import('./bundle/import-bundle.ts'),
      import('./bundle-text.ts'),
    ]);
    const outcome = await importBundle(file, this.#store);
    this.#busy = false;
    if (outcome.ok) this.#notices.say(t('notice.takenIn', { title: outcome.value.title }));
    else this.#notices.say(`${file.name}: ${bundleText(outcome)}`, { tone: 'problem' });
  }

  async remove(id: InspectionId): Promise<StorageFailure | undefined> {
    const title =
      this.#inspections?.find(({ summary }) => summary.inspection.id === id)?.summary.inspection.title ?? '';
    const outcome = await this.#store.deleteInspection(id);
    if (!outcome.ok) return outcome;
    this.#notices.say(t('notice.inspectionDeleted', { title }), { undo: outcome.value });
    return undefined;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }
}
