import type { InspectionId } from '../../core/contract/ids.ts';
import type { Inspection } from '../../core/contract/records.ts';
import type { ReadTransaction } from './records.ts';
import { StorageError } from './storage-error.ts';
import type { TypedRows } from './typed-rows.ts';

/** The inspection that a record belongs to. Late results for a deleted one are refused, not resurrected. */
export async function ownerOf(
  transaction: ReadTransaction,
  rows: TypedRows,
  id: InspectionId,
): Promise<Inspection> {
  const inspection = rows.one('inspections', await transaction.get('inspections', id));
  if (inspection) return inspection;
  throw new StorageError({ kind: 'unwritable', detail: 'The inspection is not kept here any more.' });
}
