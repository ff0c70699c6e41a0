import { uuidV7 } from '../../core/domain/uuid-v7.ts';
import { Changes } from './changes.ts';
import { memoryDeviceKeys } from './device-keys.ts';
import { Journal, noJournalFile } from './journal.ts';
import { KeptInspectionStore } from './kept-inspection-store.ts';
import { MemoryRecords } from './memory-records.ts';
import { Outbox } from './outbox.ts';
import { RecordPhotoFiles } from './record-photo-files.ts';
import { Space, type StorageDoor } from './space.ts';
import type { StoreParts } from './store-parts.ts';
import { TypedRows } from './typed-rows.ts';

export interface MemoryStoreOptions {
  readonly now?: () => number;
  readonly records?: MemoryRecords;
  readonly storage?: StorageDoor;
  readonly randomBytes?: () => Uint8Array;
}

const boundless: StorageDoor = {
  estimate: () => Promise.resolve({ usage: 0, quota: Number.MAX_SAFE_INTEGER }),
  persisted: () => Promise.resolve(false),
  persist: () => Promise.resolve(false),
};

/** The store's rules without a browser, for tests and for a page that may keep nothing. */
export function memoryParts(options: MemoryStoreOptions = {}): StoreParts {
  const now = options.now ?? Date.now;
  const random = options.randomBytes ?? (() => crypto.getRandomValues(new Uint8Array(10)));
  const newId = (): string => uuidV7(now(), random());
  const records = options.records ?? new MemoryRecords();
  const rows = new TypedRows(records, now);
  return {
    records,
    rows,
    files: new RecordPhotoFiles(records, rows),
    outbox: new Outbox(rows, { now, newId }),
    journal: new Journal(noJournalFile),
    changes: new Changes(),
    space: new Space(options.storage ?? boundless),
    deviceKeys: memoryDeviceKeys(),
    now,
    newId,
    whileWriting: (work) => work(),
  };
}

export const openMemoryStore = (options: MemoryStoreOptions = {}): KeptInspectionStore =>
  new KeptInspectionStore(memoryParts(options));
