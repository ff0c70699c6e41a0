import type { CaptureId } from '../../core/contract/ids.ts';
import { uuidV7 } from '../../core/domain/uuid-v7.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { Changes } from './changes.ts';
import { IdbRecords } from './idb-records.ts';
import { Journal, noJournalFile } from './journal.ts';
import type { InspectionImporter, InspectionStore, StorageFailure } from './inspection-store.ts';
import { keptInspections, verifyPhotos, type KeptInspection } from './kept-bytes.ts';
import { KeptInspectionStore } from './kept-inspection-store.ts';
import { OpfsPhotoFiles } from './opfs-photo-files.ts';
import { Outbox } from './outbox.ts';
import type { PhotoFiles } from './photo-files.ts';
import { RecordPhotoFiles } from './record-photo-files.ts';
import type { Records } from './records.ts';
import { scrub, type ScrubReport } from './scrub.ts';
import { opfsPlace, Sentinels, webStoragePlace, type SentinelPlace } from './sentinels.ts';
import { Space } from './space.ts';
import { asStorageFailure } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';
import { TypedRows } from './typed-rows.ts';

export interface OpenStoreOptions {
  /** Names the database, the folder of photos and the channel. */
  readonly name?: string;
  /** For tests, and for engines whose private file system misbehaves. */
  readonly photoFiles?: 'opfs' | 'indexeddb';
  readonly now?: () => number;
  /** An old tab holds the database; opening goes on when it is closed. */
  readonly onBlocked?: () => void;
  /** This tab is older than the database has become; it must be reloaded. */
  readonly onSuperseded?: () => void;
  /** The browser emptied the database while it was open; the scrub runs again to bring photos back. */
  readonly onEmptied?: (scrubbed: Promise<Outcome<ScrubReport, StorageFailure>>) => void;
  /** Where the sentinel is noted beside the private file system; absent: the page's localStorage. */
  readonly webStorage?: Storage;
}

export interface OpenStore {
  readonly store: InspectionStore & InspectionImporter;
  /** What the scrub after opening found; until then lists may still miss what it brings back. */
  readonly startUp: Promise<Outcome<ScrubReport, StorageFailure>>;
  /** Asks the browser not to evict; resolves with its answer. */
  requestPersistence(): Promise<boolean>;
  /** For the storage screen: what each inspection takes, and what is only here. */
  keptInspections(): Promise<readonly KeptInspection[]>;
  /** Re-hashes every photo; resolves with those that are gone or are not what was saved. */
  verifyPhotos(
    onProgress: (done: number, all: number) => void,
    signal?: AbortSignal,
  ): Promise<readonly CaptureId[]>;
  close(): void;
}

export const DEFAULT_NAME = 'loupe';

export async function openInspectionStore(
  options: OpenStoreOptions = {},
): Promise<Outcome<OpenStore, StorageFailure>> {
  const name = options.name ?? DEFAULT_NAME;
  const now = options.now ?? Date.now;
  try {
    const records = await IdbRecords.open(name, {
      ...(options.onBlocked && { onBlocked: options.onBlocked }),
      ...(options.onSuperseded && { onSuperseded: options.onSuperseded }),
      onEmptied: () => {
        const scrubbed = startScrub({ isRenewed: true });
        options.onEmptied?.(scrubbed);
      },
    });
    const rows = new TypedRows(records, now);
    const files = await openFiles(records, rows, name, options.photoFiles);
    const newId = (): string => uuidV7(now(), crypto.getRandomValues(new Uint8Array(10)));
    const sentinels = new Sentinels(sentinelPlaces(name, files.kind, options.webStorage));
    const outbox = new Outbox(rows, { now, newId }, (head) => void sentinels.note(head));
    const parts: StoreParts = {
      ...{ records, rows, files, outbox, now, newId },
      journal: new Journal(files instanceof OpfsPhotoFiles ? files.journal : noJournalFile),
      changes: new Changes(`${name}-changes`),
      space: new Space(navigator.storage),
      whileWriting: (work) => underLock(name, 'shared', work),
    };
    const startScrub = ({ isRenewed = false } = {}): Promise<Outcome<ScrubReport, StorageFailure>> =>
      underLock(name, 'exclusive', async () => {
        if (isRenewed && files instanceof OpfsPhotoFiles) await files.renew();
        const report = await scrub(parts, sentinels);
        if (files instanceof OpfsPhotoFiles) await files.tidyJournal().catch(() => undefined);
        return report;
      }).then(succeed, (error: unknown) => fail(asStorageFailure(error)));
    return succeed({
      store: new KeptInspectionStore(parts),
      startUp: startScrub(),
      requestPersistence: () => parts.space.requestPersistence(),
      keptInspections: () => keptInspections(parts),
      verifyPhotos: (onProgress, signal) => verifyPhotos(parts, onProgress, signal),
      close: () => {
        records.close();
        parts.changes.close();
        if (files instanceof OpfsPhotoFiles) files.close();
      },
    });
  } catch (error) {
    return fail(asStorageFailure(error));
  }
}

async function openFiles(
  records: Records,
  rows: TypedRows,
  name: string,
  wanted: OpenStoreOptions['photoFiles'],
): Promise<PhotoFiles> {
  if (wanted === 'indexeddb') return new RecordPhotoFiles(records, rows);
  try {
    return await OpfsPhotoFiles.open(`${name}-photos`);
  } catch (error) {
    if (wanted === 'opfs') throw error;
    return new RecordPhotoFiles(records, rows);
  }
}

function sentinelPlaces(
  name: string,
  photoFiles: PhotoFiles['kind'],
  webStorage: Storage | undefined,
): SentinelPlace[] {
  const places = photoFiles === 'opfs' ? [opfsPlace(`${name}-photos`)] : [];
  try {
    return [...places, webStoragePlace(webStorage ?? localStorage, `${name}-sentinel`)];
  } catch {
    // Reading `localStorage` throws where the user has forbidden it.
    return places;
  }
}

/** A tab that the system froze while it held the lock must not stop this one from saving. */
const LOCK_PATIENCE_MS = 10_000;

async function underLock<Value>(name: string, mode: LockMode, work: () => Promise<Value>): Promise<Value> {
  const signal = AbortSignal.timeout(LOCK_PATIENCE_MS);
  let isStarted = false as boolean;
  try {
    return await navigator.locks.request(`${name}-writing`, { mode, signal }, () => {
      isStarted = true;
      return work();
    });
  } catch (error) {
    if (isStarted) throw error;
    // Saving without the lock is safe: a scrub meanwhile finds the sidecar and writes the same record.
    if (mode === 'shared') return work();
    throw error;
  }
}
