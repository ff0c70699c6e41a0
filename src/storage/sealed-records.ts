import type { Records, ReadTransaction, WriteTransaction } from './records.ts';
import type { StoreName } from './schema.ts';
import { isSealedRow, sealRow, unsealRow } from './sealed-row.ts';
import type { Vault } from './vault.ts';

/** Where the outbox stands says nothing of anybody, and is needed before any key is known. */
const OPEN: readonly StoreName[] = ['ledger'];

/** Seals rows on their way into the database and opens them on their way out; plain ones it leaves alone. */
export class SealedRecords implements Records {
  readonly #records: Records;
  readonly #vault: Vault;

  constructor(records: Records, vault: Vault) {
    this.#records = records;
    this.#vault = vault;
  }

  read<Value>(stores: readonly StoreName[], body: (transaction: ReadTransaction) => Promise<Value>) {
    if (!this.#vault.key) return this.#records.read(stores, body);
    return this.#records.read(stores, (inner) => body(this.#readView(inner, () => Promise.resolve())));
  }

  write<Value>(stores: readonly StoreName[], body: (transaction: WriteTransaction) => Promise<Value>) {
    if (!this.#vault.key) return this.#records.write(stores, body);
    return this.#records.write(stores, async (inner) => {
      const puts = new Puts(inner, this.#vault);
      const put = (store: StoreName, row: unknown): void => puts.add(store, row);
      const value = await body({
        ...this.#readView(inner, () => puts.flush()),
        put,
        putUnparsed: put,
        delete: (store, key) => puts.remove(store, key),
      });
      await puts.flush();
      return value;
    });
  }

  close(): void {
    this.#records.close();
  }

  /** A read comes after the writes before it, as it does without sealing. */
  #readView(inner: ReadTransaction, flush: () => Promise<void>): ReadTransaction {
    const one = async (store: StoreName, row: unknown): Promise<unknown> =>
      isSealedRow(row) ? hold(inner, store, unsealRow(this.#vault, store, row)) : row;
    const many = async (store: StoreName, rows: readonly unknown[]): Promise<readonly unknown[]> =>
      rows.some(isSealedRow)
        ? hold(inner, store, Promise.all(rows.map((row) => unsealRow(this.#vault, store, row))))
        : rows;
    const after =
      <Args extends readonly unknown[], Value>(read: (...args: Args) => Promise<Value>) =>
      async (...args: Args): Promise<Value> => {
        await flush();
        return read(...args);
      };
    return {
      get: after(async (store, key) => one(store, await inner.get(store, key))),
      all: after(async (store) => many(store, await inner.all(store))),
      allBy: after(async (store, index, key) => many(store, await inner.allBy(store, index, key))),
      firstBy: after(async (store, index, prefix) => one(store, await inner.firstBy(store, index, prefix))),
      countBy: after((store, index, key) => inner.countBy(store, index, key)),
      count: after((store) => inner.count(store)),
    };
  }
}

/** Rows on their way in: sealed side by side, put in their order. */
class Puts {
  #waiting: { readonly store: StoreName; readonly row: Promise<unknown>; readonly removed?: string }[] = [];
  readonly #inner: WriteTransaction;
  readonly #vault: Vault;

  constructor(inner: WriteTransaction, vault: Vault) {
    this.#inner = inner;
    this.#vault = vault;
  }

  add(store: StoreName, row: unknown): void {
    const isOpen = OPEN.includes(store) || !this.#vault.sealingKey;
    const sealing = isOpen ? Promise.resolve(row) : sealRow(this.#vault, store, row);
    sealing.catch(() => undefined);
    this.#waiting.push({ store, row: sealing });
  }

  remove(store: StoreName, key: string): void {
    this.#waiting.push({ store, row: Promise.resolve(), removed: key });
  }

  async flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const [first] = waiting;
    if (!first) return;
    const rows = await hold(this.#inner, first.store, Promise.all(waiting.map(({ row }) => row)));
    for (const [place, { store, removed }] of waiting.entries()) {
      if (removed === undefined) this.#inner.putUnparsed(store, rows[place]);
      else this.#inner.delete(store, removed);
    }
  }
}

/** No row has this key. */
const NOBODY = '';

/**
 * WebCrypto answers in tasks of its own, and IndexedDB ends a transaction that asks for nothing meanwhile:
 * so it is asked, for nothing, until the work is done. Both ends continue within a request's callback.
 */
async function hold<Value>(
  transaction: ReadTransaction,
  store: StoreName,
  work: Promise<Value>,
): Promise<Value> {
  let isDone = false as boolean;
  const done = (): void => void (isDone = true);
  work.then(done, done);
  do await transaction.get(store, NOBODY);
  while (!isDone);
  return work;
}
