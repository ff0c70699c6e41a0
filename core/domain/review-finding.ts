import type { ReviewId } from '../contract/ids.ts';
import type { Finding, Review } from '../contract/records.ts';
import { canonicalJson } from './canonical-json.ts';
import { fail, succeed, type Outcome } from './outcome.ts';

export type Decision = Review['decision'];
type State = Finding['state'];

/** What a person may change of a finding. */
export type FindingEdit = Partial<
  Pick<Finding, 'type' | 'layer' | 'place' | 'geometry' | 'severity' | 'note'>
>;

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
  const edited = { ...finding, ...edit };
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
 * The latest review that no undo has taken back yet, so that undo after undo walks further back;
 * undefined where there is none. `history` is oldest first.
 */
export function undoableReview(history: readonly Review[]): Review | undefined {
  const standing: Review[] = [];
  for (const review of history) {
    if (review.decision === 'undo') standing.pop();
    else standing.push(review);
  }
  return standing.at(-1);
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
