import * as v from 'valibot';
import { CaptureId } from '../../core/contract/ids.ts';
import { Capture } from '../../core/contract/records.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { CaptureDraft, StorageFailure } from './inspection-store.ts';
import { commit, type Save } from './commit.ts';
import { changeBytes } from './byte-ledger.ts';
import { purge } from './deletion.ts';
import { putOfCapture } from './outbox.ts';
import { ownerOf } from './owner.ts';
import type { StagedPhoto } from './photo-files.ts';
import { asStorageFailure, wasRefused } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';
import { refuseTwin } from './twin.ts';

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
  const first = await attempt(parts, draft, photo);
  // Evidence is worth more than the undo of a deletion.
  if (first.ok || first.kind !== 'no-space' || (await purge(parts, true)) === 0) return first;
  return attempt(parts, draft, photo);
}

function attempt(
  parts: StoreParts,
  draft: CaptureDraft,
  photo: Blob,
): Promise<Outcome<Capture, StorageFailure>> {
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
    await refuseTwin(transaction, rows, capture);
    return ownerOf(transaction, rows, capture.inspectionId);
  });
  await files.keep(capture.id, { schemaV: 1, capture, inspection });
  try {
    const save = async ({ transaction, append }: Save): Promise<void> => {
      // Another tab may have saved the same photo, or deleted the inspection, since it was staged.
      const [owner, known] = await Promise.all([
        ownerOf(transaction, rows, capture.inspectionId),
        transaction.get('captures', capture.id),
        refuseTwin(transaction, rows, capture),
      ]);
      if (known === undefined) await changeBytes(transaction, rows, 1, capture.bytes);
      transaction.put('captures', capture);
      await append(owner, [putOfCapture(capture)]);
    };
    const foreseen = [{ entity: 'capture', id: capture.id }] as const;
    await commit(parts, ['inspections', 'captures'], told, save, foreseen);
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
