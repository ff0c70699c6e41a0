import { uuidV7 } from '../../core/domain/uuid-v7.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { Changes } from './changes.ts';
import { purge } from './deletion.ts';
import { IdbRecords } from './idb-records.ts';
import type { InspectionStore, StorageFailure } from './inspection-store.ts';
import { KeptInspectionStore } from './kept-inspection-store.ts';
import { OpfsPhotoFiles } from './opfs-photo-files.ts';
import { Outbox } from './outbox.ts';
import type { PhotoFiles } from './photo-files.ts';
import { RecordPhotoFiles } from './record-photo-files.ts';
import type { Records } from './records.ts';
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
  /** The browser emptied the database while it was open. */
  readonly onEmptied?: () => void;
}

export interface OpenStore {
  readonly store: InspectionStore;
  /** Asks the browser not to evict; resolves with its answer. */
  requestPersistence(): Promise<boolean>;
  close(): void;
}

export const DEFAULT_NAME = 'loupe';

export async function openInspectionStore(
  options: OpenStoreOptions = {},
): Promise<Outcome<OpenStore, StorageFailure>> {
  const name = options.name ?? DEFAULT_NAME;
  const now = options.now ?? Date.now;
  try {
    const records = await IdbRecords.open(name, options);
    const rows = new TypedRows(records, now);
    const files = await openFiles(records, rows, name, options.photoFiles);
    const newId = (): string => uuidV7(now(), crypto.getRandomValues(new Uint8Array(10)));
    const space = new Space(navigator.storage);
    const changes = new Changes(`${name}-changes`);
    const outbox = new Outbox(rows, { now, newId });
    const whileWriting = writeLock(name);
    const parts: StoreParts = { records, rows, files, outbox, changes, space, now, newId, whileWriting };
    void purge(parts).catch(() => undefined);
    return succeed({
      store: new KeptInspectionStore(parts),
      requestPersistence: () => space.requestPersistence(),
      close: () => {
        records.close();
        changes.close();
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

const writeLock =
  (name: string): StoreParts['whileWriting'] =>
  async (work) =>
    await navigator.locks.request(`${name}-writing`, { mode: 'shared' }, work);
