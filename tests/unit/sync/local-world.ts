import type { Fetch } from '../../../src/sync/api-client.ts';
import type { Database, Sql, SqlRow, SqlValue, WriteOptions } from '../../../server/repositories/database.ts';
import { Unavailable } from '../../../server/repositories/database.ts';
import { places } from '../../../server/repositories/rows.ts';
import { renewLineage } from '../../../server/repositories/tenants.ts';
import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { onlyTenant } from '../../../server/services/enrol-device.ts';
import { TestServer, type TestDevice } from '../../contract/server/test-server.ts';
import type { HistoryWorld, Keys } from './history-world.ts';
import { trustedSigner, TrustingSessions } from './trusting.ts';

export const NETWORK_FAULTS = [
  'dead',
  'answer-lost',
  'twice',
  'late',
  'cut',
  'portal',
  'proxy-502',
  'proxy-413',
  'storm-429',
  'killed-before-commit',
  'killed-after-commit',
  'disk-full',
] as const;
export type NetworkFault = (typeof NETWORK_FAULTS)[number];

/** The server's database, which can fail around a commit. */
export class FaultyDatabase implements Database {
  fault: NetworkFault | undefined;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  read<Value>(body: (sql: Sql) => Promise<Value>): Promise<Value> {
    return this.#database.read(body);
  }

  async write<Value>(body: (sql: Sql) => Promise<Value>, options?: WriteOptions): Promise<Value> {
    const { fault } = this;
    const value = await this.#database.write(async (sql) => {
      const written = await body(sql);
      if (fault === 'killed-before-commit') throw new Error('killed');
      if (fault === 'disk-full') throw new Unavailable('database or disk is full');
      return written;
    }, options);
    if (fault === 'killed-after-commit') throw new Error('killed');
    return value;
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

/** A device that enrolled after the backup would have to enrol again, which is not what is under test. */
const KEPT_TABLES: readonly string[] = ['devices', 'enrolment_codes', 'refresh_tokens', 'seen_proofs'];

type Sent = readonly [url: string, init: RequestInit];

/** A server in process, on SQLite in memory. */
export class LocalWorld implements HistoryWorld {
  now = 1_700_000_000_000;
  readonly url = 'http://server/';
  readonly patienceMs = 30_000;
  readonly database: FaultyDatabase;
  readonly tenant: string;
  readonly signer?: HistoryWorld['signer'];
  readonly #server: TestServer;
  #backup: readonly (readonly [string, readonly SqlRow[]])[] | undefined;
  #restores = 0;
  readonly #devices = new Map<CryptoKeyPair, TestDevice>();
  /** Requests that were given up and are still on their way. */
  readonly #onTheWay: Sent[] = [];

  private constructor(database: FaultyDatabase, tenant: string, isTrusting: boolean) {
    this.database = database;
    this.tenant = tenant;
    if (isTrusting) {
      this.signer = ({ key }) => {
        const device = this.#devices.get(key);
        if (!device) throw new Error('a key of nobody');
        return trustedSigner(device.tenant, device.id);
      };
    }
    this.#server = new TestServer({
      ...(isTrusting && { sessions: new TrustingSessions(database) }),
      database,
      blobs: { publish: () => Promise.resolve(), open: () => Promise.resolve(undefined) },
      uploadFolder: '/nonexistent',
      now: () => this.now,
    });
  }

  /** Trusting: devices are taken at their word, since keys, proofs and tokens cost most of a history's time. */
  static async open(isTrusting = false): Promise<LocalWorld> {
    const database = new FaultyDatabase(await SqliteDatabase.open(':memory:'));
    return new LocalWorld(database, await onlyTenant(database, 0), isTrusting);
  }

  get fault(): string | undefined {
    return this.database.fault;
  }

  set fault(fault: string | undefined) {
    this.database.fault = NETWORK_FAULTS.find((known) => known === fault);
  }

  async enrol(name: string): Promise<Keys> {
    const device = await this.#server.enrol(name, this.tenant);
    this.#devices.set(device.key, device);
    return device;
  }

  readonly fetch: Fetch = async (input, { signal: _signal, ...init }) => {
    const send = (): Promise<Response> => Promise.resolve(this.#server.app.request(input, init));
    switch (this.database.fault) {
      case 'dead':
        throw new TypeError('failed to fetch');
      case 'answer-lost':
        await send();
        throw new TypeError('failed to fetch');
      case 'twice':
        await send();
        return send();
      case 'late':
        this.#onTheWay.push([input, init]);
        throw new TypeError('failed to fetch');
      case 'cut': {
        const response = await send();
        const text = await response.text();
        return new Response(text.slice(0, text.length / 2), response);
      }
      case 'portal':
        return new Response('<html>Sign in to the WLAN</html>', { status: 200 });
      case 'proxy-502':
        return new Response('Bad gateway', { status: 502 });
      case 'proxy-413':
        return new Response('<html>Too large</html>', { status: 413 });
      case 'storm-429':
        return new Response('{}', { status: 429, headers: { 'Retry-After': '7' } });
      default:
        return send();
    }
  };

  /** What was delayed arrives now, in another order than it was sent. */
  async deliverLate(): Promise<void> {
    this.fault = undefined;
    for (const [url, init] of this.#onTheWay.splice(0).reverse()) await this.#server.app.request(url, init);
  }

  async backUp(): Promise<void> {
    this.#backup = await this.database.read(async (sql) => {
      const tables = await sql.all("SELECT name FROM sqlite_master WHERE type = 'table'");
      return Promise.all(
        tables.map(
          async ({ name }) => [String(name), await sql.all(`SELECT * FROM ${String(name)}`)] as const,
        ),
      );
    });
  }

  /** As `npm run restore` does it: what was there, in a history with another name. */
  async restore(): Promise<void> {
    const backup = this.#backup;
    if (!backup) return;
    await this.database.write(async (sql) => {
      for (const [table, rows] of backup) {
        if (KEPT_TABLES.includes(table)) continue;
        await sql.run(`DELETE FROM ${table}`);
        for (const row of rows) {
          const values = Object.values(row) as SqlValue[];
          await sql.run(`INSERT INTO ${table} VALUES (${places(values)})`, ...values);
        }
      }
      await renewLineage(sql, this.tenant, `restored-${++this.#restores}`, this.now);
    });
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
