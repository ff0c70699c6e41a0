import type { CaptureId, FindingId } from '../../core/contract/ids.ts';
import type { Finding } from '../../core/contract/records.ts';
import { changeBytes } from './byte-ledger.ts';
import { commit } from './commit.ts';
import type { Restore } from './inspection-store.ts';
import { putOf, putOfCapture, removalOf, undoOf } from './outbox.ts';
import { ownerOf } from './owner.ts';
import { isTrashedPhoto, type TrashedPhoto } from './schema.ts';
import { notKept, StorageError } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';
import { refuseTwin } from './twin.ts';

const stores = ['inspections', 'captures', 'analyses', 'findings', 'trash'] as const;
const entities = ['capture', 'analysis', 'finding'] as const;

/**
 * Takes a photo out of its inspection with its analyses and findings; its file stays until `purge`. What
 * people decided about its findings stays in the history of the inspection.
 */
export async function deletePhoto(parts: StoreParts, id: CaptureId): Promise<Restore> {
  const { records, rows, now } = parts;
  const known = rows.one('captures', await records.read(['captures'], (read) => read.get('captures', id)));
  const told = known ? entities.map((entity) => ({ entity, inspectionId: known.inspectionId })) : [];
  await commit(parts, stores, told, async ({ transaction, append }) => {
    // A repeat after a lost answer finds the work done.
    if (await transaction.get('trash', id)) return;
    const capture = rows.one('captures', await transaction.get('captures', id));
    if (!capture) throw notKept();
    const owner = await ownerOf(transaction, rows, capture.inspectionId);
    const analyses = rows.many('analyses', await transaction.allBy('analyses', 'capture', id));
    const findings = rows.many('findings', await transaction.allBy('findings', 'capture', id));
    transaction.put('trash', { id, deletedAt: now(), capture, analyses, findings });
    transaction.delete('captures', id);
    for (const analysis of analyses) transaction.delete('analyses', analysis.id);
    for (const finding of findings) transaction.delete('findings', finding.id);
    await append(owner, [
      removalOf('capture', id),
      ...analyses.map((analysis) => removalOf('analysis', analysis.id)),
      ...findings.map((finding) => removalOf('finding', finding.id)),
    ]);
  });
  return () => restorePhoto(parts, id);
}

export async function restorePhoto(parts: StoreParts, id: CaptureId): Promise<void> {
  const { records, rows } = parts;
  const row = rows.one('trash', await records.read(['trash'], (read) => read.get('trash', id)));
  const told =
    row && isTrashedPhoto(row)
      ? entities.map((entity) => ({ entity, inspectionId: row.capture.inspectionId }))
      : [];
  await commit(parts, stores, told, async ({ transaction, append }) => {
    if (await transaction.get('captures', id)) return;
    const trashed = rows.one('trash', await transaction.get('trash', id));
    if (!trashed || !isTrashedPhoto(trashed)) throw tooLate();
    const { capture, analyses, findings } = trashed;
    const owner = await ownerOf(transaction, rows, capture.inspectionId);
    await refuseTwin(transaction, rows, capture);
    transaction.put('captures', capture);
    for (const analysis of analyses) transaction.put('analyses', analysis);
    for (const finding of findings) transaction.put('findings', finding);
    transaction.delete('trash', id);
    const all = [
      putOfCapture(capture),
      ...analyses.map((analysis) => putOf('analysis', analysis)),
      ...findings.map((finding) => putOf('finding', finding)),
    ];
    await append(owner, all.map(undoOf));
  });
}

/** Only what a person drew: what a model proposed is rejected, so that the record says who decided it. */
export async function deleteFinding(parts: StoreParts, id: FindingId): Promise<Restore> {
  const { records, rows } = parts;
  const raw = await records.read(['findings'], (read) => read.get('findings', id));
  const finding = rows.one('findings', raw);
  if (finding && finding.origin !== 'human') {
    throw new StorageError({
      kind: 'unwritable',
      detail: 'A finding of the model is rejected, not deleted.',
    });
  }
  const told = finding ? [{ entity: 'finding', inspectionId: finding.inspectionId } as const] : [];
  await commit(parts, ['inspections', 'findings'], told, async ({ transaction, append }) => {
    // A repeat after a lost answer finds the work done, and brings the journal up to it.
    if (!finding || (await transaction.get('findings', id)) === undefined) return;
    const owner = await ownerOf(transaction, rows, finding.inspectionId);
    transaction.delete('findings', id);
    await append(owner, [removalOf('finding', id)]);
  });
  return finding ? () => restoreFinding(parts, finding) : () => Promise.reject(tooLate());
}

async function restoreFinding(parts: StoreParts, finding: Finding): Promise<void> {
  const { rows } = parts;
  const told = [{ entity: 'finding', inspectionId: finding.inspectionId }] as const;
  await commit(parts, ['inspections', 'captures', 'findings'], told, async ({ transaction, append }) => {
    if (await transaction.get('findings', finding.id)) return;
    const owner = await ownerOf(transaction, rows, finding.inspectionId);
    if (!(await transaction.get('captures', finding.captureId))) throw notKept();
    transaction.put('findings', finding);
    await append(owner, [undoOf(putOf('finding', finding))]);
  });
}

/** The file first, the trash row last: an interrupted purge goes on at the next start. */
export async function purgePhoto(parts: StoreParts, { id, capture }: TrashedPhoto): Promise<void> {
  const { records, rows, files } = parts;
  await files.remove(id);
  await records.write(['trash', 'thumbnails', 'ledger'], async (transaction) => {
    if (!(await transaction.get('trash', id))) return;
    transaction.delete('thumbnails', id);
    transaction.delete('trash', id);
    await changeBytes(transaction, rows, -1, -capture.bytes);
  });
}

const tooLate = (): StorageError =>
  new StorageError({ kind: 'unwritable', detail: 'It is too late to undo this.' });
