import type { WriteTransaction } from './records.ts';
import type { ByteLedger } from './schema.ts';
import type { TypedRows } from './typed-rows.ts';

/** Adds to the count of kept photos inside the transaction that adds or removes them. */
export async function changeBytes(
  transaction: WriteTransaction,
  rows: TypedRows,
  photos: number,
  bytes: number,
): Promise<void> {
  const row = rows.one('ledger', await transaction.get('ledger', 'bytes'));
  const before: ByteLedger = row?.key === 'bytes' ? row : { key: 'bytes', photos: 0, photoBytes: 0 };
  transaction.put('ledger', {
    key: 'bytes',
    photos: Math.max(0, before.photos + photos),
    photoBytes: Math.max(0, before.photoBytes + bytes),
  });
}
