import Libsql from 'libsql';
import { migrate } from '../../migrations/steps.ts';
import { GroupCommit, type Savepoints } from '../group-commit.ts';
import { Unavailable, type Database, type Sql, type SqlRow, type SqlValue } from '../database.ts';

/** A commit waits for the disk; writes that come meanwhile share the next one. */
const MOST_WRITES_A_COMMIT = 64;
const BUSY_MS = 5000;
const SETTINGS = [
  'journal_mode = WAL',
  // A commit is on the disk before it is acknowledged, also in WAL.
  'synchronous = FULL',
  'foreign_keys = ON',
  // KiB. Ids are spread over whole tables, so that every commit touches many pages.
  'cache_size = -65536',
  // In pages of 4 KiB: a page that many commits change is copied back once.
  'wal_autocheckpoint = 8192',
];
/** Result codes of SQLite that say nothing about the statement: busy, locked, disk full, cannot open, I/O. */
const PASSING = /SQLITE_(BUSY|LOCKED|FULL|CANTOPEN|IOERR)/;

/** SQLite in one file: one connection writes, another reads what is committed. */
export class SqliteDatabase implements Database {
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #writes: GroupCommit;

  private constructor(path: string) {
    this.#writer = new Connection(path);
    // Memory is seen by one connection only.
    this.#reader = path === ':memory:' ? this.#writer : new Connection(path);
    const savepoints = savepointsOf(this.#writer);
    this.#writes = new GroupCommit(
      (body) => this.#writer.transaction('BEGIN IMMEDIATE', () => body(this.#writer, savepoints)),
      MOST_WRITES_A_COMMIT,
    );
  }

  /** `:memory:` keeps nothing. */
  static async open(path: string): Promise<SqliteDatabase> {
    const database = new SqliteDatabase(path);
    await database.#migrate();
    return database;
  }

  async read<Value>(body: (sql: Sql) => Promise<Value>): Promise<Value> {
    // Between two writes, for memory; a file's reader sees whole commits by itself.
    if (this.#reader === this.#writer) return this.write(body);
    const release = await this.#reader.turn();
    try {
      return await this.#reader.transaction('BEGIN', () => body(this.#reader));
    } finally {
      release();
    }
  }

  /** All writes are of one lane. */
  write<Value>(body: (sql: Sql) => Promise<Value>): Promise<Value> {
    return this.#writes.add(body);
  }

  async close(): Promise<void> {
    await this.#writes.working;
    if (this.#reader !== this.#writer) this.#reader.close();
    this.#writer.close();
  }

  async #migrate(): Promise<void> {
    const [row] = await this.#writer.all('PRAGMA user_version');
    await migrate(Number(row?.['user_version']), async (step, version) => {
      await this.#writer.transaction('BEGIN EXCLUSIVE', async () => {
        for (const statement of step) await this.#writer.run(statement);
        this.#writer.exec(`PRAGMA user_version = ${version}`);
      });
    });
  }
}

const savepointsOf = (connection: Connection): Savepoints => ({
  set: async () => connection.run('SAVEPOINT job'),
  release: async () => connection.run('RELEASE job'),
  rollBack: async () => {
    // A full disk takes the whole transaction back by itself: nobody's writes are left to be committed.
    if (!connection.isInTransaction) throw new Unavailable('the database took the transaction back');
    await connection.run('ROLLBACK TO job');
    await connection.run('RELEASE job');
  },
});

class Connection implements Sql {
  readonly #database: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement>();
  #lastTurn: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#database = new Libsql(path, { timeout: BUSY_MS });
    for (const setting of SETTINGS) this.#database.exec(`PRAGMA ${setting}`);
  }

  get isInTransaction(): boolean {
    return this.#database.inTransaction;
  }

  exec(statement: string): void {
    try {
      this.#database.exec(statement);
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  all(statement: string, ...parameters: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#attempt(() => this.#prepared(statement).all(...parameters) as SqlRow[]);
  }

  run(statement: string, ...parameters: readonly SqlValue[]): Promise<void> {
    return this.#attempt(() => void this.#prepared(statement).run(...parameters));
  }

  async transaction<Value>(begin: string, body: () => Promise<Value>): Promise<Value> {
    this.exec(begin);
    try {
      const value = await body();
      this.exec('COMMIT');
      return value;
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (this.#database.inTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  /** Resolves when everyone before is through, with how to say that one is through oneself. */
  async turn(): Promise<() => void> {
    const before = this.#lastTurn;
    let release = (): void => undefined;
    this.#lastTurn = new Promise((resolve) => (release = resolve));
    await before;
    return release;
  }

  close(): void {
    this.#database.close();
  }

  #prepared(statement: string): Libsql.Statement {
    const known = this.#statements.get(statement);
    if (known) return known;
    const prepared = this.#database.prepare(statement);
    this.#statements.set(statement, prepared);
    return prepared;
  }

  #attempt<Value>(work: () => Value): Promise<Value> {
    try {
      return Promise.resolve(work());
    } catch (error) {
      return Promise.reject(asUnavailable(error));
    }
  }
}

function asUnavailable(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = 'code' in error ? String(error.code) : '';
  return PASSING.test(code) ? new Unavailable(error.message, { cause: error }) : error;
}
