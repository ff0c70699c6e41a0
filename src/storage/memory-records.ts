import type { Key, Records, ReadTransaction, WriteTransaction } from './records.ts';
import { storeNames, storeShapes, type StoreName } from './schema.ts';
import { asStorageFailure, StorageError } from './storage-error.ts';

type Rows = ReadonlyMap<string, unknown>;
type State = ReadonlyMap<StoreName, Rows>;

export interface MemoryRecordsOptions {
  /** Called before each commit; what it throws aborts the transaction, as a full disk would. */
  readonly beforeCommit?: (stores: readonly StoreName[]) => void;
}

/** The same transactions without a browser: one writer at a time, all or nothing. */
export class MemoryRecords implements Records {
  #state: State = new Map(storeNames.map((name) => [name, new Map<string, unknown>()]));
  #lastWrite: Promise<unknown> = Promise.resolve();
  readonly #options: MemoryRecordsOptions;

  constructor(options: MemoryRecordsOptions = {}) {
    this.#options = options;
  }

  read<Value>(_stores: readonly StoreName[], body: (transaction: ReadTransaction) => Promise<Value>) {
    return body(readView(this.#state));
  }

  write<Value>(stores: readonly StoreName[], body: (transaction: WriteTransaction) => Promise<Value>) {
    const turn = this.#lastWrite.then(async () => {
      const draft = new Map(stores.map((name) => [name, new Map(this.#state.get(name))]));
      const value = await body(writeView(draft));
      this.#options.beforeCommit?.(stores);
      this.#state = new Map([...this.#state, ...draft]);
      return value;
    });
    this.#lastWrite = turn.catch(() => undefined);
    return turn.catch((error: unknown) => {
      throw error instanceof StorageError ? error : new StorageError(asStorageFailure(error), error);
    });
  }

  close(): void {
    // Nothing is held open.
  }
}

function readView(state: State): ReadTransaction {
  const rows = (name: StoreName): unknown[] =>
    [...rowsOf(state, name)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const matching = (name: StoreName, index: string, key: Key): unknown[] =>
    rows(name).filter((row) => sameKey(indexed(name, index, row), key));
  return {
    get: (name, key) => Promise.resolve(structuredClone(rowsOf(state, name).get(key))),
    all: (name) => Promise.resolve(structuredClone(rows(name))),
    allBy: (name, index, key) => Promise.resolve(structuredClone(matching(name, index, key))),
    firstBy: (name, index, prefix) => {
      const under = rows(name)
        .map((row) => ({ row, key: [indexed(name, index, row)].flat() }))
        .filter(({ key }) => key[0] === prefix)
        .sort((a, b) => compareKeys(a.key, b.key));
      return Promise.resolve(structuredClone(under[0]?.row));
    },
    countBy: (name, index, key) => Promise.resolve(matching(name, index, key).length),
    count: (name) => Promise.resolve(rowsOf(state, name).size),
  };
}

function writeView(draft: Map<StoreName, Map<string, unknown>>): WriteTransaction {
  const put = (name: StoreName, row: unknown): void => {
    const key = field(row, storeShapes[name].keyPath);
    if (typeof key !== 'string') throw new Error(`row of ${name} without its key`);
    rowsOf(draft, name).set(key, structuredClone(row));
  };
  return {
    ...readView(draft),
    put,
    putUnparsed: put,
    delete: (name, key) => {
      rowsOf(draft, name).delete(key);
    },
  };
}

/** A store that the transaction did not name is none of it, as in a browser. */
function rowsOf<Of>(state: ReadonlyMap<StoreName, Of>, name: StoreName): Of {
  const rows = state.get(name);
  if (!rows) throw new Error(`the transaction is not over ${name}`);
  return rows;
}

function indexed(name: StoreName, index: string, row: unknown): unknown {
  const indexes: Readonly<Record<string, string | readonly string[]>> = storeShapes[name].indexes;
  const path = indexes[index];
  if (path === undefined) throw new Error(`no index ${index} on ${name}`);
  return typeof path === 'string' ? field(row, path) : path.map((part) => field(row, part));
}

function field(row: unknown, name: string): unknown {
  return typeof row === 'object' && row !== null ? Reflect.get(row, name) : undefined;
}

const sameKey = (actual: unknown, wanted: Key): boolean => JSON.stringify(actual) === JSON.stringify(wanted);

/** IndexedDB's order: numbers before strings. */
function compareKeys(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [place, left] of a.entries()) {
    const right = b[place];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return String(left) < String(right) ? -1 : 1;
  }
  return 0;
}
