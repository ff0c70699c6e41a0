import type { FindingId } from '../../core/contract/ids.ts';
import type { Finding, Review } from '../../core/contract/records.ts';
import { applyDecision, type Decision, type FindingEdit } from '../../core/domain/review-finding.ts';
import { leastCertainFirst } from '../../core/domain/review-progress.ts';
import type { InspectionStore, StorageFailure } from '../storage/inspection-store.ts';
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
  #draft = $state.raw<FindingEdit>({});
  #decided = $state.raw<readonly FindingId[]>([]);
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
    return finding && { ...finding, ...this.#draft };
  }
  get hasDraft(): boolean {
    return Object.keys(this.#draft).length > 0;
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
  get canUndo(): boolean {
    return this.#undoable !== undefined;
  }

  /** Judged findings stand before the open ones, so that "11 of 26" means ten are done. */
  begin(at: FindingId | undefined): void {
    this.#extendOrder();
    this.show(at !== undefined && this.#session.finding(at) ? at : this.#session.pending[0]?.id);
  }

  /** Takes in findings that came after judging began. */
  #extendOrder(): void {
    const known = new Set(this.#order);
    const fresh = this.#session.findings.filter(({ id }) => !known.has(id));
    const judged = fresh
      .filter(({ state }) => state !== 'proposed')
      .toSorted((a, b) => a.updatedAt - b.updatedAt);
    const open = leastCertainFirst(fresh.filter(({ state }) => state === 'proposed'));
    const gone = this.#order.filter((id) => this.#session.finding(id) !== undefined);
    this.#order = [...gone, ...judged.map(({ id }) => id), ...open.map(({ id }) => id)];
  }

  show(id: FindingId | undefined): void {
    this.#currentId = id;
    this.#draft = {};
    this.#failure = undefined;
    this.#shownAt = Date.now();
  }

  step(by: 1 | -1): void {
    this.#extendOrder();
    const at = this.#currentId === undefined ? this.#order.length : this.#order.indexOf(this.#currentId);
    const next = this.#order[at + by];
    if (next !== undefined) this.show(next);
  }

  change(edit: FindingEdit): void {
    this.#draft = { ...this.#draft, ...edit };
  }

  dropDraft(): void {
    this.#draft = {};
  }

  accept(): Promise<void> {
    return this.#decide(this.hasDraft ? 'edit' : 'accept');
  }
  reject(): Promise<void> {
    return this.#decide('reject');
  }
  notAssessable(): Promise<void> {
    return this.#decide('not-assessable');
  }

  /** What was decided here last, else the finding on screen, else the one judged last before the app was closed. */
  get #undoable(): Finding | undefined {
    const here = this.#decided.at(-1);
    if (here !== undefined) return this.#session.finding(here);
    if (this.#finding && isJudged(this.#finding)) return this.#finding;
    return this.#session.findings.filter(isJudged).toSorted((a, b) => b.updatedAt - a.updatedAt)[0];
  }

  /** Takes the last decision back, and the one before it when asked again. */
  async undo(): Promise<void> {
    const finding = this.#undoable;
    if (!finding || this.#busy) return;
    const history = (await this.#store.reviews(finding.id)).toSorted((a, b) => a.createdAt - b.createdAt);
    const saved = await this.#save(finding, 'undo', { history });
    if (!saved) return;
    this.#decided = this.#decided.slice(0, -1);
    this.show(finding.id);
  }

  async #decide(decision: Exclude<Decision, 'undo'>): Promise<void> {
    const finding = this.#finding;
    if (!finding || this.#busy) return;
    const unchanged = decision === 'accept' && (finding.state === 'accepted' || finding.state === 'edited');
    if (!unchanged && !(await this.#save(finding, decision, { edit: this.#draft }))) return;
    if (!unchanged) this.#decided = [...this.#decided, finding.id];
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
    const review = applyDecision(finding, decision, {
      reviewId: newId('ReviewId'),
      reviewer: this.#reviewer(),
      now: Date.now(),
      seconds: (Date.now() - this.#shownAt) / 1000,
      ...extra,
    });
    // Not allowed, or nothing to change: the finding already is what was asked for.
    if (!review.ok) return review.kind === 'nothing-changed';
    this.#busy = true;
    const saved = await this.#store.saveReview(review.value);
    this.#busy = false;
    this.#failure = saved.ok ? undefined : saved;
    if (saved.ok) this.#session.replace(saved.value);
    return saved.ok;
  }
}

/** What a person drew has no decision that could be taken back. */
const isJudged = ({ state, origin }: Finding): boolean => state !== 'proposed' && origin !== 'human';
