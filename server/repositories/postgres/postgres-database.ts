import pg from 'pg';
import {
  Unavailable,
  type Database,
  type Sql,
  type SqlRow,
  type SqlValue,
  type WriteOptions,
} from '../database.ts';
import { GroupCommit, type Savepoints } from '../group-commit.ts';
import { migratePostgres } from './migrate-postgres.ts';
import { numbered } from './numbered.ts';
import { asUnavailable } from './passing-errors.ts';

const CONNECT_MS = 5000;
/** A statement, a wait for a lock, or an idle transaction that takes longer is given up. */
const STATEMENT_MS = 15_000;
const LOCK_MS = 10_000;
const IDLE_MS = 30_000;
/** Of one lane; another node that waits for its lock must get it within LOCK_MS. */
const MOST_WRITES_A_COMMIT = 16;
const BEGIN = 'BEGIN';
const SOON = 'SET LOCAL synchronous_commit = off';
/** BIGINT and what SUM makes of it: ours all stay below 2^53. */
const NUMBERS: readonly number[] = [pg.types.builtins.INT8, pg.types.builtins.NUMERIC];
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format) =>
    NUMBERS.includes(type) ? Number : (pg.types.getTypeParser(type, format) as (text: string) => unknown),
};

export interface PostgresOptions {
  readonly url: string;
  /** Connections of this node at most. All nodes' together must stay below the server's max_connections. */
  readonly poolSize?: number;
  /** Told of a connection that broke while nobody used it. */
  readonly log?: (line: string) => void;
}

/**
 * PostgreSQL, shared by any number of nodes. A write sees what was committed when its statement began, and
 * takes the rows it must have alone by writing to them first; a read sees one state throughout.
 */
export class PostgresDatabase implements Database {
  readonly #pool: pg.Pool;
  /** By name; there are as many as tenants. */
  readonly #lanes = new Map<string, GroupCommit>();

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  static async open({ url, poolSize = 10, log = console.error }: PostgresOptions): Promise<PostgresDatabase> {
    const pool = new pg.Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      pipeline: true,
      types,
      application_name: 'loupe',
    });
    // Without a listener an idle connection that breaks ends the process.
    pool.on('error', (error) => log(`database connection: ${error.message}`));
    pool.on('connect', (client) => void setUp(client));
    try {
      await migratePostgres(pool);
    } catch (error) {
      await pool.end();
      throw asUnavailable(error);
    }
    return new PostgresDatabase(pool);
  }

  read<Value>(body: (sql: Sql) => Promise<Value>): Promise<Value> {
    return this.#transaction(['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'], body);
  }

  write<Value>(
    body: (sql: Sql) => Promise<Value>,
    { lane, mayBeLost = false }: WriteOptions = {},
  ): Promise<Value> {
    if (lane === undefined) return this.#transaction(mayBeLost ? [BEGIN, SOON] : [BEGIN], body);
    const queue = this.#lanes.get(lane) ?? new GroupCommit(this.#together, MOST_WRITES_A_COMMIT);
    this.#lanes.set(lane, queue);
    return queue.add(body).catch((error: unknown) => {
      throw asUnavailable(error);
    });
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  readonly #together = (body: (sql: Sql, savepoints: Savepoints) => Promise<void>): Promise<void> =>
    this.#transaction([BEGIN], (sql) => body(sql, sql));

  async #transaction<Value>(
    begin: readonly string[],
    body: (sql: Statements) => Promise<Value>,
  ): Promise<Value> {
    const client = await this.#connect();
    let broken: Error | undefined;
    try {
      const statements = new Statements(client);
      for (const statement of begin) await statements.run(statement);
      const value = await body(statements);
      await statements.commit();
      return value;
    } catch (error) {
      broken = await rollBack(client);
      throw asUnavailable(error);
    } finally {
      client.release(broken);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw new Unavailable('the database is not reached', { cause: error });
    }
  }
}

/**
 * Statements are sent without waiting for those before them, which the server carries out in their order: a push
 * waits for what it reads only. What failed unawaited is told by the next that is awaited, by the commit at the
 * latest.
 */
class Statements implements Sql, Savepoints {
  readonly #client: pg.PoolClient;
  #unawaited: Promise<unknown>[] = [];

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async all(statement: string, ...values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    const { rows } = await this.#settled(this.#send(statement, values));
    return rows;
  }

  run(statement: string, ...values: readonly SqlValue[]): Promise<void> {
    const sent = this.#send(statement, values);
    sent.catch(() => undefined);
    this.#unawaited.push(sent);
    return Promise.resolve();
  }

  set(): Promise<void> {
    return this.run('SAVEPOINT job');
  }

  async release(): Promise<void> {
    await this.all('RELEASE SAVEPOINT job');
    this.#unawaited = [];
  }

  async rollBack(): Promise<void> {
    await Promise.allSettled(this.#unawaited);
    this.#unawaited = [];
    await this.all('ROLLBACK TO SAVEPOINT job');
    await this.all('RELEASE SAVEPOINT job');
  }

  async commit(): Promise<void> {
    const { command } = await this.#settled(this.#client.query('COMMIT'));
    // A transaction in which a statement failed is rolled back by its COMMIT, which calls that no error.
    if (command === 'ROLLBACK') {
      await Promise.all(this.#unawaited);
      throw new Error('a failed statement was passed over');
    }
  }

  #send(statement: string, values: readonly SqlValue[]): Promise<pg.QueryResult<SqlRow>> {
    return this.#client.query<SqlRow>({ ...numbered(statement), values: [...values] });
  }

  /** After a failure the database only says that the transaction failed; the first of them says why. */
  async #settled<Value>(sent: Promise<Value>): Promise<Value> {
    try {
      return await sent;
    } catch (error) {
      await Promise.all(this.#unawaited);
      throw error;
    }
  }
}

/** Whatever the server's own settings are: a commit is on its disk before it is acknowledged. */
async function setUp(client: pg.PoolClient): Promise<void> {
  // A connection that breaks between two statements of a transaction: the next one tells, and without a
  // listener the process ends.
  client.on('error', () => undefined);
  const settings = [
    'synchronous_commit = on',
    `statement_timeout = ${STATEMENT_MS}`,
    `lock_timeout = ${LOCK_MS}`,
    `idle_in_transaction_session_timeout = ${IDLE_MS}`,
  ];
  // A connection that breaks here also fails whoever waits for it.
  await client.query(settings.map((setting) => `SET ${setting}`).join(';')).catch(() => undefined);
}

/** Resolves with why the connection is of no more use; undefined while it is. */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
