import { describe, expect, it } from 'vitest';
import { admit, type Admitted } from '../../../../core/sync-rules/admit.ts';
import { applyOperation, byClock, isIntact } from '../../../../core/sync-rules/apply-operation.ts';
import { changedFields } from '../../../../core/sync-rules/changed-fields.ts';
import { parseClock } from '../../../../core/domain/hybrid-clock.ts';
import { asDevice, inNewEpoch } from '../../../../core/sync-rules/new-epoch.ts';
import { lossBySentinels } from '../../../../core/sync-rules/sentinel.ts';
import { operationOf } from './operations-for-tests.ts';

describe('admission', () => {
  const first = operationOf({ seq: 1 });
  const known: readonly Admitted[] = [first];
  const other = { opId: operationOf().opId };

  it.each([
    ['the next number', { ...other, seq: 2 }, 'fresh'],
    ['the first number of another epoch', { ...other, epoch: 'new', seq: 1 }, 'fresh'],
    ['a number that skips one', { ...other, seq: 3 }, 'gap'],
    ['a first number that is not one', { ...other, epoch: 'new', seq: 2 }, 'gap'],
    ['a number of another operation', { ...other, seq: 1 }, 'fork'],
    ['the same operation again', {}, 'duplicate'],
    ['the same operation in another epoch', { epoch: 'new', seq: 7 }, 'duplicate'],
    ['the same id with another body', { bodyHash: 'f'.repeat(64) }, 'forged'],
  ])('of %s', (_name, change, expected) => {
    expect(admit({ ...first, ...change } as typeof first, known)).toBe(expected);
  });
});

describe('losses', () => {
  const head = { epoch: 'e', seq: 5 };

  it.each([
    ['no sentinel at all', head, [], undefined],
    ['a new device', undefined, [], undefined],
    ['a sentinel in step', head, [{ epoch: 'e', seq: 5 }], undefined],
    ['a sentinel that lags', head, [{ epoch: 'e', seq: 2 }], undefined],
    ['a sentinel ahead', head, [{ epoch: 'e', seq: 6 }], 'rolled-back'],
    [
      'one of two sentinels ahead',
      head,
      [
        { epoch: 'e', seq: 2 },
        { epoch: 'e', seq: 6 },
      ],
      'rolled-back',
    ],
    ['a database without head', undefined, [{ epoch: 'e', seq: 1 }], 'emptied'],
    ['a database of another epoch', head, [{ epoch: 'x', seq: 1 }], 'emptied'],
    ['a sentinel of the epoch before', { ...head, formerEpoch: 'x' }, [{ epoch: 'x', seq: 9 }], undefined],
  ])('by %s', (_name, database, seen, expected) => {
    expect(lossBySentinels(database, seen)).toBe(expected);
  });
});

describe('a new epoch', () => {
  it('numbers what waits anew from one, in order, and keeps ids', () => {
    const operations = [
      operationOf({ seq: 9, state: 'rejected' }),
      operationOf({ seq: 4 }),
      operationOf({ seq: 2, state: 'acked' }),
      operationOf({ seq: 7, state: 'blocked-auth' }),
    ];
    const renumbered = inNewEpoch(operations, 'new');
    expect(renumbered.map(({ opId, seq, epoch }) => [opId, seq, epoch])).toEqual([
      [operations[1]?.opId, 1, 'new'],
      [operations[3]?.opId, 2, 'new'],
    ]);
  });
});

describe('a copy of a device', () => {
  it('signs what waits with a name of its own', () => {
    const { hlc } = asDevice(operationOf({ device: 'copied', at: 7 }), 'copy');
    expect(parseClock(hlc)).toEqual({ wall: 7, counter: 0, device: 'copy' });
  });
});

describe('an operation applied', () => {
  it('puts together what changedFields took apart', () => {
    const [before, after] = [
      { id: 'one', schemaV: 1, title: 'A', note: 'x' },
      { id: 'one', schemaV: 1, title: 'B', size: 3 },
    ];
    expect(applyOperation(undefined, operationOf({ fields: changedFields(before) }))).toEqual(before);
    expect(applyOperation(before, operationOf({ fields: changedFields(after, before) }))).toEqual(after);
    expect(applyOperation(before, operationOf({ kind: 'delete' }))).toBeUndefined();
  });

  it('is known to be intact by its hash', () => {
    const operation = operationOf();
    expect(isIntact(operation)).toBe(true);
    expect(isIntact({ ...operation, fields: { title: 'flipped' } })).toBe(false);
  });

  it('has its place by its clock', () => {
    const [early, late] = [operationOf({ at: 1, device: 'z' }), operationOf({ at: 2, device: 'a' })];
    expect([late, early].sort(byClock)).toEqual([early, late]);
    expect(byClock(early, early)).toBe(0);
  });
});
