import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PublicKey } from '../../core/contract/release.ts';
import * as v from 'valibot';
import { listen, type RunningServer } from '../../server/listen.ts';
import { packReleases } from '../../server/repositories/pack-releases.ts';
import { SqliteDatabase } from '../../server/repositories/sqlite/sqlite-database.ts';
import { makeEnrolmentCode, onlyTenant } from '../../server/services/enrol-device.ts';
import { tinyPack } from '../fixtures/signed-pack.ts';
import { testFolders, TestServer, type TestDevice } from './server/test-server.ts';

interface Told {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `npm run publish-pack`, as an ML engineer runs it. */
function publishPack(args: readonly string[], passphrase?: string): Promise<Told> {
  const env = { ...process.env, ...(passphrase !== undefined && { LOUPE_KEY_PASSPHRASE: passphrase }) };
  const child = spawn('npx', ['tsx', 'cli/publish-pack.ts', ...args], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

describe('npm run publish-pack', () => {
  let server: TestServer;
  let running: RunningServer;
  let admin: TestDevice;
  let folder = '';
  let key = '';
  let publicKey = '';

  beforeAll(async () => {
    const [database, folders] = [await SqliteDatabase.open(':memory:'), await testFolders()];
    server = new TestServer({ database, ...folders, now: Date.now });
    running = await listen(server.app, 0);
    admin = await server.enrol('desk', undefined, { roles: ['admin'] });
    folder = await mkdtemp(join(tmpdir(), 'loupe-key-'));
    key = join(folder, 'ada.pem');
    const made = await publishPack(['--new-key', key], 'correct horse');
    publicKey = v.parse(PublicKey, made.out.trim().split('\n').at(-1));
    return async () => {
      await running.stop(0);
      await database.close();
      await folders.remove();
    };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const code = async () => {
    const { database, now } = server.parts;
    const tenant = await onlyTenant(database, now());
    return makeEnrolmentCode(database, tenant, now(), { roles: ['publisher'], person: 'Ada' });
  };
  const releases = async () => {
    const all = await server.parts.database.read((sql) => packReleases(sql, admin.tenant));
    return all.map(({ release, version, share, by }) => [release, version, share, by]);
  };

  it('makes a key that only its owner may read, sealed by a passphrase, and never over another', async () => {
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    expect(await readFile(key, 'utf8')).toContain('ENCRYPTED PRIVATE KEY');
    const again = await publishPack(['--new-key', key]);
    expect(again.code).toBe(1);
    await using pack = await tinyPack('1.0.0');
    const wrong = await publishPack([pack.folder, '--server', running.url, '--key', key], 'battery staple');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('LOUPE_KEY_PASSPHRASE')]);
  });

  it('signs, brings and stages a pack, with the way back to the version before; the machine enrols once', async () => {
    await using first = await tinyPack('1.1.0');
    await using second = await tinyPack('1.2.0');
    const to = ['--server', running.url, '--key', key];
    const stranger = await publishPack([first.folder, ...to], 'correct horse');
    expect([stranger.code, stranger.err]).toEqual([2, expect.stringContaining('--code CODE')]);
    const unknown = await publishPack([first.folder, ...to, '--code', await code()], 'correct horse');
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('not registered')]);
    const body = JSON.stringify({ key: publicKey, name: 'Ada' });
    expect((await admin.request('/v1/packs/keys', { method: 'POST', body })).status).toBe(200);

    const done = await publishPack([first.folder, ...to, '--stage', '100'], 'correct horse');
    expect([done.code, done.err]).toEqual([0, '']);
    expect(done.out).toContain('rolled back it gives what came with the app');
    const next = await publishPack([second.folder, ...to, '--expires', '2030-01-31'], 'correct horse');
    expect(next.out).toContain('published as release 3; rolled back it gives 1.1.0');
    expect(next.out).not.toContain('model.onnx');
    expect(await releases()).toEqual([
      [4, '1.1.0', 0, 'Ada'],
      [3, '1.2.0', 0, 'Ada'],
      [2, null, 0, 'Ada'],
      [1, '1.1.0', 100, 'Ada'],
    ]);
  });

  it('signs no way back to what a stranger signed, unless that key is named', async () => {
    await using pack = await tinyPack('1.3.0');
    const other = join(folder, 'bob.pem');
    await publishPack(['--new-key', other]);
    const told = await publishPack([
      ...[pack.folder, '--server', running.url, '--key', other, '--code', await code()],
    ]);
    expect([told.code, told.err]).toEqual([2, expect.stringContaining('--trust')]);
  });

  it('says how it is used', async () => {
    const told = await publishPack(['--key', key]);
    expect([told.code, told.err]).toEqual([2, expect.stringContaining('npm run publish-pack -- DIR')]);
  });
}, 240_000);
