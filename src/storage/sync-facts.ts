import type { CaptureId, InspectionId, Sha256 } from '../../core/contract/ids.ts';
import type { Operation } from '../../core/contract/operation.ts';
import { takenElsewhere } from './elsewhere.ts';
import type { StoreParts } from './store-parts.ts';

/** How a photo stands with the server. */
export interface PhotoFact {
  readonly captureId: CaptureId;
  readonly inspectionId: InspectionId;
  readonly fileName: string;
  readonly sha256: Sha256;
  readonly bytes: number;
  /** Taken on another device: nothing of it waits here. */
  readonly isElsewhere: boolean;
  /** The server has these very bytes. */
  readonly isConfirmed: boolean;
  /** Why the server did not take it. */
  readonly trouble: string | undefined;
}

export interface SyncFacts {
  /** What no server has acknowledged, oldest first. */
  readonly operations: readonly Operation[];
  /** Of every inspection but demos. */
  readonly photos: readonly PhotoFact[];
}

/** All that waits, counted in one transaction so that the figures agree with each other. */
export async function syncFacts({ records, rows }: StoreParts): Promise<SyncFacts> {
  const stores = ['inspections', 'captures', 'operations', 'photoTransfers', 'serverStates'] as const;
  return records.read(stores, async (read) => {
    const [inspections, rawCaptures, operations, transfers] = await Promise.all([
      read.all('inspections'),
      read.all('captures'),
      read.all('operations'),
      read.all('photoTransfers'),
    ]);
    const all = rows.many('inspections', inspections);
    const real = new Set(all.filter(({ demo }) => !demo).map(({ id }) => id));
    const captures = rows
      .many('captures', rawCaptures)
      .filter(({ inspectionId }) => real.has(inspectionId))
      .sort((a, b) => a.createdAt - b.createdAt);
    const elsewhere = await takenElsewhere(
      read,
      rows,
      captures.map(({ id }) => id),
    );
    const byHash = new Map(rows.many('photoTransfers', transfers).map((row) => [row.sha256, row]));
    return {
      operations: rows
        .many('operations', operations)
        .filter(({ state }) => state !== 'acked')
        .sort((a, b) => a.seq - b.seq),
      photos: captures.map(({ id, inspectionId, fileName, sha256, bytes }) => ({
        ...{ captureId: id, inspectionId, fileName, sha256, bytes },
        isElsewhere: elsewhere.has(id),
        isConfirmed: byHash.get(sha256)?.receivedAt !== undefined,
        trouble: byHash.get(sha256)?.trouble,
      })),
    };
  });
}
