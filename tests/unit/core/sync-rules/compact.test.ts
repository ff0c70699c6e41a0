import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../../core/contract/operation.ts';
import { applyOperation } from '../../../../core/sync-rules/apply-operation.ts';
import { compacted } from '../../../../core/sync-rules/compact.ts';
import { operationOf } from './operations-for-tests.ts';

const NONE: ReadonlySet<string> = new Set();

/** Every record as a replay of these operations leaves it. */
function replayed(operations: readonly Operation[]): Map<string, unknown> {
  const records = new Map<string, Readonly<Record<string, unknown>> | undefined>();
  for (const operation of operations) {
    const key = `${operation.entity} ${operation.id}`;
    records.set(key, applyOperation(records.get(key), operation));
  }
  return new Map([...records].filter(([, record]) => record !== undefined));
}

const inspection = (fields: Operation['fields'], more: Partial<Operation> = {}): Operation =>
  operationOf({ entity: 'inspection', id: 'i', kind: 'put', fields, ...more });

describe('what a journal may leave out', () => {
  it('is what was written again, field by field', () => {
    const [first, title, site, again] = [
      inspection({ title: 'a', site: 'b' }),
      inspection({ title: 'c' }),
      inspection({ site: 'd' }),
      inspection({ title: 'e' }),
    ];
    expect(compacted([first, title, site, again], NONE, NONE)).toEqual([site, again]);
    expect(compacted([first, title], NONE, NONE)).toEqual([first, title]);
  });

  it('is never what waits for a server', () => {
    const operations = [inspection({ title: 'a' }), inspection({ title: 'b' }), inspection({ title: 'c' })];
    const waiting = new Set([operations[0]?.opId ?? '']);
    expect(compacted(operations, waiting, NONE)).toEqual([operations[0], operations[2]]);
  });

  it('is never what a deletion stands between: undo needs the record before it', () => {
    const operations = [
      inspection({ title: 'a' }),
      inspection({}, { kind: 'delete' }),
      inspection({ title: 'a' }),
    ];
    expect(compacted(operations, NONE, NONE)).toEqual(operations);
  });

  it('is all of an inspection that was removed for good but its deletion, unless something of it waits', () => {
    const whole = inspection({ title: 'a' });
    const finding = operationOf({
      entity: 'finding',
      id: 'f',
      kind: 'put',
      fields: { inspectionId: 'i', state: 'proposed' },
    });
    const judged = operationOf({ entity: 'finding', id: 'f', kind: 'put', fields: { state: 'accepted' } });
    const gone = inspection({}, { kind: 'delete' });
    const other = operationOf({ entity: 'inspection', id: 'j', kind: 'put', fields: { title: 'b' } });
    const operations = [whole, finding, judged, gone, other];
    const removed = new Set(['i']);
    expect(compacted(operations, NONE, removed)).toEqual([gone, other]);
    expect(compacted(operations, new Set([judged.opId]), removed)).toEqual(operations);
  });

  it('never changes what a replay ends in, whatever was acknowledged, and a second time nothing', () => {
    const change = fc.record({
      id: fc.constantFrom('i', 'j'),
      kind: fc.constantFrom<Operation['kind']>('put', 'put', 'put', 'delete'),
      fields: fc.dictionary(fc.constantFrom('title', 'site', 'note'), fc.constantFrom('1', '2', null), {
        minKeys: 1,
      }),
      waits: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const operations = changes.map(({ id, kind, fields }) =>
          operationOf({ entity: 'inspection', id, kind, fields: kind === 'put' ? fields : {} }),
        );
        const waiting = new Set(operations.filter((_, at) => changes[at]?.waits).map(({ opId }) => opId));
        const once = compacted(operations, waiting, NONE);
        expect(replayed(once)).toEqual(replayed(operations));
        expect(compacted(once, waiting, NONE)).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });
});
