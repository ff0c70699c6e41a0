import type { InspectionId } from '../../core/contract/ids.ts';
import { changeBytes } from './byte-ledger.ts';
import type { Restore } from './inspection-store.ts';
import { commit } from './commit.ts';
import { putOf, removalOf, undoOf } from './outbox.ts';
import { ownerOf } from './owner.ts';
import { purgePhoto } from './photo-deletion.ts';
import { isTrashedPhoto, ownedStores } from './schema.ts';
import { StorageError } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';

/** Undo is offered for seconds; another tab's undo must not lose its ground under a start-up purge. */
export const UNDO_MS = 10 * 60 * 1000;

/** Hides the inspection and all that belongs to it; `purge` removes them once undo is over. */
export async function deleteInspection(parts: StoreParts, id: InspectionId): Promise<Restore> {
  const told = [{ entity: 'inspection', inspectionId: id }] as const;
  await commit(parts, ['inspections', 'trash'], told, async ({ transaction, append }) => {
    // A repeat after a lost answer finds the work done.
    if (await transaction.get('trash', id)) return;
    const inspection = await ownerOf(transaction, parts.rows, id);
    transaction.put('trash', { id, deletedAt: parts.now(), inspection });
    transaction.delete('inspections', id);
    await append(inspection, [removalOf('inspection', id)]);
  });
  return () => restoreInspection(parts, id);
}

export async function restoreInspection(parts: StoreParts, id: InspectionId): Promise<void> {
  const told = [{ entity: 'inspection', inspectionId: id }] as const;
  await commit(parts, ['inspections', 'trash'], told, async ({ transaction, append }) => {
    if (await transaction.get('inspections', id)) return;
    const trashed = parts.rows.one('trash', await transaction.get('trash', id));
    if (!trashed || isTrashedPhoto(trashed))
      throw new StorageError({ kind: 'unwritable', detail: 'It is too late to undo this.' });
    transaction.put('inspections', trashed.inspection);
    transaction.delete('trash', id);
    // A put of every field after a delete: the server brings the inspection back.
    await append(trashed.inspection, [undoOf(putOf('inspection', trashed.inspection))]);
  });
}

/** Removes for good what was deleted before undo ran out; all of it when space is needed. */
export async function purge(parts: StoreParts, isSpaceNeeded = false): Promise<number> {
  const { records, rows } = parts;
  const trashed = rows.many(
    'trash',
    await records.read(['trash'], (transaction) => transaction.all('trash')),
  );
  // Either direction: a clock that was set back must not keep the trash for years.
  const isOver = (at: number): boolean => isSpaceNeeded || Math.abs(parts.now() - at) > UNDO_MS;
  const due = trashed.filter((entry) => isOver(entry.deletedAt));
  for (const entry of due) {
    await (isTrashedPhoto(entry) ? purgePhoto(parts, entry) : purgeOne(parts, entry.id));
  }
  return due.length;
}

/** Files first, the trash row last: an interrupted purge goes on at the next start. */
export async function purgeOne(parts: StoreParts, id: InspectionId): Promise<void> {
  const { records, rows, files } = parts;
  const raws = await records.read(['captures'], (transaction) =>
    transaction.allBy('captures', 'inspection', id),
  );
  const captures = rows.many('captures', raws);
  for (const capture of captures) await files.remove(capture.id);
  await records.write([...ownedStores, 'trash', 'ledger'], async (transaction) => {
    if (!(await transaction.get('trash', id))) return;
    for (const store of ownedStores) {
      const owned = rows.many(store, await transaction.allBy(store, 'inspection', id));
      for (const row of owned) transaction.delete(store, row.id);
    }
    const bytes = captures.reduce((sum, capture) => sum + capture.bytes, 0);
    await changeBytes(transaction, rows, -captures.length, -bytes);
    transaction.delete('trash', id);
  });
}
