import type { Operation } from '../../core/contract/operation.ts';
import type { Capture } from '../../core/contract/records.ts';
import { entityStores } from './entity-stores.ts';
import type { ReadTransaction, WriteTransaction } from './records.ts';
import { serverKey } from './schema.ts';
import type { StoreParts } from './store-parts.ts';

type Parts = Pick<StoreParts, 'rows' | 'now'>;

/**
 * Takes away what was deleted elsewhere, as deleting it here does: it lies in the trash for a while. Answers
 * false, and leaves it, while a photo of it is nowhere but here.
 */
export async function takeAway(
  { rows, now }: Parts,
  transaction: WriteTransaction,
  entity: Operation['entity'],
  id: string,
): Promise<boolean> {
  const deletedAt = now();
  if (entity === 'inspection') {
    const inspection = rows.one('inspections', await transaction.get('inspections', id));
    if (!inspection) return true;
    const raws = await transaction.allBy('captures', 'inspection', id);
    if (!(await areSafe(transaction, rows.many('captures', raws)))) return false;
    transaction.put('trash', { id: inspection.id, deletedAt, inspection });
  }
  if (entity === 'capture') {
    const capture = rows.one('captures', await transaction.get('captures', id));
    if (!capture) return true;
    if (!(await areSafe(transaction, [capture]))) return false;
    const analyses = rows.many('analyses', await transaction.allBy('analyses', 'capture', id));
    const findings = rows.many('findings', await transaction.allBy('findings', 'capture', id));
    for (const analysis of analyses) transaction.delete('analyses', analysis.id);
    for (const finding of findings) transaction.delete('findings', finding.id);
    transaction.put('trash', { id: capture.id, deletedAt, capture, analyses, findings });
  }
  transaction.delete(entityStores[entity], id);
  return true;
}

/** The server has given a receipt for each, or they were taken elsewhere. */
async function areSafe(transaction: ReadTransaction, captures: readonly Capture[]): Promise<boolean> {
  const areSafe = captures.map(async ({ id, sha256 }) => {
    const [transfer, state] = await Promise.all([
      transaction.get('photoTransfers', sha256),
      transaction.get('serverStates', serverKey('capture', id)),
    ]);
    return has(transfer, 'receivedAt') || has(state, 'isElsewhere');
  });
  return (await Promise.all(areSafe)).every(Boolean);
}

const has = (row: unknown, name: string): boolean =>
  typeof row === 'object' && row !== null && Reflect.get(row, name) !== undefined;

/** Looks again at what had to stay; resolves with how much still does. */
export async function takeAwayLeft(parts: StoreParts): Promise<number> {
  const { records, rows, changes } = parts;
  const stores = [...Object.values(entityStores), 'trash', 'serverStates', 'photoTransfers'] as const;
  const raws = await records.read(['serverStates'], (read) => read.allBy('serverStates', 'todo', 'remove'));
  let left = 0;
  for (const state of rows.many('serverStates', raws)) {
    const isGone = await records.write(stores, async (transaction) => {
      const isTaken = await takeAway(parts, transaction, state.entity, state.id);
      const { todo: _done, ...rest } = state;
      if (isTaken) transaction.put('serverStates', rest);
      return isTaken;
    });
    if (!isGone) left++;
    else if (state.entity === 'inspection') {
      changes.tell({ entity: 'inspection', inspectionId: state.id as never });
    }
  }
  return left;
}
