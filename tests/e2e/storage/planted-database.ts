import { openDB } from 'idb';
import { Connection } from '../../../src/storage/database.ts';
import type { migrations } from '../../../src/storage/migrations.ts';
import type { PlantedState } from './harness-api.ts';

const NAME = 'planted';
const ROW_BYTES = 20_000;

/** As a later version of Loupe might do it: a store, then another form of all its rows, then an index on it. */
const steps: typeof migrations = [
  (database) => void database.createObjectStore('things', { keyPath: 'id' }),
  async (_database, upgrade) => {
    const things = upgrade.objectStore('things');
    const rows = (await things.getAll()) as readonly object[];
    for (const row of rows) await things.put({ ...row, form: 'two' });
  },
  (_database, upgrade) => void upgrade.objectStore('things').createIndex('form', 'form'),
];

export async function plant(rows: number): Promise<void> {
  const connection = new Connection(NAME, {}, steps.slice(0, 1));
  await connection.use(async (database) => {
    const transaction = database.transaction('things', 'readwrite', { durability: 'strict' });
    for (let id = 0; id < rows; id++) {
      void transaction.store.put({ id, form: 'one', ballast: new Uint8Array(ROW_BYTES) });
    }
    await transaction.done;
  });
  connection.close();
}

export async function upgrade(): Promise<void> {
  const connection = new Connection(NAME, {}, steps);
  await connection.use(() => Promise.resolve());
  connection.close();
}

export async function planted(): Promise<PlantedState> {
  const database = await openDB(NAME);
  const all = (await database.getAll('things')) as readonly { readonly form: string }[];
  const rows: Record<string, number> = {};
  for (const { form } of all) rows[form] = (rows[form] ?? 0) + 1;
  const isIndexed = database.transaction('things').store.indexNames.contains('form');
  const { version } = database;
  database.close();
  return { version, rows, isIndexed };
}
