import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../../core/contract/operation.ts';
import { inNewEpoch } from '../../../../core/sync-rules/new-epoch.ts';
import { operationOf } from './operations-for-tests.ts';

const waits = (seq: number, state: Operation['state'] = 'pending'): Operation => ({
  ...operationOf({ entity: 'inspection', id: `i${seq}`, kind: 'put', fields: {} }),
  ...{ epoch: 'old', seq, state },
});

describe('what waits, in a new epoch', () => {
  it('is numbered from 1 without a gap, in the order in which it was made', () => {
    const operations = [waits(7), waits(3), waits(12), waits(5)];
    const anew = inNewEpoch(operations, 'new');
    expect(anew.map(({ id, epoch, seq }) => [id, epoch, seq])).toEqual([
      ['i3', 'new', 1],
      ['i5', 'new', 2],
      ['i7', 'new', 3],
      ['i12', 'new', 4],
    ]);
    expect(new Set(anew.map(({ opId }) => opId))).toEqual(new Set(operations.map(({ opId }) => opId)));
  });

  it.each<[Operation['state'], boolean]>([
    ['pending', true],
    ['blocked-auth', true],
    ['blocked-upgrade', true],
    ['acked', false],
    ['rejected', false],
  ])('holds what is %s: %s', (state, isHeld) => {
    const anew = inNewEpoch([waits(1, state), waits(2)], 'new');
    expect(anew.map(({ id, seq }) => [id, seq])).toEqual(
      isHeld
        ? [
            ['i1', 1],
            ['i2', 2],
          ]
        : [['i2', 1]],
    );
  });
});
