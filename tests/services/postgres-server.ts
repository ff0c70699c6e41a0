import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const DEBIAN = '/usr/lib/postgresql';

/** Folder of initdb and postgres; undefined where PostgreSQL is not installed. */
export function postgresFolder(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return versions
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
}

export interface PostgresSettings {
  /** Commits wait for the disk, as they do in use. Without, a test runs many times faster. */
  readonly isDurable?: boolean;
}

/** A real PostgreSQL on a free port, its data in a temporary folder. */
export class PostgresServer {
  readonly #bin: string;
  readonly #folder: string;
  readonly port: number;
  readonly #isDurable: boolean;
  #process: ChildProcess | undefined;
  #count = 0;

  private constructor(bin: string, folder: string, port: number, isDurable: boolean) {
    this.#bin = bin;
    this.#folder = folder;
    this.port = port;
    this.#isDurable = isDurable;
  }

  static async start({ isDurable = false }: PostgresSettings = {}): Promise<PostgresServer> {
    const bin = postgresFolder();
    if (bin === undefined) throw new Error('PostgreSQL is not installed');
    const folder = await mkdtemp(join(tmpdir(), 'loupe-postgres-'));
    await chmod(folder, 0o700);
    const owner = unprivileged();
    if (owner) chownSync(folder, owner.uid, owner.gid);
    execFileSync(
      join(bin, 'initdb'),
      ['-D', join(folder, 'data'), '-U', 'loupe', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
      { stdio: 'pipe', cwd: folder, ...owner },
    );
    const server = new PostgresServer(bin, folder, await freePort(), isDurable);
    await server.up();
    return server;
  }

  url(database: string): string {
    return `postgres://loupe@127.0.0.1:${this.port}/${database}`;
  }

  /** Address of a new, empty database. */
  async newDatabase(): Promise<string> {
    const name = `loupe_${++this.#count}`;
    await this.#ask((client) => client.query(`CREATE DATABASE ${name}`));
    return this.url(name);
  }

  /** After `kill`, on the same data. */
  async up(): Promise<void> {
    const fast = this.#isDurable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off'];
    const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${this.#folder}`];
    const child = spawn(
      join(this.#bin, 'postgres'),
      ['-D', join(this.#folder, 'data'), '-p', String(this.port), '-c', 'max_connections=200'].concat(
        settings,
        fast,
      ),
      { stdio: 'ignore', cwd: this.#folder, ...unprivileged() },
    );
    this.#process = child;
    for (let tries = 0; ; tries++) {
      if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`);
      const isUp = await this.#ask((client) => client.query('SELECT 1')).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      if (tries > 600) throw new Error('postgres did not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** SIGQUIT: at once, without a checkpoint, as in a crash; SIGINT: cuts connections, then ends in order. */
  async down(signal: 'SIGQUIT' | 'SIGINT' = 'SIGQUIT'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async stop(): Promise<void> {
    await this.down();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ask(question: (client: pg.Client) => Promise<unknown>): Promise<void> {
    const client = new pg.Client({ connectionString: this.url('postgres'), connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await question(client);
    } finally {
      await client.end();
    }
  }
}

/** PostgreSQL does not run as root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((what) =>
        Number(execFileSync('id', [what, name], { encoding: 'utf8', stdio: 'pipe' })),
      );
      if (uid !== undefined && gid !== undefined) return { uid, gid };
    } catch {
      // No such user: the next.
    }
  }
  throw new Error('there is no user postgres or nobody to run PostgreSQL as');
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
