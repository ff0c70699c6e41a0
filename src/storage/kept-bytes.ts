import type { CaptureId, InspectionId } from '../../core/contract/ids.ts';
import { allOperations } from './outbox.ts';
import { sha256 } from './sha256.ts';
import type { StoreParts } from './store-parts.ts';

/** What an inspection takes on this device, and how much of it no server has yet. */
export interface KeptInspection {
  readonly inspectionId: InspectionId;
  readonly photos: number;
  readonly photoBytes: number;
  /** Changes that wait for a server; 0 means that all of it is safe elsewhere. Always 0 for a demo. */
  readonly waiting: number;
}

export async function keptInspections(parts: StoreParts): Promise<readonly KeptInspection[]> {
  const { records, rows } = parts;
  const operations = await allOperations(parts);
  const waiting = operations.filter(({ state }) => state !== 'acked').map(({ id }) => id);
  const stores = ['inspections', 'captures', 'analyses', 'findings', 'reviews'] as const;
  return records.read(stores, async (read) => {
    const [inspections, captures] = await Promise.all([read.all('inspections'), read.all('captures')]);
    const photos = rows.many('captures', captures);
    const owners = new Map<string, InspectionId>(photos.map(({ id, inspectionId }) => [id, inspectionId]));
    for (const store of ['analyses', 'findings', 'reviews'] as const) {
      for (const { id, inspectionId } of rows.many(store, await read.all(store)))
        owners.set(id, inspectionId);
    }
    return rows.many('inspections', inspections).map(({ id: inspectionId }) => {
      const own = photos.filter((capture) => capture.inspectionId === inspectionId);
      return {
        inspectionId,
        photos: own.length,
        photoBytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
        waiting: waiting.filter((id) => id === inspectionId || owners.get(id) === inspectionId).length,
      };
    });
  });
}

/** Reads every photo again and compares it with the hash it was saved under; resolves with those that differ. */
export async function verifyPhotos(
  { records, rows, files }: StoreParts,
  onProgress: (done: number, all: number) => void,
  signal?: AbortSignal,
): Promise<readonly CaptureId[]> {
  const raws = await records.read(['captures'], (read) => read.all('captures'));
  const captures = rows.many('captures', raws);
  const spoiled: CaptureId[] = [];
  for (const [done, capture] of captures.entries()) {
    signal?.throwIfAborted();
    const photo = await files.read(capture.id);
    const hash = photo && (await sha256(await photo.arrayBuffer()));
    if (hash !== capture.sha256) spoiled.push(capture.id);
    onProgress(done + 1, captures.length);
  }
  return spoiled;
}
