import type { InspectionImporter, InspectionStore, InspectionSummary } from '../storage/inspection-store.ts';
import type { OpenStore } from '../storage/open-store.ts';
import type { Notices } from './notices.svelte.ts';
import { onlyHere } from './only-here.ts';
import { t } from './text/text.ts';

export type StoreKeeper = Pick<
  OpenStore,
  'keptInspections' | 'waitingOf' | 'trash' | 'emptyTrash' | 'verifyPhotos'
>;
export type TrashEntry = Awaited<ReturnType<StoreKeeper['trash']>>[number];

export interface KeptInspection {
  readonly summary: InspectionSummary;
  /** Of the original files. */
  readonly photoBytes: number;
  /** Of photos taken here: how many the server has confirmed. */
  readonly confirmed: number;
  readonly photos: number;
  /** A demo is never sent; else whether a server has confirmed all of it. */
  readonly safety: 'demo' | 'only-here' | 'confirmed';
  /** What no server has confirmed. */
  readonly onlyHere: { readonly photos: number; readonly changes: number };
}

/** Every inspection on this device with the room it takes, the largest first, and what was deleted lately. */
export class KeptInspections {
  #inspections = $state.raw<readonly KeptInspection[]>();
  #trash = $state.raw<readonly TrashEntry[]>([]);
  #busy = $state(false);
  readonly #store: InspectionStore & InspectionImporter;
  readonly #keeper: StoreKeeper;
  readonly #notices: Notices;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: () => void;

  constructor(store: InspectionStore & InspectionImporter, keeper: StoreKeeper, notices: Notices) {
    this.#store = store;
    this.#keeper = keeper;
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
  get trash(): readonly TrashEntry[] {
    return this.#trash;
  }
  /** Photos of all inspections that no server has confirmed, and what all photos weigh. */
  get sum(): { readonly bytes: number; readonly photosOnlyHere: number } {
    const all = this.#inspections ?? [];
    return {
      bytes: all.reduce((sum, { photoBytes }) => sum + photoBytes, 0),
      photosOnlyHere: all.reduce((sum, { onlyHere: { photos } }) => sum + photos, 0),
    };
  }
  /** Room that emptying the trash gives back. */
  get trashBytes(): number {
    return this.#trash.reduce((sum, { photoBytes }) => sum + photoBytes, 0);
  }
  /** A bundle is being taken in. */
  get busy(): boolean {
    return this.#busy;
  }

  async load(): Promise<void> {
    const [summaries, kept, trash] = await Promise.all([
      this.#store.inspections(),
      this.#keeper.keptInspections(),
      this.#keeper.trash(),
    ]);
    const known = new Map(kept.map((one) => [one.inspectionId, one]));
    this.#inspections = summaries
      .map((summary) => {
        const of = known.get(summary.inspection.id);
        const waiting = { photos: of ? onlyHere(of) : 0, changes: of?.waiting ?? 0 };
        const isSafe = waiting.photos + waiting.changes === 0;
        const safety = summary.inspection.demo ? 'demo' : isSafe ? 'confirmed' : 'only-here';
        const { photoBytes = 0, confirmed = 0, photos = 0 } = of ?? {};
        return { summary, photoBytes, photos, confirmed, safety, onlyHere: waiting } as const;
      })
      .toSorted((a, b) => b.photoBytes - a.photoBytes);
    this.#trash = trash;
  }

  async emptyTrash(): Promise<void> {
    await this.#keeper.emptyTrash();
    await this.load();
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

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }
}
