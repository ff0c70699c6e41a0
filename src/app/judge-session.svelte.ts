import type { FindingId } from '../../core/contract/ids.ts';
import type { Finding, Review } from '../../core/contract/records.ts';
import { canonicalJson } from '../../core/domain/canonical-json.ts';
import {
  applyDecision,
  redoDecision,
  withEdit,
  type Decision,
  type FindingEdit,
} from '../../core/domain/review-finding.ts';
import { leastCertainFirst } from '../../core/domain/review-progress.ts';
import { withSize } from '../../core/measure/measure-findings.ts';
import type { InspectionStore, StorageFailure } from '../storage/inspection-store.ts';
import { EditDraft } from './edit-draft.svelte.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';
import { newId } from './new-id.ts';

export type { FindingEdit };

/**
 * Judging, one finding after the other. The order is fixed when judging begins, so that nothing moves under
 * the hand; findings that arrive meanwhile come behind. A change of type, severity or box is a draft until
 * Accept makes it an edit.
 */
export class JudgeSession {
  readonly #session: InspectionSession;
  readonly #store: Pick<InspectionStore, 'saveReview' | 'reviews'>;
  readonly #reviewer: () => string;
  #order = $state.raw<readonly FindingId[]>([]);
  #currentId = $state<FindingId>();
  readonly #draft = new EditDraft();
  #decided = $state.raw<readonly FindingId[]>([]);
  #undone = $state.raw<readonly FindingId[]>([]);
  #failure = $state.raw<StorageFailure>();
  #busy = $state(false);
  #shownAt = Date.now();

  constructor(
    session: InspectionSession,
    store: Pick<InspectionStore, 'saveReview' | 'reviews'>,
    reviewer: () => string,
  ) {
    this.#session = session;
    this.#store = store;
    this.#reviewer = reviewer;
  }

  get #finding(): Finding | undefined {
    return this.#currentId === undefined ? undefined : this.#session.finding(this.#currentId);
  }
  /** The finding on screen with its draft applied; undefined when all are judged. */
  get finding(): Finding | undefined {
    const finding = this.#finding;
    return finding && withEdit(finding, this.#draft.edit);
  }
  /** Whether the draft is another finding than the kept one: a tick set and taken back is no change. */
  get hasDraft(): boolean {
    const finding = this.#finding;
    return finding !== undefined && canonicalJson(this.finding ?? {}) !== canonicalJson(finding);
  }
  /** Counted from 1. */
  get position(): number {
    return this.#currentId === undefined ? this.total : this.#order.indexOf(this.#currentId) + 1;
  }
  get total(): number {
    return this.#order.length;
  }
  get failure(): StorageFailure | undefined {
    return this.#failure;
  }
  /** Findings that nobody has judged and the threshold leaves out. */
  get left(): number {
    const { leastScore } = this.#session;
    return this.#session.pending.filter(({ score }) => (score ?? 1) < leastScore).length;
  }
  get canUndo(): boolean {
    return this.#draft.canUndo || this.#undoable !== undefined;
  }
  get canRedo(): boolean {
    return this.#draft.canRedo || this.#undone.length > 0;
  }

  /** Judged findings stand before the open ones, so that "11 of 26" means ten are done. */
  begin(at: FindingId | undefined): void {
    this.#extendOrder();
    if (at === undefined || !this.#session.finding(at)) {
      this.show(this.#order.find((id) => this.#session.finding(id)?.state === 'proposed'));
      return;
    }
    // One that the threshold leaves out was asked for by itself.
    if (!this.#order.includes(at)) this.#order = [...this.#order, at];
    this.show(at);
  }

  /** Takes in findings that came after judging began. */
  #extendOrder(): void {
    const known = new Set(this.#order);
    const fresh = this.#session.findings.filter(({ id }) => !known.has(id));
    const judged = fresh
      .filter(({ state }) => state !== 'proposed')
      .toSorted((a, b) => a.updatedAt - b.updatedAt);
    const { leastScore } = this.#session;
    const asked = fresh.filter(({ state, score }) => state === 'proposed' && (score ?? 1) >= leastScore);
    const open = leastCertainFirst(asked);
    const gone = this.#order.filter((id) => this.#session.finding(id) !== undefined);
    this.#order = [...gone, ...judged.map(({ id }) => id), ...open.map(({ id }) => id)];
  }

  show(id: FindingId | undefined): void {
    this.#currentId = id;
    this.#draft.drop();
    this.#failure = undefined;
    this.#shownAt = Date.now();
  }

  step(by: 1 | -1): void {
    this.#extendOrder();
    const at = this.#currentId === undefined ? this.#order.length : this.#order.indexOf(this.#currentId);
    const next = this.#order[at + by];
    if (next !== undefined) this.show(next);
  }

  /** A shape or type that changes the size is measured at once, where the photo has a scale. */
  change(edit: FindingEdit): void {
    if (this.#busy) return;
    const changed = this.finding && withEdit(this.finding, edit);
    const scale = changed && this.#session.capture(changed.captureId)?.scale;
    const isMeasured = scale && (edit.geometry ?? edit.type);
    this.#draft.change(isMeasured ? { ...edit, size: withSize(changed, scale).size } : edit);
  }

  accept(): Promise<void> {
    return this.#alone(() => this.#decide(this.hasDraft ? 'edit' : 'accept'));
  }
  reject(): Promise<void> {
    return this.#alone(() => this.#decide('reject'));
  }
  notAssessable(): Promise<void> {
    return this.#alone(() => this.#decide('not-assessable'));
  }

  /** What was decided here last, else the finding on screen, else the one judged last before the app was closed. */
  get #undoable(): Finding | undefined {
    const here = this.#decided.at(-1);
    if (here !== undefined) return this.#session.finding(here);
    if (this.#finding && isJudged(this.#finding)) return this.#finding;
    return this.#session.findings.filter(isJudged).toSorted((a, b) => b.updatedAt - a.updatedAt)[0];
  }

  /** Takes back the last change, then the last decision, and the one before it when asked again. */
  undo(): Promise<void> {
    return this.#alone(() => this.#undo());
  }

  /** Does again what undo took back, one by one, until something else is decided. */
  redo(): Promise<void> {
    return this.#alone(() => this.#redo());
  }

  /** What is pressed while a decision is being kept was meant for the finding before it, and does nothing. */
  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await work();
    } finally {
      this.#busy = false;
    }
  }

  async #undo(): Promise<void> {
    if (this.#draft.undo()) return;
    const finding = this.#undoable;
    if (!finding) return;
    const saved = await this.#save(finding, 'undo', { history: await this.history(finding.id) });
    if (!saved) return;
    this.#decided = this.#decided.slice(0, -1);
    this.#undone = [...this.#undone, finding.id];
    this.show(finding.id);
  }

  async #redo(): Promise<void> {
    if (this.#draft.redo()) return;
    const id = this.#undone.at(-1);
    const finding = id && this.#session.finding(id);
    if (!finding) return;
    const review = redoDecision(finding, this.#context({ history: await this.history(finding.id) }));
    if (review.ok && !(await this.#keep(review.value))) return;
    this.#undone = this.#undone.slice(0, -1);
    if (review.ok) this.#decided = [...this.#decided, finding.id];
    this.show(finding.id);
  }

  /** Every decision on a finding, oldest first, undo and redo among them. */
  async history(id: FindingId): Promise<readonly Review[]> {
    return (await this.#store.reviews(id)).toSorted((a, b) => a.createdAt - b.createdAt);
  }

  /** The finding on screen was deleted: on to the next one. */
  leave(id: FindingId): void {
    const next = this.#nextOpen(id);
    this.#decided = this.#decided.filter((decided) => decided !== id);
    this.#extendOrder();
    this.show(next);
  }

  async #decide(decision: Exclude<Decision, 'undo'>): Promise<void> {
    const finding = this.#finding;
    if (!finding) return;
    const unchanged = decision === 'accept' && (finding.state === 'accepted' || finding.state === 'edited');
    if (!unchanged && !(await this.#save(finding, decision, { edit: this.#draft.edit }))) return;
    if (!unchanged) {
      this.#decided = [...this.#decided, finding.id];
      this.#undone = [];
    }
    this.#extendOrder();
    this.show(this.#nextOpen(finding.id));
  }

  #nextOpen(after: FindingId): FindingId | undefined {
    const at = this.#order.indexOf(after);
    return [...this.#order.slice(at + 1), ...this.#order.slice(0, at)].find(
      (id) => this.#session.finding(id)?.state === 'proposed',
    );
  }

  async #save(
    finding: Finding,
    decision: Decision,
    extra: { readonly edit?: FindingEdit; readonly history?: readonly Review[] },
  ): Promise<boolean> {
    const review = applyDecision(finding, decision, this.#context(extra));
    // Not allowed, or nothing to change: the finding already is what was asked for.
    if (!review.ok) return review.kind === 'nothing-changed';
    return this.#keep(review.value);
  }

  #context<Extra extends object>(extra: Extra) {
    return {
      reviewId: newId('ReviewId'),
      reviewer: this.#reviewer(),
      now: Date.now(),
      seconds: (Date.now() - this.#shownAt) / 1000,
      ...extra,
    };
  }

  async #keep(review: Review): Promise<boolean> {
    const saved = await this.#store.saveReview(review);
    this.#failure = saved.ok ? undefined : saved;
    if (saved.ok) this.#session.replace(saved.value);
    return saved.ok;
  }
}

/** What a person drew has no decision that could be taken back. */
const isJudged = ({ state, origin }: Finding): boolean => state !== 'proposed' && origin !== 'human';
