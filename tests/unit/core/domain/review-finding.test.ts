import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ReviewId } from '../../../../core/contract/ids.ts';
import { Review, type Finding } from '../../../../core/contract/records.ts';
import {
  allowedDecisions,
  applyDecision,
  undoableReview,
  redoableReview,
  redoDecision,
  type Decision,
  type DecisionContext,
} from '../../../../core/domain/review-finding.ts';
import { makeFinding } from './make-finding.ts';

const context: DecisionContext = {
  reviewId: v.parse(ReviewId, '01900000-0000-7000-8000-0000000000aa'),
  reviewer: 'Ada',
  now: 2000,
  seconds: 4,
  edit: { type: 'crack', note: 'along the seam' },
};

function decide(finding: Finding, decision: Decision, more: Partial<DecisionContext> = {}): Review {
  const outcome = applyDecision(finding, decision, { ...context, ...more });
  if (!outcome.ok) throw new Error(outcome.kind);
  return outcome.value;
}

describe('decisions', () => {
  test.each([
    ['accept', 'accepted', 'model'],
    ['reject', 'rejected', 'model'],
    ['not-assessable', 'not-assessable', 'model'],
    ['edit', 'edited', 'both'],
  ] as const)('%s makes a proposal %s', (decision, state, origin) => {
    const before = makeFinding();
    const review = decide(before, decision, { reason: 'seen from near' });
    expect(v.parse(Review, review)).toEqual(review);
    expect(review).toMatchObject({
      decision,
      reviewer: 'Ada',
      seconds: 4,
      createdAt: 2000,
      reason: 'seen from near',
      before,
    });
    expect(review.after).toMatchObject({ state, origin, updatedAt: 2000, createdAt: 1000 });
    expect(review.after.type).toBe(decision === 'edit' ? 'crack' : 'unclassified');
  });

  test('what a person drew stays a person’s, also when edited', () => {
    expect(decide(makeFinding({ origin: 'human' }), 'edit').after.origin).toBe('human');
  });

  test('only an edit changes the finding itself', () => {
    expect(decide(makeFinding(), 'accept').after).not.toHaveProperty('note');
  });

  test.each([
    ['nothing', {}],
    ['what it was already', { type: 'unclassified' }],
  ] as const)('an edit to %s is refused', (_, edit) => {
    expect(applyDecision(makeFinding(), 'edit', { ...context, edit })).toEqual({
      ok: false,
      kind: 'nothing-changed',
    });
  });
});

describe('allowed from each state', () => {
  test.each([
    ['proposed', 'accept edit reject not-assessable'],
    ['accepted', 'edit reject not-assessable undo'],
    ['edited', 'edit reject not-assessable undo'],
    ['rejected', 'accept edit not-assessable undo'],
    ['not-assessable', 'accept edit reject undo'],
  ] as const)('%s', (state, allowed) => {
    expect(allowedDecisions(state).join(' ')).toBe(allowed);
    const all = ['accept', 'edit', 'reject', 'not-assessable'] as const;
    for (const decision of all.filter((each) => !allowed.split(' ').includes(each))) {
      expect(applyDecision(makeFinding({ state }), decision, context)).toEqual({
        ok: false,
        kind: 'not-allowed',
        state,
        decision,
      });
    }
  });
});

describe('undo', () => {
  test('restores what was before, as a review of its own', () => {
    const edit = decide(makeFinding(), 'edit');
    const undo = decide(edit.after, 'undo', { history: [edit], now: 3000 });
    expect(undo).toMatchObject({ decision: 'undo', before: edit.after });
    expect(undo.after).toEqual({ ...makeFinding(), updatedAt: 3000 });
  });

  test('without a review there is nothing to undo', () => {
    expect(applyDecision(makeFinding(), 'undo', { ...context, history: [] })).toEqual({
      ok: false,
      kind: 'nothing-to-undo',
    });
  });

  test('undo after undo walks back to the proposal, whatever was decided', () => {
    const decision = fc.constantFrom<Decision>('accept', 'edit', 'reject', 'not-assessable', 'undo');
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 12 }), (decisions) => {
        const proposal = makeFinding();
        const history: Review[] = [];
        let finding = proposal;
        const take = (each: Decision): void => {
          const outcome = applyDecision(finding, each, {
            ...context,
            history,
            edit: { note: `${history.length}` },
          });
          if (!outcome.ok) return;
          history.push(outcome.value);
          finding = outcome.value.after;
        };
        decisions.forEach(take);
        while (undoableReview(history)) take('undo');
        expect(finding).toEqual({ ...proposal, updatedAt: finding.updatedAt });
      }),
    );
  });
});

describe('redo', () => {
  test('decides again what undo took back, and so on to and fro', () => {
    const decision = fc.constantFrom<Decision>('accept', 'edit', 'reject', 'not-assessable');
    fc.assert(
      fc.property(
        fc.array(decision, { minLength: 1, maxLength: 8 }),
        fc.nat({ max: 8 }),
        (decisions, undos) => {
          const history: Review[] = [];
          let finding = makeFinding();
          const keep = (review: Review): void => {
            history.push(review);
            finding = review.after;
          };
          for (const each of decisions) {
            const edit = { note: `${history.length}` };
            const outcome = applyDecision(finding, each, { ...context, edit });
            if (outcome.ok) keep(outcome.value);
          }
          const final = finding;
          let taken = 0;
          while (taken < undos && undoableReview(history)) {
            keep(decide(finding, 'undo', { history }));
            taken++;
          }
          for (let again = 0; again < taken; again++) {
            const outcome = redoDecision(finding, { ...context, history });
            if (!outcome.ok) throw new Error(outcome.kind);
            keep(outcome.value);
          }
          expect(finding).toEqual(final);
          expect(redoableReview(history)).toBeUndefined();
        },
      ),
    );
  });

  test('a new decision ends it', () => {
    const accept = decide(makeFinding(), 'accept');
    const undo = decide(accept.after, 'undo', { history: [accept] });
    const reject = decide(undo.after, 'reject');
    expect(redoableReview([accept, undo])).toEqual(accept);
    expect(redoDecision(reject.after, { ...context, history: [accept, undo, reject] })).toEqual({
      ok: false,
      kind: 'nothing-to-redo',
    });
  });
});

test('an edit may take an optional field away', () => {
  const edit = decide(makeFinding({ note: 'seen', due: '2026-12-01' }), 'edit', { edit: { due: undefined } });
  expect(edit.after).not.toHaveProperty('due');
  expect(edit.after.note).toBe('seen');
});
