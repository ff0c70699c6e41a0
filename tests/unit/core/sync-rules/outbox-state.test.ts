import { describe, expect, it } from 'vitest';
import {
  answered,
  blocked,
  isDue,
  LONGEST_PAUSE_MS,
  mayPassNow,
  MOST_OPERATIONS,
  nextBatch,
  unanswered,
  unblocked,
  waitingAgain,
} from '../../../../core/sync-rules/outbox-state.ts';
import { operationOf } from './operations-for-tests.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, n) => operationOf({ seq: n + 1 }));
const seqs = (operations: readonly { seq: number }[]): number[] => operations.map(({ seq }) => seq);

describe('the next batch', () => {
  it('is first in first out, and at most a hundred', () => {
    const batch = nextBatch(numbered(130).reverse(), 0);
    expect(seqs(batch)).toEqual(Array.from({ length: MOST_OPERATIONS }, (_, n) => n + 1));
  });

  it('ends before it grows beyond a mebibyte, but is never empty for one large operation', () => {
    const large = (seq: number) => operationOf({ seq, fields: { note: 'x'.repeat(600 * 1024) } });
    expect(seqs(nextBatch([large(1), large(2)], 0))).toEqual([1]);
    expect(seqs(nextBatch([operationOf({ seq: 1, fields: { note: 'x'.repeat(2 ** 21) } })], 0))).toEqual([1]);
  });

  it('stops at an operation whose time has not come, so that no gap is sent', () => {
    const [one, two, three] = [
      operationOf({ seq: 1 }),
      operationOf({ seq: 2, nextAt: 50 }),
      operationOf({ seq: 3 }),
    ];
    expect(seqs(nextBatch([one, two, three], 10))).toEqual([1]);
    expect(seqs(nextBatch([one, two, three], 50))).toEqual([1, 2, 3]);
  });

  it.each(['acked', 'rejected', 'blocked-auth', 'blocked-upgrade'] as const)(
    'leaves out what is %s',
    (state) => {
      expect(seqs(nextBatch([operationOf({ seq: 1, state }), operationOf({ seq: 2 })], 0))).toEqual([2]);
    },
  );
});

describe('what was refused', () => {
  const refused = operationOf({ entity: 'finding', id: 'f', state: 'rejected', fields: { captureId: 'c' } });

  it.each([
    ['its own record', 'finding', 'f', true],
    ['what it lies on', 'capture', 'c', true],
    ['another record', 'finding', 'g', false],
    ['a record of another kind with that id', 'inspection', 'c', false],
  ] as const)('may pass once the server tells of it: %s', (_, entity, id, isWorthIt) => {
    expect(mayPassNow(refused, { entity, id })).toBe(isWorthIt);
    expect(mayPassNow({ ...refused, state: 'pending' }, { entity, id })).toBe(false);
  });

  it('waits as when it was made', () => {
    expect(waitingAgain({ ...refused, tries: 3, nextAt: 9, err: 'no' })).toEqual({
      ...refused,
      state: 'pending',
    });
  });
});

it('a clock that was set back by years holds nothing up', () => {
  const { nextAt } = unanswered(operationOf(), 2_000_000_000_000, 1);
  expect(isDue({ nextAt }, 2_000_000_000_000)).toBe(false);
  expect(isDue({ nextAt }, 1_700_000_000_000)).toBe(true);
});

describe('pauses', () => {
  it('double with every try up to five minutes, for ever', () => {
    let operation = operationOf();
    const pauses = Array.from({ length: 40 }, () => {
      operation = unanswered(operation, 1000, 1);
      return operation.nextAt - 1000;
    });
    expect(pauses.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(Math.max(...pauses)).toBe(LONGEST_PAUSE_MS);
    expect(operation).toMatchObject({ tries: 40, state: 'pending' });
  });

  it('are spread by chance, and no shorter than a server asks for', () => {
    expect(unanswered(operationOf(), 0, 0.25).nextAt).toBe(250);
    expect(unanswered(operationOf({ tries: 30 }), 0, 0.5).nextAt).toBe(LONGEST_PAUSE_MS / 2);
    expect(unanswered(operationOf(), 0, 0, 7000).nextAt).toBe(7000);
  });
});

describe('answers', () => {
  it.each(['applied', 'duplicate', 'merged', 'conflict'] as const)('%s acknowledges', (answer) => {
    expect(answered(operationOf(), answer).state).toBe('acked');
  });

  it('rejected keeps the operation and says why', () => {
    const rejected = answered(operationOf({ tries: 3 }), 'rejected', 'photo unknown');
    expect(rejected).toMatchObject({ state: 'rejected', err: 'photo unknown' });
  });
});

it('an obstacle holds back what waits, and gives back only what it held', () => {
  const [waiting, acked] = [operationOf({ nextAt: 9 }), operationOf({ state: 'acked' })];
  expect(blocked(waiting, 'blocked-auth').state).toBe('blocked-auth');
  expect(blocked(acked, 'blocked-auth')).toBe(acked);
  expect(unblocked(blocked(waiting, 'blocked-auth'), 'blocked-auth')).toEqual({ ...waiting, nextAt: 0 });
  const other = blocked(waiting, 'blocked-upgrade');
  expect(unblocked(other, 'blocked-auth')).toBe(other);
});
