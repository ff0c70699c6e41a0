import type { Changes } from './changes.ts';
import type { DeviceKeys } from './device-keys.ts';
import type { Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';
import type { PhotoFiles } from './photo-files.ts';
import type { Records } from './records.ts';
import type { Space } from './space.ts';
import type { TypedRows } from './typed-rows.ts';

/** What an inspection store is made of; the in-memory one differs in its records, files and locks only. */
export interface StoreParts {
  readonly records: Records;
  readonly rows: TypedRows;
  readonly files: PhotoFiles;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly changes: Changes;
  readonly space: Space;
  readonly deviceKeys: DeviceKeys;
  readonly now: () => number;
  /** UUIDv7. */
  readonly newId: () => string;
  /** Holds off the start-up scrub of every tab while a photo has a file but no record yet. */
  readonly whileWriting: <Value>(work: () => Promise<Value>) => Promise<Value>;
}
