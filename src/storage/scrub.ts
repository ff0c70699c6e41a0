import { lossBySentinels, type Loss } from '../../core/sync-rules/sentinel.ts';
import { purge } from './deletion.ts';
import { takenElsewhere } from './elsewhere.ts';
import { releaseQuarantined } from './quarantine.ts';
import { allOperations } from './outbox.ts';
import { recoverPhotos, type PhotoFindings } from './recover-photos.ts';
import { replay } from './replay.ts';
import { isTrashedPhoto, type OutboxHead } from './schema.ts';
import type { Sentinels } from './sentinels.ts';
import type { StoreParts } from './store-parts.ts';

/** What was found and done at start-up, for the screen to tell. */
export interface ScrubReport extends PhotoFindings {
  readonly loss: Loss | undefined;
  /** Changes that came back from the journal after a loss. */
  readonly replayed: number;
  /** Half-written files of a killed save that nobody was told of. */
  readonly leftovers: number;
  /** Records that no schema accepts; the rescue hands them over. */
  readonly quarantined: number;
  /** The reserve for records does not fit any more. */
  readonly isSpaceLow: boolean;
}

/**
 * Brings files, records and sentinels back into step after whatever ended the last run. To be run while
 * no tab is between a photo's file and its record.
 */
export async function scrub(parts: StoreParts, sentinels: Sentinels): Promise<ScrubReport> {
  const { files, journal } = parts;
  const loss = lossBySentinels(await headOf(parts), await sentinels.seen());
  const replayed = loss ? await replay(parts, await journal.operations(), loss) : 0;
  await sentinels.note(await firstHead(parts));
  // A kill may have come between a record and its line in the journal.
  await journal.catchUp(await allOperations(parts)).catch(() => undefined);
  const leftovers = await files.sweep();
  const quarantined = await releaseQuarantined(parts);
  const photos = await recoverPhotos(parts, loss);
  // After the recovery, or a stray photo of what was purged would bring its inspection back.
  await purge(parts);
  await recount(parts);
  if (replayed > 0) await tellOfAll(parts);
  const isSpaceLow = !(await files.holdReserve());
  return { ...photos, loss, replayed, leftovers, quarantined, isSpaceLow };
}

async function headOf({ records, rows }: StoreParts): Promise<OutboxHead | undefined> {
  const row = rows.one('ledger', await records.read(['ledger'], (read) => read.get('ledger', 'outbox')));
  return row?.key === 'outbox' ? row : undefined;
}

/** Kept from the start, so that a database that vanishes before its first operation is missed too. */
function firstHead({ records, outbox }: StoreParts): Promise<OutboxHead> {
  return records.write(['ledger'], async (transaction) => {
    const head = await outbox.head(transaction);
    transaction.put('ledger', head);
    return head;
  });
}

/** Lists that were read before the replay know nothing of what it brought back. */
async function tellOfAll({ records, rows, changes }: StoreParts): Promise<void> {
  const raws = await records.read(['inspections'], (read) => read.all('inspections'));
  for (const { id: inspectionId } of rows.many('inspections', raws)) {
    changes.tell(
      ...(['inspection', 'capture', 'analysis', 'finding'] as const).map((entity) => ({
        entity,
        inspectionId,
      })),
    );
  }
}

/** The ledger counts by increments; what a crash or a loss has bent is set right from the records. */
async function recount({ records, rows }: StoreParts): Promise<void> {
  await records.write(['captures', 'trash', 'ledger', 'serverStates'], async (transaction) => {
    const trashed = rows.many('trash', await transaction.all('trash'));
    const all = [
      ...rows.many('captures', await transaction.all('captures')),
      ...trashed.filter(isTrashedPhoto).map(({ capture }) => capture),
    ];
    const elsewhere = await takenElsewhere(
      transaction,
      rows,
      all.map(({ id }) => id),
    );
    const captures = all.filter(({ id }) => !elsewhere.has(id));
    const photoBytes = captures.reduce((sum, capture) => sum + capture.bytes, 0);
    transaction.put('ledger', { key: 'bytes', photos: captures.length, photoBytes });
  });
}
