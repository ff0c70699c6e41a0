import type { Capture } from '../../core/contract/records.ts';
import type { ReadTransaction } from './records.ts';
import { StorageError } from './storage-error.ts';
import type { TypedRows } from './typed-rows.ts';

/** The same bytes are kept once an inspection. */
export async function refuseTwin(
  transaction: ReadTransaction,
  rows: TypedRows,
  capture: Capture,
): Promise<void> {
  const key = [capture.inspectionId, capture.sha256];
  const twins = rows.many('captures', await transaction.allBy('captures', 'photo', key));
  const twin = twins.find((other) => other.id !== capture.id);
  if (twin) throw new StorageError({ kind: 'duplicate', captureId: twin.id });
}
