import type { CaptureId, FindingId, InspectionId } from '../../core/contract/ids.ts';
import type {
  Analysis,
  BladeSide,
  Capture,
  ComponentPosition,
  Finding,
  Inspection,
} from '../../core/contract/records.ts';
import { leastCertainFirst, reviewProgress, type ReviewProgress } from '../../core/domain/review-progress.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import type { InspectionStore, StorageFailure, StoreChange } from '../storage/inspection-store.ts';
import type { AnalysisQueue } from './analysis-queue.svelte.ts';

/** Changes that come in bursts, such as a folder being saved, are read once. */
const SETTLE_MS = 60;

/** An inspection as it is kept, always current: every committed change, in any tab, is read again. */
export class InspectionSession {
  readonly id: InspectionId;
  /** Findings that the model is less sure of are not asked about; nothing is decided by it. */
  leastScore = $state(0);
  #state = $state<'loading' | 'ready' | 'missing'>('loading');
  #inspection = $state.raw<Inspection>();
  #captures = $state.raw<readonly Capture[]>([]);
  #findings = $state.raw<readonly Finding[]>([]);
  #analyses = $state.raw<readonly Analysis[]>([]);
  #elsewhere = $state.raw<ReadonlySet<CaptureId>>(new Set());
  readonly #store: InspectionStore;
  readonly #queue: AnalysisQueue;
  readonly #stale = new Set<StoreChange['entity']>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: () => void;

  readonly #captureById = $derived(new Map(this.#captures.map((capture) => [capture.id, capture])));
  readonly #findingById = $derived(new Map(this.#findings.map((finding) => [finding.id, finding])));
  readonly #findingsByCapture = $derived(groupByCapture(this.#findings));
  readonly #analysisByCapture = $derived(
    new Map(this.#analyses.map((analysis) => [analysis.captureId, analysis])),
  );
  readonly #pending = $derived(leastCertainFirst(this.#findings.filter(({ state }) => state === 'proposed')));
  readonly #progress = $derived(reviewProgress(this.#findings));

  constructor(id: InspectionId, store: InspectionStore, queue: AnalysisQueue) {
    this.id = id;
    this.#store = store;
    this.#queue = queue;
    this.#stop = store.onChange((change) => {
      if (change.inspectionId === id) this.#markStale(change.entity);
    });
  }

  get state(): 'loading' | 'ready' | 'missing' {
    return this.#state;
  }
  get inspection(): Inspection | undefined {
    return this.#inspection;
  }
  get captures(): readonly Capture[] {
    return this.#captures;
  }
  get findings(): readonly Finding[] {
    return this.#findings;
  }
  get analyses(): readonly Analysis[] {
    return this.#analyses;
  }
  /** Findings that nobody has judged, least certain first. */
  get pending(): readonly Finding[] {
    return this.#pending;
  }
  get progress(): ReviewProgress {
    return this.#progress;
  }
  capture(id: CaptureId): Capture | undefined {
    return this.#captureById.get(id);
  }
  finding(id: FindingId): Finding | undefined {
    return this.#findingById.get(id);
  }
  findingsOf(id: CaptureId): readonly Finding[] {
    return this.#findingsByCapture.get(id) ?? [];
  }
  analysisOf(id: CaptureId): Analysis | undefined {
    return this.#analysisByCapture.get(id);
  }

  /** Taken on another device: its file is not here, and that device analyses it. */
  isElsewhere(id: CaptureId): boolean {
    return this.#elsewhere.has(id);
  }

  async load(): Promise<this> {
    const [inspection] = await Promise.all([
      this.#store.inspection(this.id),
      this.#read('capture'),
      this.#read('analysis'),
      this.#read('finding'),
    ]);
    this.#inspection = inspection;
    this.#state = inspection ? 'ready' : 'missing';
    this.analyseOpen();
    return this;
  }

  /** Hands every photo without an analysis to the queue, such as those left over from yesterday. */
  analyseOpen(): void {
    const inspection = this.#inspection;
    if (!inspection) return;
    const open = this.#captures.filter(
      ({ id }) =>
        !this.#analysisByCapture.has(id) && !this.#elsewhere.has(id) && this.#queue.job(id) === undefined,
    );
    this.#queue.add(open, inspection.modelId);
  }

  /** Shows a finding just saved at once, before storage tells of the change. */
  replace(finding: Finding): void {
    this.#findings = this.#findings.some(({ id }) => id === finding.id)
      ? this.#findings.map((known) => (known.id === finding.id ? finding : known))
      : [...this.#findings, finding];
  }

  /** A person says of one side that no damage is seen, or takes it back: silence is never read as health. */
  async confirmClean(component: ComponentPosition, side: BladeSide, by: string | undefined): Promise<void> {
    await this.change((inspection) => {
      const others = (inspection.cleanSides ?? []).filter(
        (one) => one.component !== component || one.side !== side,
      );
      const said = by === undefined ? [] : [{ component, side, by, at: Date.now() }];
      return { ...inspection, cleanSides: [...others, ...said] };
    });
  }

  /** Saves the inspection as `change` makes it of what is kept; shown at once. */
  async change(change: (inspection: Inspection) => Inspection): Promise<Outcome<Inspection, StorageFailure>> {
    const inspection = this.#inspection;
    if (!inspection) return { ok: false, kind: 'unwritable', detail: 'the inspection is not here' };
    const saved = await this.#store.saveInspection({ ...change(inspection), updatedAt: Date.now() });
    if (saved.ok) this.#inspection = saved.value;
    return saved;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }

  #markStale(entity: StoreChange['entity']): void {
    this.#stale.add(entity);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), SETTLE_MS);
  }

  /** Findings first: an analysis without its findings would read as "none found". */
  async readAnalyses(): Promise<void> {
    await this.#read('finding');
    await this.#read('analysis');
  }

  async #refresh(): Promise<void> {
    const stale = [...this.#stale];
    this.#stale.clear();
    await Promise.all(stale.map((entity) => this.#read(entity)));
  }

  async #read(entity: StoreChange['entity']): Promise<void> {
    switch (entity) {
      case 'inspection':
        this.#inspection = await this.#store.inspection(this.id);
        this.#state = this.#inspection ? 'ready' : 'missing';
        return;
      case 'capture':
        this.#elsewhere = await this.#store.elsewhere(this.id);
        this.#captures = (await this.#store.captures(this.id)).toSorted((a, b) => a.createdAt - b.createdAt);
        return;
      case 'analysis':
        this.#analyses = await this.#store.analyses(this.id);
        return;
      case 'finding':
        this.#findings = await this.#store.findings(this.id);
    }
  }
}

function groupByCapture(findings: readonly Finding[]): ReadonlyMap<CaptureId, readonly Finding[]> {
  const groups = new Map<CaptureId, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.captureId);
    if (group) group.push(finding);
    else groups.set(finding.captureId, [finding]);
  }
  return groups;
}
