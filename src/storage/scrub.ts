import { inNewEpoch } from '../../core/sync-rules/new-epoch.ts';
import { lossBySentinels, type Loss } from '../../core/sync-rules/sentinel.ts';
import { purge } from './deletion.ts';
import { releaseQuarantined } from './quarantine.ts';
import { recoverPhotos, type PhotoFindings } from './recover-photos.ts';
import type { Sentinels } from './sentinels.ts';
import type { StoreParts } from './store-parts.ts';

/** What was found and done at start-up, for the screen to tell. */
export interface ScrubReport extends PhotoFindings {
  readonly loss: Loss | undefined;
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
  const loss = await headLoss(parts, sentinels);
  await purge(parts);
  const leftovers = await parts.files.sweep();
  const quarantined = await releaseQuarantined(parts);
  const photos = await recoverPhotos(parts);
  await recount(parts);
  const isSpaceLow = !(await parts.files.holdReserve());
  return { ...photos, loss, leftovers, quarantined, isSpaceLow };
}

async function headLoss(parts: StoreParts, sentinels: Sentinels): Promise<Loss | undefined> {
  const { records, rows, outbox } = parts;
  const seen = await sentinels.seen();
  const raw = await records.read(['ledger'], (read) => read.get('ledger', 'outbox'));
  const row = rows.one('ledger', raw);
  const head = row?.key === 'outbox' ? row : undefined;
  const loss = lossBySentinels(head, seen);
  const epoch = parts.newId();
  if (loss === 'rolled-back' && head) {
    await records.write(['operations', 'ledger'], async (transaction) => {
      const before = await outbox.head(transaction);
      const waiting = inNewEpoch(rows.many('operations', await transaction.all('operations')), epoch);
      for (const operation of waiting) transaction.put('operations', operation);
      transaction.put('ledger', { ...before, epoch, formerEpoch: before.epoch, seq: waiting.length });
    });
  }
  const now = await records.write(['ledger'], async (transaction) => {
    const next = await outbox.head(transaction);
    transaction.put('ledger', next);
    return next;
  });
  await sentinels.note(now);
  return loss;
}

/** The ledger counts by increments; what a crash or a loss has bent is set right from the records. */
async function recount({ records, rows }: StoreParts): Promise<void> {
  await records.write(['captures', 'ledger'], async (transaction) => {
    const captures = rows.many('captures', await transaction.all('captures'));
    const photoBytes = captures.reduce((sum, capture) => sum + capture.bytes, 0);
    transaction.put('ledger', { key: 'bytes', photos: captures.length, photoBytes });
  });
}
