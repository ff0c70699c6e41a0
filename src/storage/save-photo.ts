import * as v from 'valibot';
import { CaptureId } from '../../core/contract/ids.ts';
import { Capture } from '../../core/contract/records.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { CaptureDraft, StorageFailure } from './inspection-store.ts';
import { commit } from './commit.ts';
import { changeBytes } from './byte-ledger.ts';
import { putOfCapture } from './outbox.ts';
import { ownerOf } from './owner.ts';
import type { StagedPhoto } from './photo-files.ts';
import type { ReadTransaction } from './records.ts';
import { asStorageFailure, StorageError, wasRefused } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';

/**
 * File first, record last: whatever is interrupted leaves either nothing, or a whole file whose sidecar
 * brings the record back. The failure of any step takes the earlier ones back.
 */
export async function savePhoto(
  parts: StoreParts,
  draft: CaptureDraft,
  photo: Blob,
): Promise<Outcome<Capture, StorageFailure>> {
  if (photo.size === 0) return fail({ kind: 'unwritable', detail: `${draft.fileName} is empty` });
  const id = v.parse(CaptureId, parts.newId());
  return parts.whileWriting(async () => {
    try {
      const refusal = await parts.space.refusal(photo.size);
      if (refusal) return fail(refusal);
      const staged = await parts.files.stage(id, photo);
      return succeed(await record(parts, captureOf(parts, id, draft, photo, staged)));
    } catch (error) {
      await parts.files.discard(id).catch(() => undefined);
      return fail(await parts.space.explain(asStorageFailure(error, photo.size)));
    }
  });
}

async function record(parts: StoreParts, capture: Capture): Promise<Capture> {
  const { records, rows, files } = parts;
  const told = [{ entity: 'capture', inspectionId: capture.inspectionId }] as const;
  const inspection = await records.read(['inspections', 'captures'], async (transaction) => {
    await refuseTwin(transaction, parts, capture);
    return ownerOf(transaction, rows, capture.inspectionId);
  });
  await files.keep(capture.id, { schemaV: 1, capture, inspection });
  try {
    await commit(parts, ['inspections', 'captures'], told, async ({ transaction, append }) => {
      // Another tab may have saved the same photo, or deleted the inspection, since it was staged.
      await refuseTwin(transaction, parts, capture);
      const owner = await ownerOf(transaction, rows, capture.inspectionId);
      const isKnown = (await transaction.get('captures', capture.id)) !== undefined;
      if (!isKnown) await changeBytes(transaction, rows, 1, capture.bytes);
      transaction.put('captures', capture);
      await append(owner, [putOfCapture(capture)]);
    });
  } catch (error) {
    if (wasRefused(error)) await files.remove(capture.id).catch(() => undefined);
    throw error;
  }
  return capture;
}

function captureOf(
  parts: StoreParts,
  id: CaptureId,
  draft: CaptureDraft,
  photo: Blob,
  staged: StagedPhoto,
): Capture {
  return v.parse(Capture, {
    ...draft,
    schemaV: 1,
    id,
    sha256: staged.sha256,
    bytes: staged.bytes,
    mediaType: photo.type || 'application/octet-stream',
    createdAt: parts.now(),
  });
}

async function refuseTwin(transaction: ReadTransaction, parts: StoreParts, capture: Capture): Promise<void> {
  const key = [capture.inspectionId, capture.sha256];
  const twins = parts.rows.many('captures', await transaction.allBy('captures', 'photo', key));
  const twin = twins.find((other) => other.id !== capture.id);
  if (twin) throw new StorageError({ kind: 'duplicate', captureId: twin.id });
}
