import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../../core/contract/operation.ts';
import {
  hidden,
  isDeleted,
  isDisputed,
  isEditedAfterDelete,
  mergeOperation,
  shown,
  type MergedRecord,
} from '../../../../core/sync-rules/merge.ts';
import { operationOf } from './operations-for-tests.ts';

function merged(...operations: readonly Operation[]): MergedRecord {
  const record = operations.reduce<MergedRecord | undefined>(
    (before, operation, place) => mergeOperation(before, operation, place + 1),
    undefined,
  );
  if (!record) throw new Error('nothing to merge');
  return record;
}

const verdict = (device: string, at: number, state: string, base = {}): Operation =>
  operationOf({ device, at, entity: 'finding', fields: { state }, base });
const values = (record: MergedRecord, field: string): unknown[] =>
  hidden(record, field).map(({ value }) => value);

describe('an inspection’s field', () => {
  it('shows the later of two that did not know of each other, and keeps the other', () => {
    const record = merged(operationOf({ device: 'a', at: 5 }), operationOf({ device: 'b', at: 3 }));
    expect(shown(record, 'title')).toBe('a5');
    expect(values(record, 'title')).toEqual(['b3']);
  });

  it('is replaced by whoever had seen it, whatever the clocks say', () => {
    const record = merged(
      operationOf({ device: 'a', at: 5 }),
      operationOf({ device: 'b', at: 3, base: { title: 1 } }),
    );
    expect(shown(record, 'title')).toBe('b3');
    expect(values(record, 'title')).toEqual([]);
  });

  it('is replaced by the same device without more ado', () => {
    const record = merged(operationOf({ at: 1 }), operationOf({ at: 2 }));
    expect(shown(record, 'title')).toBe('a2');
    expect(values(record, 'title')).toEqual([]);
  });

  it('that was removed shows nothing', () => {
    expect(
      shown(merged(operationOf(), operationOf({ at: 2, fields: { title: null } })), 'title'),
    ).toBeUndefined();
  });

  it('leaves other fields alone', () => {
    const record = merged(
      operationOf({ device: 'a' }),
      operationOf({ device: 'b', fields: { site: 'Ridge' } }),
    );
    expect([shown(record, 'title'), shown(record, 'site')]).toEqual(['a1', 'Ridge']);
    expect(isEditedAfterDelete(record)).toBe(false);
  });
});

describe('a fact', () => {
  it.each(['capture', 'analysis', 'review'] as const)('of a %s stays as it first was', (entity) => {
    const first = operationOf({ device: 'a', at: 1, entity, fields: { bytes: 1 } });
    const second = operationOf({ device: 'b', at: 2, entity, fields: { bytes: 2, size: 3 } });
    for (const record of [merged(first, second), merged(second, first)]) {
      expect(shown(record, 'bytes')).toBe(1);
      expect(values(record, 'bytes')).toEqual([2]);
      expect(shown(record, 'size')).toBe(3);
    }
  });
});

describe('a verdict', () => {
  it('of a person beats a model’s, even a later one', () => {
    const person = verdict('a', 1, 'rejected');
    const model = verdict('b', 9, 'proposed');
    for (const record of [merged(person, model), merged(model, person)]) {
      expect(shown(record, 'state')).toBe('rejected');
      expect(isDisputed(record)).toBe(false);
    }
  });

  it('against another person’s is disputed, and both are kept', () => {
    const record = merged(verdict('a', 1, 'accepted'), verdict('b', 2, 'rejected'));
    expect(isDisputed(record)).toBe(true);
    expect([shown(record, 'state'), ...values(record, 'state')]).toEqual(['rejected', 'accepted']);
  });

  it('is not disputed by the same verdict, nor once somebody has seen both', () => {
    const [mine, theirs] = [verdict('a', 1, 'accepted'), verdict('b', 2, 'rejected')];
    expect(isDisputed(merged(mine, verdict('b', 2, 'accepted')))).toBe(false);
    expect(isDisputed(merged(mine, theirs, verdict('a', 3, 'accepted', { state: 2 })))).toBe(false);
  });

  it('keeps the finding when another device replaced the proposal without knowing', () => {
    const [judged, replaced] = [
      verdict('a', 1, 'accepted'),
      operationOf({ device: 'b', at: 2, entity: 'finding', kind: 'delete' }),
    ];
    expect(isDeleted(merged(judged, replaced))).toBe(false);
    expect(isDeleted(merged(replaced, judged))).toBe(false);
    expect(isDeleted(merged(verdict('a', 1, 'proposed'), replaced))).toBe(true);
    expect(isDeleted(merged(judged, { ...replaced, base: { state: 1 } }))).toBe(true);
  });
});

describe('a deletion', () => {
  const removal = operationOf({ device: 'a', at: 5, kind: 'delete' });

  it('is taken back by its own device', () => {
    const record = merged(operationOf(), removal, operationOf({ at: 6 }));
    expect([isDeleted(record), isEditedAfterDelete(record)]).toEqual([false, false]);
  });

  it('stands against an edit that did not know of it, which a person has to look at', () => {
    const edit = operationOf({ device: 'b', at: 9 });
    for (const record of [merged(operationOf(), removal, edit), merged(operationOf(), edit, removal)]) {
      expect([isDeleted(record), isEditedAfterDelete(record)]).toEqual([true, true]);
      expect(shown(record, 'title')).toBe('b9');
    }
  });

  it('is taken back by another device that had seen it', () => {
    const record = merged(
      operationOf(),
      removal,
      operationOf({ device: 'b', at: 9, base: { '*': 2, title: 1 } }),
    );
    expect(isDeleted(record)).toBe(false);
  });

  it('of a record that only its own device wrote needs no look', () => {
    expect(isEditedAfterDelete(merged(operationOf(), removal))).toBe(false);
  });
});

describe('an operation that says what it replaces', () => {
  const first = operationOf({ at: 1, over: {} });
  const second = operationOf({ at: 2, over: { title: first.opId } });

  it('replaces it, and nothing else that its device wrote: that may be a copy of the device', () => {
    const ofCopy = operationOf({ at: 3, over: { title: first.opId } });
    const record = merged(first, second, ofCopy);
    expect([shown(record, 'title'), ...values(record, 'title')]).toEqual(['a3', 'a2']);
    expect(values(merged(first, second), 'title')).toEqual([]);
  });

  it('has replaced what comes only after it', () => {
    const record = merged(second, first);
    expect([shown(record, 'title'), ...values(record, 'title')]).toEqual(['a2']);
    const third = operationOf({ at: 3, over: { title: second.opId } });
    expect(values(merged(second, third, first), 'title')).toEqual([]);
    const ofOther = operationOf({ device: 'b', at: 9, base: { title: 1 }, over: {} });
    expect(values(merged(second, ofOther, first), 'title')).toEqual([]);
  });

  it('replaces what it has seen of others as well', () => {
    const other = operationOf({ device: 'b', at: 9, over: {} });
    const record = merged(first, other, { ...second, base: { title: 2 } });
    expect([shown(record, 'title'), ...values(record, 'title')]).toEqual(['a2']);
  });

  it('deletes what it says, and leaves what a copy of the device wrote for a look', () => {
    const removal = operationOf({ at: 5, kind: 'delete', over: { title: first.opId } });
    const edit = operationOf({ at: 6, over: { title: first.opId } });
    expect(isEditedAfterDelete(merged(first, removal))).toBe(false);
    expect(isEditedAfterDelete(merged(first, removal, edit))).toBe(true);
    expect(isDeleted(merged(first, removal, edit))).toBe(true);
    const undo = operationOf({ at: 7, over: { '*': removal.opId, title: first.opId } });
    expect(isDeleted(merged(first, removal, undo))).toBe(false);
  });

  it('goes by the rules of older apps where what stands does not say what it is', () => {
    const record = merged(operationOf({ at: 1 }), operationOf({ at: 2, over: {} }));
    expect([shown(record, 'title'), ...values(record, 'title')]).toEqual(['a2']);
  });
});

interface Draft {
  readonly device: number;
  readonly kind: 'put' | 'delete';
  readonly field: string;
  readonly value: string;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  device: fc.nat({ max: 2 }),
  kind: fc.constantFrom('put', 'put', 'put', 'delete'),
  field: fc.constantFrom('state', 'note'),
  value: fc.constantFrom('proposed', 'accepted', 'rejected'),
});

/** Another order of arrival: each device’s operations stay in theirs. */
function arrive(operations: readonly Operation[], order: readonly number[]): Operation[] {
  const queues = [0, 1, 2].map((device) => operations.filter(({ epoch }) => epoch === String(device)));
  const first = order.flatMap((device) => queues[device % 3]?.shift() ?? []);
  return [...first, ...queues.flat()];
}

function facts(record: MergedRecord): unknown {
  const fields = ['state', 'note'].map((field) => [shown(record, field), values(record, field).sort()]);
  return [fields, isDeleted(record), isDisputed(record), isEditedAfterDelete(record)];
}

/** As a device says what it replaces: of each field what it wrote there last, of a record that it deletes all. */
function sayingSo(operations: readonly Operation[]): Operation[] {
  const written = new Map<string, Record<string, Operation['opId']>>();
  return operations.map((operation) => {
    const { epoch, opId, kind, fields } = operation;
    const own = written.get(epoch) ?? {};
    const names = kind === 'delete' ? Object.keys(own) : ['*', ...Object.keys(fields)];
    const over = Object.fromEntries(Object.entries(own).filter(([name]) => names.includes(name)));
    const now = kind === 'delete' ? ['*'] : Object.keys(fields);
    written.set(epoch, { ...own, ...Object.fromEntries(now.map((name) => [name, opId])) });
    return { ...operation, over };
  });
}

it.each([
  ['devices', (device: number) => String(device), (operations: Operation[]) => operations],
  ['copies of one device', () => 'a', sayingSo],
] as const)(
  'every order of arrival from %s ends in the same record, with each one’s last word in it',
  (_, nameOf, asTold) => {
    fc.assert(
      fc.property(
        fc.constantFrom('inspection' as const, 'finding' as const, 'capture' as const),
        fc.array(draft, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat({ max: 2 }), { maxLength: 12 }),
        (entity, drafts, order) => {
          const made = drafts.map(({ device, kind, field, value }, place) =>
            operationOf({
              device: nameOf(device),
              epoch: String(device),
              at: place + 1,
              entity,
              kind,
              fields: kind === 'put' ? { [field]: value } : {},
            }),
          );
          const operations = asTold(made);
          const record = merged(...operations);
          expect(facts(merged(...arrive(operations, order)))).toEqual(facts(record));
          for (const field of ['state', 'note']) {
            const last = new Map(
              operations
                .filter(({ fields }) => field in fields)
                .map(({ epoch, fields }) => [epoch, fields[field]]),
            );
            const kept = [shown(record, field), ...values(record, field)];
            for (const value of last.values()) expect(kept).toContain(value);
          }
        },
      ),
      { numRuns: 2000 },
    );
  },
);
