import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { openParts } from '../../server/open-parts.ts';
import type { TestDevice } from '../contract/server/test-server.ts';
import { postgresFolder, PostgresServer } from '../services/postgres-server.ts';
import { CpuShare } from './cpu-share.ts';
import { NODE_SECRETS, preparedPushes, remoteServer, uploadPhoto } from './load-device.ts';
import { NodeProcess } from './node-process.ts';

/** Prints one line of JSON: what one server does under load, measured from another process on this machine. */
const BATCH = 20;
const AT_ONCE = 16;
const PUSHES_EACH = 15;
const PHOTO_BYTES = 100_000_000;
const PHOTOS = 4;
const DEVICES = 500;
const PULLED_ROWS = 10_000;
const MOST_TRIES = 6;
/** Of a core, for each of two nodes: leaves the rest to PostgreSQL and to the load on any machine of two cores. */
const NODE_SHARE = 0.25;

const folder = await mkdtemp(join(tmpdir(), 'loupe-load-'));
const figures: Record<string, unknown> = {};
try {
  await onSqlite();
  const isThere = postgresFolder() !== undefined;
  keep('postgres', isThere ? await onPostgres() : null);
  keep('shared', isThere ? await onPostgres(NODE_SHARE) : null);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify(figures)}\n`);

function keep(name: string, figure: unknown): void {
  figures[name] = figure;
  console.error(`${name}: ${JSON.stringify(figure)}`);
}

async function onSqlite(): Promise<void> {
  const data = join(folder, 'sqlite');
  const parts = await openParts(data, {}, NODE_SECRETS);
  const node = await NodeProcess.start(data, NODE_SECRETS);
  try {
    const server = remoteServer(parts, () => node.url);
    const devices = await times(AT_ONCE, () => server.enrol('load'));
    // A server that has just started compiles while it works.
    await pushFromAll(devices);
    keep('sqlite', await pushFromAll(devices));
    keep('upload', await uploadPhotos(await server.enrol('camera')));
    keep('pull', await pullRows(await server.enrol('reader')));
    const many = await times(DEVICES, () => server.enrol('one of many'));
    keep('many', await syncAll(many));
  } finally {
    await node.kill('SIGTERM');
    await parts.close();
  }
}

interface Pair {
  readonly one: Pushed;
  readonly two: Pushed;
}

/**
 * As many tenants as devices: those of one tenant wait for its lock, whatever the number of nodes. With a share each
 * node has so much of a core; null where that cannot be had.
 */
async function onPostgres(share?: number): Promise<readonly Pair[] | null> {
  const postgres = await PostgresServer.start({ isDurable: true });
  const url = await postgres.newDatabase();
  const env = { ...NODE_SECRETS, DATABASE_URL: url };
  const parts = await openParts(join(folder, 'nobody'), { postgres: { url, poolSize: 4 } }, NODE_SECRETS);
  const nodes = [
    await NodeProcess.start(join(folder, 'one'), env),
    await NodeProcess.start(join(folder, 'two'), env),
  ];
  const pids = nodes.map(({ pid }) => pid);
  const held = share === undefined ? undefined : await CpuShare.hold(pids, share);
  try {
    if (share !== undefined && !held) return null;
    const enrolAt = (at: number) => {
      const server = remoteServer(parts, () => nodes[at]?.url ?? '');
      return times(AT_ONCE / 2, async () => server.enrol('load', await server.addTenant()));
    };
    const [one, other] = [await enrolAt(0), await enrolAt(1)];
    await pushFromAll([...one, ...other]);
    const rounds: Pair[] = [];
    // Interleaved, since the machine does other things as well.
    for (let round = 0; round < 3; round++) {
      const first = await pushFromAll([...one, ...(await enrolAt(0))]);
      rounds.push({ one: first, two: await pushFromAll([...one, ...other]) });
    }
    return rounds;
  } finally {
    for (const node of nodes) await node.kill('SIGTERM');
    await held?.[Symbol.asyncDispose]();
    await parts.close();
    await postgres.stop();
  }
}

interface Pushed {
  readonly operationsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

async function pushFromAll(devices: readonly TestDevice[]): Promise<Pushed> {
  const prepared = devices.map((device) => preparedPushes(device, PUSHES_EACH, BATCH));
  const latencies: number[] = [];
  const started = performance.now();
  await Promise.all(
    devices.map(async (device, at) => {
      for (const body of prepared[at] ?? []) {
        const sent = performance.now();
        const response = await device.request('/v1/push', { method: 'POST', body });
        if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
        await response.arrayBuffer();
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  return { operationsPerSecond: (devices.length * PUSHES_EACH * BATCH) / seconds, ...percentiles(latencies) };
}

/** A real JPEG with noise behind it: cameras append as much of their own. Resolves with MB/s of each. */
async function uploadPhotos(device: TestDevice): Promise<readonly number[]> {
  const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  const speeds: number[] = [];
  for (let at = 0; at < PHOTOS; at++) {
    const photo = new Uint8Array(Buffer.concat([picture, randomBytes(PHOTO_BYTES - picture.length)]));
    const sha256 = createHash('sha256').update(photo).digest('hex');
    const started = performance.now();
    const sent = await uploadPhoto(device, photo, sha256);
    if (sent.status !== 204) throw new Error(`upload: ${sent.status} ${await sent.text()}`);
    speeds.push(PHOTO_BYTES / 1e6 / ((performance.now() - started) / 1000));
  }
  return speeds;
}

async function pullRows(device: TestDevice): Promise<{ readonly rows: number; readonly seconds: number }> {
  for (const body of preparedPushes(device, PULLED_ROWS / 100, 100)) {
    await (await device.request('/v1/push', { method: 'POST', body })).arrayBuffer();
  }
  const started = performance.now();
  let rows = 0;
  for (let cursor: string | undefined, more = true; more && rows < PULLED_ROWS;) {
    const page = await device.pull(cursor);
    rows += page.rows.length;
    ({ cursor, more } = page);
  }
  return { rows, seconds: (performance.now() - started) / 1000 };
}

/** Every device pushes and pulls at once; what is answered with 429 or 503 waits as long as it is told. */
async function syncAll(devices: readonly TestDevice[]): Promise<Readonly<Record<string, number>>> {
  const bodies = devices.map((device) => preparedPushes(device, 1, BATCH)[0] ?? '');
  const seen = { refusedAtFirst: 0, failed: 0 };
  const latencies: number[] = [];
  const started = performance.now();
  await Promise.all(
    devices.map(async (device, at) => {
      for (const [path, init] of [
        ['/v1/push', { method: 'POST', body: bodies[at] ?? '' }],
        ['/v1/changes', {}],
      ] as const) {
        const sent = performance.now();
        const status = await untilTaken(device, path, init, seen);
        if (status !== 200) seen.failed++;
        latencies.push(performance.now() - sent);
      }
    }),
  );
  return {
    devices: devices.length,
    seconds: (performance.now() - started) / 1000,
    ...seen,
    ...percentiles(latencies),
  };
}

async function untilTaken(
  device: TestDevice,
  path: string,
  init: { readonly method?: string; readonly body?: string },
  seen: { refusedAtFirst: number },
): Promise<number> {
  for (let tries = 1; ; tries++) {
    // A connection that could not be made or was reset is no answer: a tablet tries again as after a 503.
    const response = await device.request(path, init).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.status === 200 || tries === MOST_TRIES) return response?.status ?? 0;
    if (tries === 1) seen.refusedAtFirst++;
    const toldMs = 1000 * Number(response?.headers.get('retry-after') ?? 0);
    const pauseMs = Math.max(toldMs, 1000 * 2 ** tries);
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random() / 2)));
  }
}

function percentiles(values: readonly number[]): { readonly p50: number; readonly p99: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

async function times<Value>(count: number, make: () => Promise<Value>): Promise<Value[]> {
  const made: Value[] = [];
  for (let at = 0; at < count; at++) made.push(await make());
  return made;
}
