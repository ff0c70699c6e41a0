import pg from 'pg';
import { listen, type RunningServer } from '../../../server/listen.ts';
import { Unavailable } from '../../../server/repositories/database.ts';
import { PostgresDatabase } from '../../../server/repositories/postgres/postgres-database.ts';
import type { Fetch } from '../../../src/sync/api-client.ts';
import { FaultyLine, LINE_FAULTS } from '../../services/faulty-line.ts';
import type { PostgresServer } from '../../services/postgres-server.ts';
import type { HistoryWorld, Keys } from '../../unit/sync/history-world.ts';
import { TestServer } from './test-server.ts';

/** Beside what a line does: a request that comes twice, or late; the nodes' connections to their database cut. */
export const SOCKET_FAULTS = [...LINE_FAULTS, 'twice', 'late', 'database-cut'] as const;

/** Long enough for a busy machine to answer, short enough for thousands of black holes. */
const PATIENCE_UNDER_FAULT_MS = 250;
const NODES = 2;
const MOST_ENROLMENTS = 5;

interface Node {
  readonly server: TestServer;
  readonly database: PostgresDatabase;
  readonly running: RunningServer;
}

/** Two nodes on a real PostgreSQL behind a line that fails; each history is a tenant of its own. */
export class SocketWorlds {
  now = 0;
  readonly #nodes: Node[] = [];
  readonly #admin: pg.Client;
  #line!: FaultyLine; // set by `start`
  #port = 0;

  private constructor(url: string) {
    this.#admin = new pg.Client({ connectionString: url, application_name: 'saboteur' });
  }

  static async start(postgres: PostgresServer): Promise<SocketWorlds> {
    const url = await postgres.newDatabase();
    const worlds = new SocketWorlds(url);
    await worlds.#admin.connect();
    const log = (): void => undefined;
    for (let at = 0; at < NODES; at++) {
      const database = await PostgresDatabase.open({ url, log });
      const server = new TestServer({
        database,
        blobs: { publish: () => Promise.resolve(), open: () => Promise.resolve(undefined) },
        uploadFolder: '/nonexistent',
        now: () => worlds.now,
      });
      worlds.#nodes.push({ server, database, running: await listen(server.app, 0) });
    }
    worlds.#line = new FaultyLine(worlds.#nodes.map(({ running }) => Number(new URL(running.url).port)));
    worlds.#port = await worlds.#line.listen();
    return worlds;
  }

  get cuts(): number {
    return this.#line.cuts;
  }

  async open(): Promise<SocketWorld> {
    const [node] = this.#nodes;
    if (!node) throw new Error('no node');
    return new SocketWorld(this, node, await node.server.addTenant());
  }

  set lineFault(fault: string | undefined) {
    this.#line.fault = LINE_FAULTS.find((known) => known === fault);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  readonly send: Fetch = (input, init) => fetch(input, init);

  async cutDatabase(): Promise<void> {
    await this.#admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'loupe' AND datname = current_database()`,
    );
  }

  async close(): Promise<void> {
    await this.#line.close();
    for (const { running, database } of this.#nodes) {
      await running.stop(0);
      await database.close();
    }
    await this.#admin.end();
  }
}

class SocketWorld implements HistoryWorld {
  readonly tenant: string;
  readonly #worlds: SocketWorlds;
  readonly #node: Node;
  readonly #onTheWay: (readonly [string, RequestInit])[] = [];
  #fault: string | undefined;

  constructor(worlds: SocketWorlds, node: Node, tenant: string) {
    this.#worlds = worlds;
    this.#node = node;
    this.tenant = tenant;
    this.now = 1_700_000_000_000;
  }

  get database(): PostgresDatabase {
    return this.#node.database;
  }

  get url(): string {
    return this.#worlds.url;
  }

  get now(): number {
    return this.#worlds.now;
  }

  set now(now: number) {
    this.#worlds.now = now;
  }

  get patienceMs(): number {
    return this.#fault === undefined ? 30_000 : PATIENCE_UNDER_FAULT_MS;
  }

  get fault(): string | undefined {
    return this.#fault;
  }

  set fault(fault: string | undefined) {
    this.#fault = fault;
    this.#worlds.lineFault = fault;
  }

  /** Again where it meets a connection that was cut just before, as the person at the desk would. */
  async enrol(name: string): Promise<Keys> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#node.server.enrol(name, this.tenant);
      } catch (error) {
        if (!(error instanceof Unavailable) || attempt === MOST_ENROLMENTS) throw error;
      }
    }
  }

  readonly fetch: Fetch = async (input, init) => {
    const { signal: _signal, ...lasting } = init;
    switch (this.#fault) {
      case 'twice': {
        const [first, second] = await Promise.all([
          this.#worlds.send(input, init),
          this.#worlds.send(input, init),
        ]);
        await first.body?.cancel();
        return second;
      }
      case 'late':
        this.#onTheWay.push([input, lasting]);
        throw new TypeError('failed to fetch');
      case 'database-cut': {
        const [answer] = await Promise.all([this.#worlds.send(input, init), this.#worlds.cutDatabase()]);
        return answer;
      }
      default:
        return this.#worlds.send(input, init);
    }
  };

  async deliverLate(): Promise<void> {
    this.fault = undefined;
    for (const [input, init] of this.#onTheWay.splice(0).reverse()) {
      await (await this.#worlds.send(input, init)).body?.cancel();
    }
  }

  close(): Promise<void> {
    this.fault = undefined;
    return Promise.resolve();
  }
}
