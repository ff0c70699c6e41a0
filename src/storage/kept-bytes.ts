import type { CaptureId, InspectionId } from '../../core/contract/ids.ts';
import { takenElsewhere } from './elsewhere.ts';
import { allOperations } from './outbox.ts';
import { isTrashedPhoto } from './schema.ts';
import { sha256 } from './sha256.ts';
import type { StoreParts } from './store-parts.ts';

/** What an inspection takes on this device, and how much of it no server has yet. */
export interface KeptInspection {
  readonly inspectionId: InspectionId;
  readonly isDemo: boolean;
  readonly photos: number;
  readonly photoBytes: number;
  /** Photos taken here for whose bytes the server has given its receipt. */
  readonly confirmed: number;
  /** Photos taken on other devices; they are not counted above, and no room is. */
  readonly elsewhere: number;
  /** Changes that wait for a server; 0 means that all records are safe elsewhere. Always 0 for a demo. */
  readonly waiting: number;
}

export async function keptInspections(parts: StoreParts): Promise<readonly KeptInspection[]> {
  const { records, rows } = parts;
  const operations = await allOperations(parts);
  const waiting = operations.filter(({ state }) => state !== 'acked').map(({ id }) => id);
  const stores = [
    ...(['inspections', 'captures', 'analyses', 'findings', 'reviews', 'trash'] as const),
    ...(['serverStates', 'photoTransfers'] as const),
  ];
  return records.read(stores, async (read) => {
    const [inspections, captures] = await Promise.all([read.all('inspections'), read.all('captures')]);
    const photos = rows.many('captures', captures);
    const elsewhere = await takenElsewhere(
      read,
      rows,
      photos.map(({ id }) => id),
    );
    const received = new Set(
      rows
        .many('photoTransfers', await read.all('photoTransfers'))
        .filter(({ receivedAt }) => receivedAt !== undefined)
        .map(({ sha256: hash }) => hash),
    );
    const owners = new Map<string, InspectionId>(photos.map(({ id, inspectionId }) => [id, inspectionId]));
    for (const store of ['analyses', 'findings', 'reviews'] as const) {
      for (const { id, inspectionId } of rows.many(store, await read.all(store)))
        owners.set(id, inspectionId);
    }
    // A deletion waits for the server like any other change.
    for (const row of rows.many('trash', await read.all('trash')).filter(isTrashedPhoto)) {
      for (const { id } of [row.capture, ...row.analyses, ...row.findings])
        owners.set(id, row.capture.inspectionId);
    }
    return rows.many('inspections', inspections).map(({ id: inspectionId, demo: isDemo }) => {
      const all = photos.filter((capture) => capture.inspectionId === inspectionId);
      const own = all.filter(({ id }) => !elsewhere.has(id));
      return {
        ...{ inspectionId, isDemo },
        photos: own.length,
        confirmed: own.filter((capture) => received.has(capture.sha256)).length,
        elsewhere: all.length - own.length,
        photoBytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
        waiting: waiting.filter((id) => id === inspectionId || owners.get(id) === inspectionId).length,
      };
    });
  });
}

/** What waits for a server of one record, its photo included; 0 means that what is here is safe elsewhere. */
export async function waitingOf(parts: StoreParts, id: string): Promise<number> {
  const { records, rows } = parts;
  const operations = await allOperations(parts);
  const changes = operations.filter((operation) => operation.id === id && operation.state !== 'acked').length;
  const stores = ['inspections', 'captures', 'serverStates', 'photoTransfers'] as const;
  const isPhotoOnlyHere = await records.read(stores, async (read) => {
    const capture = rows.one('captures', await read.get('captures', id));
    if (!capture) return false;
    const [owner, transfer, elsewhere] = await Promise.all([
      read.get('inspections', capture.inspectionId),
      read.get('photoTransfers', capture.sha256),
      takenElsewhere(read, rows, [capture.id]),
    ]);
    const isDemo = rows.one('inspections', owner)?.demo === true;
    const isReceived = rows.one('photoTransfers', transfer)?.receivedAt !== undefined;
    return !isDemo && !isReceived && !elsewhere.has(capture.id);
  });
  return changes + (isPhotoOnlyHere ? 1 : 0);
}

/** Reads every photo again and compares it with the hash it was saved under; resolves with those that differ. */
export async function verifyPhotos(
  { records, rows, files }: StoreParts,
  onProgress: (done: number, all: number) => void,
  signal?: AbortSignal,
): Promise<readonly CaptureId[]> {
  const captures = await records.read(['captures', 'serverStates'], async (read) => {
    const all = rows.many('captures', await read.all('captures'));
    const elsewhere = await takenElsewhere(
      read,
      rows,
      all.map(({ id }) => id),
    );
    // Copies are checked when they come.
    return all.filter(({ id }) => !elsewhere.has(id));
  });
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
