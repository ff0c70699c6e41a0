import { openDB, type IDBPDatabase } from 'idb';
import { migrate, migrations } from './migrations.ts';
import { asStorageFailure, StorageError } from './storage-error.ts';

export interface DatabaseEvents {
  /** Another tab holds an older version open; opening goes on once it is closed. */
  readonly onBlocked?: () => void;
  /** A newer version of the app wants to upgrade; this connection has been closed for good. */
  readonly onSuperseded?: () => void;
  /** The database was found empty when it was opened again: its data were cleared while it was open. */
  readonly onEmptied?: () => void;
}

const SUPERSEDED = 'A newer version of Loupe is open in another tab: reload this one.';
const CLOSED = 'The store has been closed.';

/** An open database that reopens once when the browser drops it. */
export class Connection {
  readonly #name: string;
  readonly #events: DatabaseEvents;
  readonly #steps: typeof migrations;
  #database: Promise<IDBPDatabase> | undefined;
  #hasOpened = false;
  #lost = false;
  #ended: string | undefined;

  constructor(name: string, events: DatabaseEvents, steps = migrations) {
    this.#name = name;
    this.#events = events;
    this.#steps = steps;
  }

  /** Runs `work`; when the connection turns out to be lost, once more on a new one. */
  async use<Value>(work: (database: IDBPDatabase) => Promise<Value>): Promise<Value> {
    try {
      return await work(await this.#open());
    } catch (error) {
      if (this.#ended !== undefined || !(this.#lost || isLostConnection(error))) throw asError(error);
    }
    this.#drop();
    try {
      return await work(await this.#open());
    } catch (error) {
      throw asError(error);
    }
  }

  close(): void {
    this.#ended ??= CLOSED;
    this.#drop();
  }

  #drop(): void {
    const database = this.#database;
    this.#database = undefined;
    this.#lost = false;
    database?.then((open) => open.close()).catch(() => undefined);
  }

  async #open(): Promise<IDBPDatabase> {
    if (this.#ended !== undefined) throw new StorageError({ kind: 'blocked', detail: this.#ended });
    this.#database ??= this.#connect();
    try {
      return await this.#database;
    } catch (error) {
      this.#database = undefined;
      throw error;
    }
  }

  async #connect(): Promise<IDBPDatabase> {
    let created = false as boolean;
    const database = await openDB(this.#name, this.#steps.length, {
      upgrade: (open, from, _to, transaction) => {
        created = from === 0;
        // openDB rejects as well; this promise is nobody's.
        transaction.done.catch(() => undefined);
        // A rejected step must abort its transaction, or a half-made schema would be committed.
        migrate(open, from, transaction, this.#steps).catch(() => transaction.abort());
      },
      blocked: () => this.#events.onBlocked?.(),
      blocking: (_current, blockedVersion) => {
        // A deletion (null) may be followed by a new, empty database; an upgrade makes this code too old.
        if (blockedVersion !== null) this.#ended = SUPERSEDED;
        this.#drop();
        if (blockedVersion !== null) this.#events.onSuperseded?.();
      },
      terminated: () => {
        this.#lost = true;
      },
    });
    if (created && this.#hasOpened) this.#events.onEmptied?.();
    this.#hasOpened = true;
    return database;
  }
}

function isLostConnection(error: unknown): boolean {
  return error instanceof Error && (error.name === 'InvalidStateError' || error.name === 'UnknownError');
}

const asError = (error: unknown): StorageError =>
  error instanceof StorageError ? error : new StorageError(asStorageFailure(error), error);
