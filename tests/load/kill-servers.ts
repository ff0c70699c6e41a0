import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { openParts } from '../../server/open-parts.ts';
import type { SharedStores } from '../../server/shared-stores.ts';
import { putOf } from '../../src/storage/outbox.ts';
import type { TestDevice } from '../contract/server/test-server.ts';
import { PostgresServer } from '../services/postgres-server.ts';
import { inspectionOf } from '../unit/storage/records-for-tests.ts';
import { NODE_SECRETS, remoteServer, uploadPhoto } from './load-device.ts';
import { NodeProcess } from './node-process.ts';

export interface KillCounts {
  readonly kills: number;
  readonly acknowledged: number;
  readonly receipts: number;
  /** One line for each thing that is not as it should be. */
  readonly wrong: readonly string[];
}

export interface KillOptions {
  readonly kills: number;
  readonly kind: 'sqlite' | 'postgres';
  readonly random: () => number;
}

const DEVICES = 4;
const BATCH = 5;
const TRIES_PAUSE_MS = 50;

/**
 * SIGKILL to a server at random moments while devices push and upload: on SQLite the one node there is, on
 * PostgreSQL one of two nodes or the database itself. What was acknowledged must be there at the end, once.
 */
export async function killServers({ kills, kind, random }: KillOptions): Promise<KillCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'loupe-kills-'));
  const postgres = kind === 'postgres' ? await PostgresServer.start({ isDurable: true }) : undefined;
  const url = await postgres?.newDatabase();
  const shared: SharedStores = url === undefined ? {} : { postgres: { url, poolSize: 4 } };
  const env = { ...NODE_SECRETS, ...(url !== undefined && { DATABASE_URL: url }) };
  const parts = await openParts(folder, shared, NODE_SECRETS);
  const nodes = await Promise.all(
    // Photos lie in one folder, as a volume that the nodes share.
    (postgres ? [0, 1] : [0]).map(() => NodeProcess.start(folder, env)),
  );
  const book = new Book();
  const stop = { asked: false };
  try {
    const work: Promise<void>[] = [];
    for (let at = 0; at < DEVICES; at++) {
      const device = await remoteServer(parts, () => nodes[at % nodes.length]?.url ?? '').enrol(
        `tablet ${at}`,
      );
      work.push(pushForEver(device, book, stop), uploadForEver(device, book, stop));
    }
    for (let kill = 0; kill < kills; kill++) {
      await pause(30 + random() * 400);
      const victims = [...nodes, ...(postgres ? [postgres] : [])];
      const victim = victims[Math.floor(random() * victims.length)];
      if (victim instanceof NodeProcess) await victim.kill('SIGKILL');
      else await victim?.down();
      await victim?.up();
    }
    stop.asked = true;
    await Promise.all(work);
    const reader = await remoteServer(parts, () => nodes[0]?.url ?? '').enrol('reader');
    return {
      kills,
      acknowledged: book.records.size,
      receipts: book.photos.size,
      wrong: await book.check(reader),
    };
  } finally {
    stop.asked = true;
    for (const node of nodes) await node.kill();
    await parts.close();
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the server said it has. */
class Book {
  readonly records = new Map<string, string>();
  readonly photos = new Set<string>();
  readonly wrong: string[] = [];

  async check(reader: TestDevice): Promise<readonly string[]> {
    const rows = new Map<string, string>();
    for (let cursor: string | undefined, more = true; more;) {
      const page = await reader.pull(cursor);
      for (const { id, fields } of page.rows) {
        if (rows.has(id)) this.wrong.push(`record ${id} comes twice`);
        rows.set(id, String(fields['title']));
      }
      ({ cursor, more } = page);
    }
    for (const [id, title] of this.records) {
      if (rows.get(id) !== title)
        this.wrong.push(`record ${id} was acknowledged and is ${String(rows.get(id))}`);
    }
    for (const sha256 of this.photos) {
      const response = await reader.request(`/v1/photos/${sha256}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const isWhole = createHash('sha256').update(bytes).digest('hex') === sha256;
      if (!isWhole) this.wrong.push(`photo ${sha256} has a receipt and answers ${response.status}`);
    }
    return this.wrong;
  }
}

async function pushForEver(device: TestDevice, book: Book, stop: { readonly asked: boolean }): Promise<void> {
  while (!stop.asked) {
    const made = Array.from({ length: BATCH }, () => inspectionOf({ title: crypto.randomUUID() }));
    const operations = made.map((inspection) => device.make(putOf('inspection', inspection)));
    const results = await untilAnswered(() => device.push(...operations));
    results.forEach((result, at) => {
      const { id = '', title = '' } = made[at] ?? {};
      if (result === 'applied' || result === 'duplicate') book.records.set(id, title);
      else book.wrong.push(`record ${id} is ${result}`);
    });
  }
}

async function uploadForEver(
  device: TestDevice,
  book: Book,
  stop: { readonly asked: boolean },
): Promise<void> {
  for (let count = 0; !stop.asked; count++) {
    const photo = await somePhoto();
    const sha256 = createHash('sha256').update(photo).digest('hex');
    await untilAnswered(async () => {
      if (!(await hasReceipt(device, sha256))) await uploadPhoto(device, photo, sha256);
      if (!(await hasReceipt(device, sha256))) throw new Error('no receipt');
    });
    book.photos.add(sha256);
  }
}

async function hasReceipt(device: TestDevice, sha256: string): Promise<boolean> {
  const body = JSON.stringify({ hashes: [sha256] });
  const response = await device.request('/v1/receipts', { method: 'POST', body });
  const { receipts } = (await response.json()) as { receipts: unknown[] };
  return receipts.length === 1;
}

async function somePhoto(): Promise<Uint8Array<ArrayBuffer>> {
  const noise = crypto.getRandomValues(new Uint8Array(64 * 64 * 3));
  return new Uint8Array(
    await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg({ quality: 99 })
      .toBuffer(),
  );
}

/** A server that is down refuses connections, one that lost its database says 503: again, for ever. */
async function untilAnswered<Value>(ask: () => Promise<Value>): Promise<Value> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      if (/^4(0[49]|22)/.test(said) || tries > 2000) throw error;
      await pause(TRIES_PAUSE_MS);
    }
  }
}
