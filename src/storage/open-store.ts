import type { CaptureId } from '../../core/contract/ids.ts';
import { uuidV7 } from '../../core/domain/uuid-v7.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { Changes } from './changes.ts';
import { idbDeviceKeys } from './device-keys.ts';
import { IdbRecords } from './idb-records.ts';
import { holdOpen, isAlone } from './open-tabs.ts';
import { Journal, noJournalFile } from './journal.ts';
import type { InspectionImporter, InspectionStore, StorageFailure } from './inspection-store.ts';
import { purge } from './deletion.ts';
import { keptInspections, verifyPhotos, waitingOf, type KeptInspection } from './kept-bytes.ts';
import { KeptInspectionStore } from './kept-inspection-store.ts';
import { Lock } from './lock.ts';
import { OpfsPhotoFiles } from './opfs-photo-files.ts';
import { Outbox } from './outbox.ts';
import { RecordPhotoFiles } from './record-photo-files.ts';
import type { Records } from './records.ts';
import { scrub, type ScrubReport } from './scrub.ts';
import { opfsPlace, Sentinels, webStoragePlace, type SentinelPlace } from './sentinels.ts';
import { SealedRecords } from './sealed-records.ts';
import { Space } from './space.ts';
import { asStorageFailure } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';
import type { SyncStore } from './sync-store.ts';
import { listTrash, type TrashEntry } from './trash.ts';
import { TypedRows } from './typed-rows.ts';
import { Vault } from './vault.ts';
import { VaultHeaders } from './vault-header.ts';
import { unlock, vaultPlaces, type AskForKey } from './vault-door.ts';

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
  /** Asked for the key when the store is locked; absent: a locked store does not open. */
  readonly onLocked?: AskForKey;
  /** Where the sentinel is noted beside the private file system; absent: the page's localStorage. */
  readonly webStorage?: Storage;
}

export interface OpenStore {
  readonly store: InspectionStore & InspectionImporter;
  /** What the scrub after opening found; until then lists may still miss what it brings back. */
  readonly startUp: Promise<Outcome<ScrubReport, StorageFailure>>;
  /** The PIN lock: encrypts what is kept. */
  readonly lock: Lock;
  /** What is kept, from its syncing side; not before the scrub after opening is through. */
  openSync(): Promise<SyncStore>;
  /** Asks the browser not to evict; resolves with its answer. */
  requestPersistence(): Promise<boolean>;
  /** For the storage screen: what each inspection takes, and what is only here. */
  keptInspections(): Promise<readonly KeptInspection[]>;
  /** Changes of one record that wait for a server. */
  waitingOf(id: string): Promise<number>;
  /** What was deleted and can still be brought back, newest first. */
  trash(): Promise<readonly TrashEntry[]>;
  /** Removes for good what was deleted, and gives its space back. */
  emptyTrash(): Promise<void>;
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
  const vault = new Vault();
  let opfs: OpfsPhotoFiles | undefined;
  try {
    opfs = await openFolderOfPhotos(name, vault, options.photoFiles);
    const openRecords = (): Promise<IdbRecords> =>
      IdbRecords.open(name, {
        ...(options.onBlocked && { onBlocked: options.onBlocked }),
        ...(options.onSuperseded && { onSuperseded: options.onSuperseded }),
        onEmptied: () => {
          const scrubbed = startScrub({ isRenewed: true });
          options.onEmptied?.(scrubbed);
        },
      });
    // Without a private file system the lock's header is in the database; with one a person gets as far as
    // the rescue when the database does not open.
    const early = opfs ? undefined : await openRecords();
    const headers = new VaultHeaders(vaultPlaces(name, early, options.webStorage));
    const header = await unlock(headers, vault, options.onLocked);
    const bare = early ?? (await openRecords());
    const records = new SealedRecords(bare, vault);
    const sentinels = new Sentinels(sentinelPlaces(name, opfs !== undefined, options.webStorage));
    const parts = partsOf(name, records, opfs, sentinels, options.now ?? Date.now);
    const letGo = holdOpen(name);
    const lock = new Lock(
      {
        ...{ parts, bare, vault, files: opfs, headers },
        isAlone: () => isAlone(name),
        exclusively: (work) => underLock(name, 'exclusive', work),
      },
      header,
    );
    const startScrub = ({ isRenewed = false } = {}): Promise<Outcome<ScrubReport, StorageFailure>> =>
      underLock(name, 'exclusive', async () => {
        if (isRenewed) {
          await opfs?.renew();
          await lock.keepHeader();
        }
        const report = await scrub(parts, sentinels);
        if (opfs) await tidyJournal(parts, opfs).catch(() => undefined);
        return report;
      }).then(succeed, (error: unknown) => fail(asStorageFailure(error)));
    const startUp = startScrub();
    return succeed({
      store: new KeptInspectionStore(parts),
      startUp,
      lock,
      openSync: async () => {
        // The scrub may number anew what waits.
        const [{ SyncStore }] = await Promise.all([import('./sync-store.ts'), startUp]);
        return new SyncStore(parts);
      },
      requestPersistence: () => parts.space.requestPersistence(),
      keptInspections: () => keptInspections(parts),
      waitingOf: (id) => waitingOf(parts, id),
      trash: () => listTrash(parts),
      emptyTrash: () => emptyTrash(parts),
      verifyPhotos: (onProgress, signal) => verifyPhotos(parts, onProgress, signal),
      close: () => {
        records.close();
        parts.changes.close();
        opfs?.close();
        letGo();
      },
    });
  } catch (error) {
    opfs?.close();
    return fail(asStorageFailure(error));
  }
}

function partsOf(
  name: string,
  records: Records,
  opfs: OpfsPhotoFiles | undefined,
  sentinels: Sentinels,
  now: () => number,
): StoreParts {
  const rows = new TypedRows(records, now);
  const newId = (): string => uuidV7(now(), crypto.getRandomValues(new Uint8Array(10)));
  return {
    ...{ records, rows, now, newId },
    files: opfs ?? new RecordPhotoFiles(records, rows),
    outbox: new Outbox(rows, { now, newId }, (head) => void sentinels.note(head)),
    journal: new Journal(opfs?.journal ?? noJournalFile),
    changes: new Changes(`${name}-changes`),
    space: new Space(navigator.storage),
    deviceKeys: idbDeviceKeys(name),
    whileWriting: (work) => underLock(name, 'shared', work),
  };
}

/** Each run of the app begins a journal file; so many become one. */
const MOST_JOURNAL_FILES = 12;

async function tidyJournal(parts: StoreParts, files: OpfsPhotoFiles): Promise<void> {
  if ((await files.journalFiles()) <= MOST_JOURNAL_FILES) return;
  const { rewriteJournal } = await import('./tidy-journal.ts');
  await rewriteJournal(parts, files);
}

async function emptyTrash(parts: StoreParts): Promise<void> {
  const gone = await listTrash(parts);
  await purge(parts, true);
  for (const { inspectionId } of gone) parts.changes.tell({ entity: 'inspection', inspectionId });
}

/** Undefined where there is no private file system to keep photos in. */
async function openFolderOfPhotos(
  name: string,
  vault: Vault,
  wanted: OpenStoreOptions['photoFiles'],
): Promise<OpfsPhotoFiles | undefined> {
  if (wanted === 'indexeddb') return undefined;
  try {
    return await OpfsPhotoFiles.open(`${name}-photos`, vault);
  } catch (error) {
    if (wanted === 'opfs') throw error;
    return undefined;
  }
}

function sentinelPlaces(name: string, isInOpfs: boolean, webStorage: Storage | undefined): SentinelPlace[] {
  const places = isInOpfs ? [opfsPlace(`${name}-photos`)] : [];
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
