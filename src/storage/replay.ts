import * as v from 'valibot';
import type { Operation } from '../../core/contract/operation.ts';
import { parseClock } from '../../core/domain/hybrid-clock.ts';
import { applyOperation } from '../../core/sync-rules/apply-operation.ts';
import { inNewEpoch } from '../../core/sync-rules/new-epoch.ts';
import type { Loss } from '../../core/sync-rules/sentinel.ts';
import { entityStores } from './entity-stores.ts';
import type { WriteTransaction } from './records.ts';
import { afterWriting } from './outbox.ts';
import { CURSOR, serverKey, storeSchemas, type OutboxHead } from './schema.ts';
import type { StoreParts } from './store-parts.ts';

const replayStores = [
  ...Object.values(entityStores),
  ...(['operations', 'ledger', 'trash', 'serverStates', 'settings'] as const),
] as const;

/**
 * Brings a database that lost its end, or all of it, back to where the journal ends: one transaction, so
 * that a kill leaves the loss to be found again. The operations keep their ids and wait anew, in a new
 * epoch; a server that has them already recognises them. Resolves with how many were brought back.
 */
export async function replay(
  { records, rows, newId }: StoreParts,
  operations: readonly Operation[],
  loss: Loss,
): Promise<number> {
  const epoch = newId();
  return records.write(replayStores, async (transaction) => {
    const row = rows.one('ledger', await transaction.get('ledger', 'outbox'));
    const head = row?.key === 'outbox' ? row : undefined;
    const kept = rows.many('operations', await transaction.all('operations'));
    const missing = missingFrom(operations, kept, loss === 'rolled-back' ? head?.hlc : undefined);
    const touched = new Set(missing.map(recordKey));
    // Known operations are applied again where they are newer than a missing one of the same record.
    for (const operation of operations) {
      if (!touched.has(recordKey(operation))) continue;
      await apply(transaction, operation);
      const state = rows.one('serverStates', await transaction.get('serverStates', recordKey(operation)));
      transaction.put('serverStates', afterWriting(state, operation));
    }
    const waiting = inNewEpoch([...kept, ...missing.map(asWaiting)], epoch);
    for (const operation of waiting) transaction.put('operations', operation);
    transaction.put('ledger', nextHead(head, operations, epoch, waiting.length, newId));
    // What others wrote since may lie under what was applied again: the server tells everything once more.
    transaction.put('settings', { key: CURSOR, value: undefined });
    return missing.length;
  });
}

/** The same device, as far as anything still says which it was. */
function nextHead(
  head: OutboxHead | undefined,
  operations: readonly Operation[],
  epoch: string,
  seq: number,
  newId: () => string,
): OutboxHead {
  const last = operations.at(-1)?.hlc;
  const hlc = [head?.hlc, last]
    .filter((text) => text !== undefined)
    .sort()
    .at(-1);
  const device = parseClock(last ?? '')?.device ?? head?.device ?? newId();
  const former = head && { formerEpoch: head.epoch };
  return { key: 'outbox', device, epoch, seq, ...former, ...(hlc !== undefined && { hlc }) };
}

/** What a server has acknowledged is no longer in the outbox; only what came after `since` can be missing. */
function missingFrom(
  operations: readonly Operation[],
  kept: readonly Operation[],
  since: string | undefined,
): Operation[] {
  const known = new Set(kept.map((operation) => operation.opId));
  return operations.filter(
    (operation) => !known.has(operation.opId) && (since === undefined || operation.hlc > since),
  );
}

const recordKey = ({ entity, id }: Operation): string => serverKey(entity, id);
const asWaiting = (operation: Operation): Operation => ({
  ...operation,
  state: 'pending',
  tries: 0,
  nextAt: 0,
});

async function apply(transaction: WriteTransaction, operation: Operation): Promise<void> {
  const store = entityStores[operation.entity];
  const before: unknown = await transaction.get(store, operation.id);
  const after = applyOperation(isRecord(before) ? before : undefined, operation);
  if (operation.entity === 'inspection') hideOrShow(transaction, operation, before);
  if (operation.entity === 'capture') await hideOrShowPhoto(transaction, operation, before);
  if (after === undefined) transaction.delete(store, operation.id);
  else if (v.safeParse(storeSchemas[store], after).success) transaction.putUnparsed(store, after);
}

/**
 * As `deletePhoto` and its undo do: the file of a deleted photo must not look like one without a record. Its
 * analyses and findings are still there, since their deletions come after its own.
 */
async function hideOrShowPhoto(
  transaction: WriteTransaction,
  { id, kind, wall }: Operation,
  before: unknown,
): Promise<void> {
  if (kind === 'put') transaction.delete('trash', id);
  if (kind === 'put' || before === undefined) return;
  const [analyses, findings] = await Promise.all([
    transaction.allBy('analyses', 'capture', id),
    transaction.allBy('findings', 'capture', id),
  ]);
  transaction.putUnparsed('trash', { id, deletedAt: wall, capture: before, analyses, findings });
}

/** As `deleteInspection` and its undo do. */
function hideOrShow(transaction: WriteTransaction, { id, kind, wall }: Operation, before: unknown): void {
  if (kind === 'put') transaction.delete('trash', id);
  else if (before !== undefined)
    transaction.putUnparsed('trash', { id, deletedAt: wall, inspection: before });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
