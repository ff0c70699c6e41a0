import * as v from 'valibot';
import { storeNames, storeSchemas, type StoreName } from './schema.ts';
import type { StoreParts } from './store-parts.ts';

/** Puts back what today's schemas accept again (a repaired app); resolves with what stays set aside. */
export async function releaseQuarantined({ records, rows }: StoreParts): Promise<number> {
  const raws = await records.read(['quarantine'], (read) => read.all('quarantine'));
  let left = 0;
  for (const entry of rows.many('quarantine', raws)) {
    const store = storeNames.find((name) => name === entry.store);
    if (store && v.safeParse(storeSchemas[store], entry.row).success) await putBack(store, entry.key);
    else left++;
  }
  return left;

  async function putBack(store: StoreName, key: string): Promise<void> {
    await records.write([store, 'quarantine'], async (transaction) => {
      const entry = rows.one('quarantine', await transaction.get('quarantine', key));
      if (!entry) return;
      const id = key.slice(store.length + 1);
      // What was saved under this key since then is newer.
      if ((await transaction.get(store, id)) === undefined) transaction.putUnparsed(store, entry.row);
      transaction.delete('quarantine', key);
    });
  }
}
