import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sha256 } from '../../../core/contract/ids.ts';
import { makeBackup } from '../../../server/backup/make-backup.ts';
import { restoreBackup } from '../../../server/backup/restore-backup.ts';
import { openParts } from '../../../server/open-parts.ts';
import { receivePackFile } from '../../../server/services/pack-files.ts';
import { receivePhoto } from '../../../server/services/receive-photo.ts';
import type { SharedStores } from '../../../server/shared-stores.ts';
import { putOf } from '../../../src/storage/outbox.ts';
import { postgresFolder, PostgresServer } from '../../services/postgres-server.ts';
import { inspectionOf } from '../../unit/storage/records-for-tests.ts';
import { NODE_SECRETS } from '../../load/load-device.ts';
import { TestServer } from './test-server.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loupe-backup-'));
  return () => rm(folder, { recursive: true });
});

async function photoFile(colour: number): Promise<{ readonly file: string; readonly sha256: Sha256 }> {
  const pixel = {
    create: { width: 8, height: 8, channels: 3 as const, background: { r: colour, g: 0, b: 0 } },
  };
  const bytes = await sharp(pixel).jpeg().toBuffer();
  const file = join(folder, `photo-${colour}.jpg`);
  await writeFile(file, bytes);
  return { file, sha256: createHash('sha256').update(bytes).digest('hex') as Sha256 };
}

/** Backs up a server in use, goes on with it, and restores the backup elsewhere. */
async function thereAndBack(shared: SharedStores, target: SharedStores): Promise<void> {
  const [data, backup, restored] = ['data', 'backup', 'restored'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const parts = await openParts(data, shared, NODE_SECRETS);
  const server = new TestServer(parts);
  const a = await server.enrol('a');
  const inspection = inspectionOf();
  expect(await a.push(a.make(putOf('inspection', inspection)))).toEqual(['applied']);
  const photo = await photoFile(1);
  expect((await receivePhoto(parts, a.tenant, photo.sha256, photo.file)).ok).toBe(true);
  const weights = new Blob(['weights']);
  const hash = createHash('sha256').update('weights').digest('hex') as Sha256;
  expect((await receivePackFile(parts, a.tenant, hash, weights.stream())).ok).toBe(true);
  const { cursor } = await a.pull();
  expect((await makeBackup(parts, data, shared, backup)).photos).toBe(1);
  expect((await makeBackup(parts, data, shared, backup)).photos).toBe(1);
  await a.push(a.make(putOf('inspection', inspectionOf())));
  await parts.close();

  expect(await restoreBackup(backup, restored, target, NODE_SECRETS)).toMatchObject({
    tenants: 1,
    photos: 1,
    missing: [],
  });
  await expect(restoreBackup(backup, restored, target, NODE_SECRETS)).rejects.toThrow(/already|not empty/);
  const again = await openParts(restored, target, NODE_SECRETS);
  const b = a.at(new TestServer(again));
  expect((await b.request(`/v1/changes?cursor=${cursor}`)).status).toBe(410);
  const { rows } = await b.pull();
  expect(rows.map(({ id }) => id)).toEqual([inspection.id]);
  const kept = await b.request(`/v1/photos/${photo.sha256}`);
  const bytes = new Uint8Array(await kept.arrayBuffer());
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(photo.sha256);
  expect(await (await b.request(`/v1/packs/files/${hash}`)).text()).toBe('weights');
  await again.close();
}

describe('backup and restore', () => {
  it('brings back SQLite and its photos, in a history of its own', () => thereAndBack({}, {}));

  it('does not call a cut backup one, and tells which photos it lacks', async () => {
    const [data, backup] = [join(folder, 'data'), join(folder, 'backup')];
    const parts = await openParts(data);
    const a = await new TestServer(parts).enrol('a');
    const photo = await photoFile(2);
    await receivePhoto(parts, a.tenant, photo.sha256, photo.file);
    await makeBackup(parts, data, {}, backup);
    await parts.close();
    await writeFile(join(backup, 'photos', a.tenant, photo.sha256), 'spoiled');
    const restored = await restoreBackup(backup, join(folder, 'restored'), {});
    expect(restored.missing).toEqual([photo.sha256]);
    await rm(join(backup, 'backup.json'));
    await expect(restoreBackup(backup, join(folder, 'other'), {})).rejects.toThrow('no whole backup');
    expect(await readdir(backup)).toContain('database.sqlite');
  });

  describe.skipIf(postgresFolder() === undefined)('of PostgreSQL', () => {
    let postgres: PostgresServer;
    beforeAll(async () => {
      postgres = await PostgresServer.start();
    });
    afterAll(() => postgres.stop());

    it('brings it back by its own tools, in a history of its own', async () => {
      const [from, to] = [await postgres.newDatabase(), await postgres.newDatabase()];
      const at = (url: string): SharedStores => ({ postgres: { url, poolSize: 4 } });
      await thereAndBack(at(from), at(to));
    });
  });
});
