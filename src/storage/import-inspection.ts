import type { CaptureId } from '../../core/contract/ids.ts';
import type { Capture, Inspection } from '../../core/contract/records.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { changeBytes } from './byte-ledger.ts';
import { commit, type Save } from './commit.ts';
import { purgeOne } from './deletion.ts';
import type { ImportFailure, InspectionImport } from './inspection-store.ts';
import { putOf, putOfCapture } from './outbox.ts';
import { asStorageFailure, StorageError, wasRefused } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';

/**
 * Photos first, then every record in one transaction. The sidecars say that they belong to an import, so
 * that the scrub after a kill in between removes the photos again instead of making half an inspection.
 */
export async function importInspection(
  parts: StoreParts,
  source: InspectionImport,
): Promise<Outcome<Inspection, ImportFailure>> {
  const { id } = source.inspection;
  if (await isHere(parts, 'inspections', id)) return fail({ kind: 'already-here', inspectionId: id });
  return parts.whileWriting(async () => {
    const kept: CaptureId[] = [];
    try {
      // Undo of its deletion would otherwise stand against the import.
      if (await isHere(parts, 'trash', id)) await purgeOne(parts, id);
      await refuseStrangers(parts, source);
      for (const capture of source.captures) {
        if (await keepPhoto(parts, source, capture)) kept.push(capture.id);
      }
      await keepRecords(parts, source);
      return succeed(source.inspection);
    } catch (error) {
      if (wasRefused(error) || !(await isHere(parts, 'inspections', id).catch(() => true))) {
        for (const captureId of kept) await parts.files.remove(captureId).catch(() => undefined);
      }
      return fail(await parts.space.explain(asStorageFailure(error)));
    }
  });
}

/** An id of a record that is kept already would overwrite it, and a photo with it. */
async function refuseStrangers({ records, files }: StoreParts, source: InspectionImport): Promise<void> {
  const stores = ['captures', 'analyses', 'findings', 'reviews'] as const;
  const isTaken = await records.read(stores, async (read) => {
    for (const store of stores) {
      for (const { id } of source[store]) if ((await read.get(store, id)) !== undefined) return true;
    }
    return false;
  });
  const photos = await Promise.all(source.captures.map(({ id }) => files.read(id)));
  if (!isTaken && photos.every((photo) => photo === undefined)) return;
  const detail = 'Some of its records are kept here already, in another inspection.';
  throw new StorageError({ kind: 'unwritable', detail });
}

function isHere({ records }: StoreParts, store: 'inspections' | 'trash', id: string): Promise<boolean> {
  return records.read([store], async (read) => (await read.get(store, id)) !== undefined);
}

/** Whether there was a photo; a capture without one is imported and shown as missing it. */
async function keepPhoto(parts: StoreParts, source: InspectionImport, capture: Capture): Promise<boolean> {
  const { files } = parts;
  const photo = await source.photo(capture);
  if (!photo) return false;
  try {
    const { sha256 } = await files.stage(capture.id, photo);
    if (sha256 !== capture.sha256) {
      throw new StorageError({ kind: 'unwritable', detail: `${capture.fileName} is not the photo it says` });
    }
    const { inspection } = source;
    await files.keep(capture.id, { schemaV: 1, capture, inspection, isImport: true });
    return true;
  } catch (error) {
    await files.discard(capture.id).catch(() => undefined);
    throw error;
  }
}

async function keepRecords(parts: StoreParts, source: InspectionImport): Promise<void> {
  const { inspection, captures, analyses, findings, reviews } = source;
  const { id: inspectionId } = inspection;
  const told = (['inspection', 'capture', 'analysis', 'finding'] as const).map((entity) => ({
    entity,
    inspectionId,
  }));
  const stores = ['inspections', 'captures', 'analyses', 'findings', 'reviews'] as const;
  await commit(parts, stores, told, async ({ transaction, append }: Save) => {
    const isNew = (await transaction.get('inspections', inspectionId)) === undefined;
    transaction.put('inspections', inspection);
    for (const capture of captures) transaction.put('captures', capture);
    for (const analysis of analyses) transaction.put('analyses', analysis);
    for (const finding of findings) transaction.put('findings', finding);
    for (const review of reviews) transaction.put('reviews', review);
    const bytes = captures.reduce((sum, capture) => sum + capture.bytes, 0);
    if (isNew) await changeBytes(transaction, parts.rows, captures.length, bytes);
    await append(inspection, [
      putOf('inspection', inspection),
      ...captures.map((capture) => putOfCapture(capture)),
      ...analyses.map((analysis) => putOf('analysis', analysis)),
      ...findings.map((finding) => putOf('finding', finding)),
      ...reviews.map((review) => putOf('review', review)),
    ]);
  });
}
