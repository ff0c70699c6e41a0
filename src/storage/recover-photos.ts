import type { CaptureId } from '../../core/contract/ids.ts';
import type { Capture } from '../../core/contract/records.ts';
import type { Loss } from '../../core/sync-rules/sentinel.ts';
import { commit } from './commit.ts';
import { putOf, putOfCapture } from './outbox.ts';
import { takenElsewhere } from './elsewhere.ts';
import type { KeptFile } from './photo-files.ts';
import type { Sidecar } from './schema.ts';
import type { StoreParts } from './store-parts.ts';

export interface PhotoFindings {
  /** Photos whose record came back from the sidecar. */
  readonly recovered: readonly CaptureId[];
  /** Records whose photo is gone or cut. */
  readonly missing: readonly CaptureId[];
  /** Photos without a readable sidecar: not shown in any inspection, handed over by the rescue. */
  readonly unplaced: readonly CaptureId[];
}

/** Holds files against records, and brings back the records of files that have none. */
export async function recoverPhotos(parts: StoreParts, loss: Loss | undefined): Promise<PhotoFindings> {
  const { records, rows, files } = parts;
  const kept = await files.list();
  const raws = await records.read(['captures'], (read) => read.all('captures'));
  const captures = new Map(rows.many('captures', raws).map((capture) => [capture.id, capture]));
  const elsewhere = await records.read(['serverStates'], (read) =>
    takenElsewhere(read, rows, [...captures.keys()]),
  );
  const trashed = rows.many('trash', await records.read(['trash'], (read) => read.all('trash')));
  const known = new Set<string>([...captures.keys(), ...trashed.map(({ id }) => id)]);
  const recovered: CaptureId[] = [];
  const unplaced: CaptureId[] = [];
  for (const file of kept.filter(({ id }) => !known.has(id))) {
    const outcome = await place(parts, file, loss);
    if (outcome === 'recovered') recovered.push(file.id);
    if (outcome === 'unplaced') unplaced.push(file.id);
  }
  const sizes = new Map(kept.map((file) => [file.id, file.bytes]));
  const missing = [...captures.values()].filter(
    ({ id, bytes }) => sizes.get(id) !== bytes && !(elsewhere.has(id) && !sizes.has(id)),
  );
  return { recovered, missing: missing.map((capture) => capture.id), unplaced };
}

async function place(
  parts: StoreParts,
  file: KeptFile,
  loss: Loss | undefined,
): Promise<'recovered' | 'unplaced' | 'removed'> {
  const sidecar = await parts.files.sidecar(file.id);
  if (file.bytes === undefined) {
    // The photo went first when it was removed: nothing is left to keep.
    await parts.files.remove(file.id);
    return 'removed';
  }
  if (!sidecar || sidecar.capture.bytes !== file.bytes) return 'unplaced';
  if (sidecar.isImport && !loss) {
    // An import that was killed before its records: all or nothing.
    await parts.files.remove(file.id);
    return 'removed';
  }
  const twin = await twinOf(parts, sidecar.capture);
  if (twin && (await parts.files.read(twin.id))?.size === twin.bytes) {
    // The user was told that saving failed and saved the same photo again.
    await parts.files.remove(file.id);
    return 'removed';
  }
  await bringBack(parts, sidecar);
  return 'recovered';
}

async function twinOf({ records, rows }: StoreParts, capture: Capture): Promise<Capture | undefined> {
  const key = [capture.inspectionId, capture.sha256];
  const raws = await records.read(['captures'], (read) => read.allBy('captures', 'photo', key));
  return rows.many('captures', raws).find((other) => other.id !== capture.id);
}

async function bringBack(parts: StoreParts, { capture, inspection }: Sidecar): Promise<void> {
  const { inspectionId } = capture;
  const told = [
    { entity: 'inspection', inspectionId },
    { entity: 'capture', inspectionId },
  ] as const;
  await commit(parts, ['inspections', 'trash', 'captures'], told, async ({ transaction, append }) => {
    transaction.put('captures', capture);
    // A purge that was interrupted takes it along.
    if ((await transaction.get('trash', inspectionId)) !== undefined) return;
    const isKnown = (await transaction.get('inspections', inspectionId)) !== undefined;
    if (!isKnown) transaction.put('inspections', inspection);
    await append(inspection, [...(isKnown ? [] : [putOf('inspection', inspection)]), putOfCapture(capture)]);
  });
}
