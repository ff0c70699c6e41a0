import type { IndexName, Row, StoreName } from './schema.ts';

/** A key of a store, or the value of an index: one string or the parts of a compound index. */
export type Key = string | readonly (string | number)[];

/**
 * One transaction's view. Rows come back unparsed: `typed-rows.ts` parses them. Inside a transaction
 * nothing may be awaited but these methods, or IndexedDB ends it.
 */
export interface ReadTransaction {
  get(store: StoreName, key: string): Promise<unknown>;
  all(store: StoreName): Promise<readonly unknown[]>;
  /** In primary key order. */
  allBy<Store extends StoreName>(
    store: Store,
    index: IndexName<Store>,
    key: Key,
  ): Promise<readonly unknown[]>;
  /** The first row of a compound index whose leading part is `prefix`. */
  firstBy<Store extends StoreName>(store: Store, index: IndexName<Store>, prefix: string): Promise<unknown>;
  countBy<Store extends StoreName>(store: Store, index: IndexName<Store>, key: Key): Promise<number>;
  count(store: StoreName): Promise<number>;
}

export interface WriteTransaction extends ReadTransaction {
  put<Store extends StoreName>(store: Store, row: Row<Store>): void;
  /** Puts back what was read unparsed: restoring from trash or quarantine. */
  putUnparsed(store: StoreName, row: unknown): void;
  delete(store: StoreName, key: string): void;
}

/**
 * Transactions over the stores, in IndexedDB or in memory. `write` resolves once the bytes are durable.
 * A body that throws aborts its transaction whole. A body may run twice (lost connection): it must not
 * change anything but through its transaction. Both reject with a StorageError.
 */
export interface Records {
  read<Value>(
    stores: readonly StoreName[],
    body: (transaction: ReadTransaction) => Promise<Value>,
  ): Promise<Value>;
  write<Value>(
    stores: readonly StoreName[],
    body: (transaction: WriteTransaction) => Promise<Value>,
  ): Promise<Value>;
  close(): void;
}
