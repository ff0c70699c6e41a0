import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { api, isOpen } from '../../../server/routes/api.ts';
import { putOf } from '../../../src/storage/outbox.ts';
import { inspectionOf } from '../../unit/storage/records-for-tests.ts';
import { PublisherKey } from '../../../cli/publish/publisher-key.ts';
import { bytesOf, offerOf, requestOf, tinyPack } from '../../fixtures/signed-pack.ts';
import { NOW, testFolders, TestServer, type TestDevice } from './test-server.ts';

const MARK = 'secret of the first company';
const ALL_ROLES = ['technician', 'reviewer', 'admin', 'publisher'] as const;

interface Route {
  readonly method: string;
  readonly path: string;
}

/** Every route that the API has, also one that was added today: nothing is listed by hand. */
function routes(): readonly Route[] {
  const app = api({
    database: undefined as never,
    blobs: undefined as never,
    uploadFolder: tmpdir(),
    now: Date.now,
  });
  const all = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`);
  return [...new Set(all)].map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return { method, path };
  });
}

const guarded = routes().filter(({ method, path }) => !isOpen(method, path));
const withId = guarded.filter(({ path }) => path.includes(':'));
const withoutId = guarded.filter(({ path, method }) => !path.includes(':') && method === 'GET');

describe('tenants are apart', () => {
  let server: TestServer;
  let owner: TestDevice;
  let stranger: TestDevice;
  let ids: readonly string[] = [];
  let before = '';

  const state = async (): Promise<string> =>
    JSON.stringify([await owner.pull(), await (await owner.request('/v1/packs')).json()]);

  /** Names of a key, a pack, its version and a file, all the owner's. */
  async function publish(): Promise<readonly string[]> {
    await using pack = await tinyPack('7.7.7', { id: 'pack-of-the-first' });
    const key = PublisherKey.make();
    const post = async (path: string, body: unknown) => {
      const { status } = await owner.request(path, { method: 'POST', body: JSON.stringify(body) });
      expect(status).toBe(200);
    };
    await post('/v1/packs/keys', { key: key.publicKey, name: MARK });
    const all = await bytesOf(pack);
    for (const [hash, body] of all) await owner.request(`/v1/packs/files/${hash}`, { method: 'PUT', body });
    await post('/v1/packs/releases', requestOf(key, offerOf(pack, 1)));
    await post('/v1/packs/pack-of-the-first/releases/1/stage', { share: 100 });
    return [key.publicKey, 'pack-of-the-first', '7.7.7', ...all.keys()];
  }

  beforeAll(async () => {
    const database = await SqliteDatabase.open(':memory:');
    const folders = await testFolders();
    server = new TestServer({ database, ...folders, now: () => NOW });
    owner = await server.enrol(MARK, undefined, { roles: ALL_ROLES, person: MARK });
    stranger = await server.enrol('stranger', await server.addTenant(), { roles: ALL_ROLES });
    const inspection = inspectionOf({ title: MARK });
    await owner.push(owner.make(putOf('inspection', inspection)));
    const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    const sha256 = createHash('sha256').update(photo).digest('hex');
    const upload = async (): Promise<string> => {
      const begun = await owner.request('/v1/uploads', {
        method: 'POST',
        headers: {
          ...{ 'Tus-Resumable': '1.0.0', 'Upload-Length': String(photo.length) },
          'Upload-Metadata': `sha256 ${Buffer.from(sha256).toString('base64')}`,
        },
      });
      return begun.headers.get('location') ?? '';
    };
    const url = await upload();
    const sent = await owner.request(url, {
      method: 'PATCH',
      headers: {
        ...{ 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0' },
        'Content-Type': 'application/offset+octet-stream',
      },
      body: new Uint8Array(photo),
    });
    expect(sent.status).toBe(204);
    const pending = (await upload()).split('/').at(-1) ?? '';
    const packIds = await publish();
    ids = [inspection.id, sha256, pending, owner.id, owner.tenant, ...packIds];
    before = await state();
    return async () => {
      await database.close();
      await folders.remove();
    };
  });

  it('the routes are found', () => {
    expect(withId.map(({ path }) => path)).toContain('/v1/photos/:sha256');
    expect(withoutId.map(({ path }) => path)).toContain('/v1/changes');
    expect(routes().filter(({ path }) => !path.startsWith('/v1/'))).toEqual([]);
  });

  it.each(guarded)('$method $path lets nobody in without a token', async ({ method, path }) => {
    const response = await server.app.request(path.replaceAll(/:\w+/g, 'x'), { method });
    expect(response.status).toBe(401);
  });

  it.each(withId)('$method $path has nothing of a foreign id', async ({ method, path }) => {
    for (const id of ids) {
      const asked = path.replaceAll(/:\w+/g, id);
      const tus = { 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0', 'Upload-Length': '5' };
      const headers = { ...tus, 'Content-Type': 'application/offset+octet-stream' };
      const body = method === 'GET' || method === 'HEAD' ? {} : { body: '{}' };
      const response = await stranger.request(asked, { method, headers, ...body });
      // 404, or not even understood; and for tus a POST to an id is none of its requests.
      expect([400, 404, 405, 415], `${method} ${asked}`).toContain(response.status);
      if (method === 'GET') expect(response.status).toBe(404);
      expect(await response.text()).not.toContain(MARK);
    }
    expect(await state()).toBe(before);
  });

  it.each(withoutId)('$method $path tells nothing of another tenant', async ({ path }) => {
    const text = await (await stranger.request(path)).text();
    for (const secret of [MARK, ...ids]) expect(text).not.toContain(secret);
  });
});
