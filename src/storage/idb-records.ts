import type { IDBPTransaction } from 'idb';
import { Connection, type DatabaseEvents } from './database.ts';
import type { Key, Records, ReadTransaction, WriteTransaction } from './records.ts';
import type { StoreName } from './schema.ts';

/** Transactions over IndexedDB; writes are strict, so that `complete` means on the disk. */
export class IdbRecords implements Records {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Rejects with a StorageError where the database cannot be opened. */
  static async open(name: string, events: DatabaseEvents): Promise<IdbRecords> {
    const connection = new Connection(name, events);
    await connection.use(() => Promise.resolve());
    return new IdbRecords(connection);
  }

  read<Value>(stores: readonly StoreName[], body: (transaction: ReadTransaction) => Promise<Value>) {
    return this.#connection.use((database) => body(readView(database.transaction([...stores], 'readonly'))));
  }

  write<Value>(stores: readonly StoreName[], body: (transaction: WriteTransaction) => Promise<Value>) {
    return this.#connection.use(async (database) => {
      const transaction = database.transaction([...stores], 'readwrite', { durability: 'strict' });
      const done = transaction.done;
      // Observed here as well, because the body may fail before anybody awaits it.
      done.catch(() => undefined);
      let value: Value;
      try {
        value = await body(writeView(transaction));
      } catch (error) {
        abort(transaction);
        await done.catch(() => undefined);
        // The transaction knows the cause; its requests only know that they were aborted.
        throw transaction.error ?? error;
      }
      commitNow(transaction);
      await done;
      return value;
    });
  }

  close(): void {
    this.#connection.close();
  }
}

type Mode = 'readonly' | 'readwrite';
type Transaction<M extends Mode> = IDBPTransaction<unknown, string[], M>;

function readView<M extends Mode>(transaction: Transaction<M>): ReadTransaction {
  const store = (name: StoreName) => transaction.objectStore(name);
  return {
    get: (name, key) => store(name).get(key),
    all: (name) => store(name).getAll(),
    allBy: (name, index, key) =>
      store(name)
        .index(index)
        .getAll(IDBKeyRange.only(plain(key))),
    firstBy: async (name, index, prefix) => {
      const range = IDBKeyRange.bound([prefix], [prefix, []]);
      const rows: unknown[] = await store(name).index(index).getAll(range, 1);
      return rows[0];
    },
    countBy: (name, index, key) =>
      store(name)
        .index(index)
        .count(IDBKeyRange.only(plain(key))),
    count: (name) => store(name).count(),
  };
}

function writeView(transaction: Transaction<'readwrite'>): WriteTransaction {
  const put = (name: StoreName, row: unknown): void => {
    // A failed request aborts the transaction, whose error is the one that is reported.
    transaction
      .objectStore(name)
      .put(row)
      .catch(() => undefined);
  };
  return {
    ...readView(transaction),
    put,
    putUnparsed: put,
    delete: (name, key) => {
      transaction
        .objectStore(name)
        .delete(key)
        .catch(() => undefined);
    },
  };
}

const plain = (key: Key): IDBValidKey => (typeof key === 'string' ? key : [...key]);

/** Otherwise the browser waits for the last request to be answered, in case another follows. */
function commitNow(transaction: Transaction<'readwrite'>): void {
  try {
    transaction.commit();
  } catch {
    // Already aborted by the browser: `done` says why.
  }
}

function abort(transaction: Transaction<'readwrite'>): void {
  try {
    transaction.abort();
  } catch {
    // Already aborted by the browser: that is what was wanted.
  }
}
