import type { Change } from '../../core/domain/operation.ts';
import type { Inspection } from '../../core/contract/records.ts';
import type { StoreChange } from './inspection-store.ts';
import { allOperations, outboxStores, type RecordName } from './outbox.ts';
import type { WriteTransaction } from './records.ts';
import type { StoreName } from './schema.ts';
import { asStorageFailure, wasRefused } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';

/** A save in the making: its transaction, and the way into the outbox within it. */
export interface Save {
  readonly transaction: WriteTransaction;
  /** Appends what happened to records of `owner`; nothing for a demo. */
  readonly append: (owner: Pick<Inspection, 'demo'>, changes: readonly Change[]) => Promise<void>;
}

/**
 * Records and their operations in one strict transaction, then in the journal; listeners and sentinels
 * hear of it once it is durable. `body` may run twice, see Records. `foreseen` are records that the save will
 * probably append: knowing them saves a round trip.
 */
export async function commit(
  parts: StoreParts,
  stores: readonly StoreName[],
  told: readonly StoreChange[],
  body: (save: Save) => Promise<void>,
  foreseen: readonly RecordName[] = [],
): Promise<void> {
  const { records, outbox, changes, files, journal } = parts;
  const batch = outbox.begin();
  const write = (): Promise<void> =>
    records.write([...new Set([...stores, ...outboxStores])], (transaction) => {
      const asked = outbox.ask(transaction, batch, foreseen);
      return body({
        transaction,
        append: (owner, appended) => outbox.append(transaction, asked, owner, batch, appended),
      });
    });
  await write()
    .catch(async (error: unknown) => {
      // The reserve is for records: judging goes on when no more photos fit.
      if (asStorageFailure(error).kind !== 'no-space' || !(await files.releaseReserve())) throw error;
      await write();
    })
    .catch((error: unknown) => {
      if (!wasRefused(error)) journal.doubt();
      throw error;
    });
  outbox.committed(batch);
  await journal.keep(batch.operations, () => allOperations(parts));
  changes.tell(...told);
}
