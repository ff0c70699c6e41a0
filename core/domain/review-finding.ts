import type { ReviewId } from '../contract/ids.ts';
import type { Finding, Review } from '../contract/records.ts';
import { canonicalJson } from './canonical-json.ts';
import { fail, succeed, type Outcome } from './outcome.ts';

export type Decision = Review['decision'];
type State = Finding['state'];

type Editable =
  | 'type'
  | 'layer'
  | 'place'
  | 'geometry'
  | 'size'
  | 'severity'
  | 'action'
  | 'due'
  | 'ndtRecommended'
  | 'previousFindingId'
  | 'growthCm'
  | 'note';

/** What a person may change of a finding; undefined takes an optional field away. */
export type FindingEdit = { readonly [Key in Editable]?: Finding[Key] | undefined };

export interface DecisionContext {
  readonly reviewId: ReviewId;
  readonly reviewer: string;
  /** Wall ms. */
  readonly now: number;
  /** Time that the person looked at the finding. */
  readonly seconds: number;
  readonly reason?: string;
  /** For `edit`. */
  readonly edit?: FindingEdit;
  /** For `undo`: all reviews of this finding, oldest first. */
  readonly history?: readonly Review[];
}

export type ReviewFailure =
  | { readonly kind: 'not-allowed'; readonly state: State; readonly decision: Decision }
  | { readonly kind: 'nothing-changed' }
  | { readonly kind: 'nothing-to-undo' };

/** An edited finding is already confirmed: accepting it again would lose that it was changed. */
const ALLOWED: Readonly<Record<State, readonly Decision[]>> = {
  proposed: ['accept', 'edit', 'reject', 'not-assessable'],
  accepted: ['edit', 'reject', 'not-assessable', 'undo'],
  edited: ['edit', 'reject', 'not-assessable', 'undo'],
  rejected: ['accept', 'edit', 'not-assessable', 'undo'],
  'not-assessable': ['accept', 'edit', 'reject', 'undo'],
};

const STATE_AFTER: Readonly<Record<Exclude<Decision, 'undo'>, State>> = {
  accept: 'accepted',
  edit: 'edited',
  reject: 'rejected',
  'not-assessable': 'not-assessable',
};

/** The finding with the edit made. */
export function withEdit(finding: Finding, edit: FindingEdit): Finding {
  const all: [string, unknown][] = Object.entries({ ...finding, ...edit });
  // Type, place and geometry are never taken away: only what is optional may be undefined in an edit.
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as Finding;
}

export const allowedDecisions = (state: State): readonly Decision[] => ALLOWED[state];

/** The review that a decision makes; its `after` is the finding's new record. */
export function applyDecision(
  finding: Finding,
  decision: Decision,
  context: DecisionContext,
): Outcome<Review, ReviewFailure> {
  if (decision === 'undo') return undo(finding, context);
  if (!ALLOWED[finding.state].includes(decision)) {
    return fail({ kind: 'not-allowed', state: finding.state, decision });
  }
  const edit = decision === 'edit' ? (context.edit ?? {}) : {};
  const edited = withEdit(finding, edit);
  if (decision === 'edit' && canonicalJson(edited) === canonicalJson(finding)) {
    return fail({ kind: 'nothing-changed' });
  }
  const changedModels = decision === 'edit' && finding.origin === 'model';
  return succeed(
    makeReview(finding, decision, context, {
      ...edited,
      origin: changedModels ? 'both' : finding.origin,
      state: STATE_AFTER[decision],
      updatedAt: context.now,
    }),
  );
}

/**
 * What stands and what was taken back, the latest last. A review that says again what was taken back is a
 * redo, so that undo and redo walk the same way to and fro; any other ends what could be redone.
 */
function walk(history: readonly Review[]): {
  readonly standing: readonly Review[];
  readonly undone: readonly Review[];
} {
  const standing: Review[] = [];
  let undone: Review[] = [];
  for (const review of history) {
    if (review.decision === 'undo') {
      const last = standing.pop();
      if (last) undone.push(last);
    } else {
      const again = undone.at(-1);
      if (again && isSameDecision(again, review)) undone.pop();
      else undone = [];
      standing.push(review);
    }
  }
  return { standing, undone };
}

const isSameDecision = (a: Review, b: Review): boolean =>
  a.decision === b.decision &&
  canonicalJson({ ...a.after, updatedAt: 0 }) === canonicalJson({ ...b.after, updatedAt: 0 });

/**
 * The latest review that no undo has taken back yet, so that undo after undo walks further back;
 * undefined where there is none. `history` is oldest first.
 */
export const undoableReview = (history: readonly Review[]): Review | undefined =>
  walk(history).standing.at(-1);

/** The review that was taken back last and nothing else was decided since. */
export const redoableReview = (history: readonly Review[]): Review | undefined => walk(history).undone.at(-1);

/** Decides once more what the last undo took back. */
export function redoDecision(
  finding: Finding,
  context: DecisionContext,
): Outcome<Review, { readonly kind: 'nothing-to-redo' }> {
  const last = redoableReview(context.history ?? []);
  if (!last) return fail({ kind: 'nothing-to-redo' });
  return succeed(makeReview(finding, last.decision, context, { ...last.after, updatedAt: context.now }));
}

function undo(finding: Finding, context: DecisionContext): Outcome<Review, ReviewFailure> {
  const last = undoableReview(context.history ?? []);
  if (!last) return fail({ kind: 'nothing-to-undo' });
  return succeed(makeReview(finding, 'undo', context, { ...last.before, updatedAt: context.now }));
}

function makeReview(
  before: Finding,
  decision: Decision,
  { reviewId, reviewer, now, seconds, reason }: DecisionContext,
  after: Finding,
): Review {
  return {
    schemaV: 1,
    id: reviewId,
    findingId: before.id,
    inspectionId: before.inspectionId,
    reviewer,
    decision,
    ...(reason === undefined ? {} : { reason }),
    before,
    after,
    seconds,
    createdAt: now,
  };
}
