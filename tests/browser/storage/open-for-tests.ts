import { openDB, type IDBPDatabase } from 'idb';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import {
  openInspectionStore,
  type OpenStore,
  type OpenStoreOptions,
} from '../../../src/storage/open-store.ts';
import { storeSchemas, type Row, type StoreName } from '../../../src/storage/schema.ts';
import type { ScrubReport } from '../../../src/storage/scrub.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';

/** A name of its own for database, photos and sentinels, taken away after the test. */
export function freshName(): string {
  const name = `test-${crypto.randomUUID()}`;
  onTestFinished(async () => {
    indexedDB.deleteDatabase(name);
    localStorage.removeItem(`${name}-sentinel`);
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(`${name}-photos`, { recursive: true }).catch(() => undefined);
  });
  return name;
}

export interface Opened extends OpenStore {
  readonly report: ScrubReport;
}

/** Opened, and its start-up scrub over. */
export async function openFor(name: string, options: OpenStoreOptions = {}): Promise<Opened> {
  const opened = unwrap(await openInspectionStore({ name, ...options }));
  onTestFinished(() => {
    opened.close();
  });
  return { ...opened, report: unwrap(await opened.startUp) };
}

/** The database behind the store's back, to break it. */
export async function behind<Value>(
  name: string,
  work: (database: IDBPDatabase) => Promise<Value>,
): Promise<Value> {
  const database = await openDB(name);
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

export async function rowsOf<Store extends StoreName>(name: string, store: Store): Promise<Row<Store>[]> {
  const raws = await behind(name, (database): Promise<unknown[]> => database.getAll(store));
  return raws.map((raw) => v.parse(storeSchemas[store], raw) as Row<Store>);
}

export async function photoFolder(name: string): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(`${name}-photos`);
}

export async function writeFile(
  folder: FileSystemDirectoryHandle,
  file: string,
  text: string,
): Promise<void> {
  const stream = await (await folder.getFileHandle(file, { create: true })).createWritable();
  await stream.write(text);
  await stream.close();
}
