// One long list on purpose: each database and each blob store runs these very cases.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { PublisherKey } from '../../../cli/publish/publisher-key.ts';
import type { PackFolder } from '../../../cli/publish/read-pack.ts';
import { PacksAnswer, ReleasesAnswer, type PublishRequest } from '../../../core/contract/publishing.ts';
import { readRelease } from '../../../core/contract/release.ts';
import type { Role } from '../../../core/contract/roles.ts';
import { auditEntries } from '../../../server/repositories/audit.ts';
import type { Database } from '../../../server/repositories/database.ts';
import { bytesOf, offerOf, requestOf, tinyPack, withdrawalOf } from '../../fixtures/signed-pack.ts';
import { NOW, testFolders, TestServer, type TestDevice, type TestPlaces } from './test-server.ts';

const ID = 'tiny-squares';
const FILE = '/v1/packs/files/';

/** What holds for model packs, whatever keeps them. `open` gives an empty database. */
export function packsSuite(
  name: string,
  open: () => Promise<Database>,
  places: () => Promise<TestPlaces> = testFolders,
): void {
  describe(`model packs over ${name}`, () => {
    let server: TestServer;
    let database: Database;
    let publisher: TestDevice;
    let admin: TestDevice;
    let tablet: TestDevice;
    const key = PublisherKey.make();

    beforeEach(async () => {
      database = await open();
      const folders = await places();
      const uploadFolder = await mkdtemp(join(tmpdir(), 'loupe-arriving-'));
      server = new TestServer({ database, ...folders, uploadFolder, now: () => NOW });
      publisher = await server.enrol('laptop', undefined, { roles: ['publisher'], person: 'Ada' });
      admin = await server.enrol('desk', undefined, { roles: ['admin'], person: 'Grace' });
      tablet = await server.enrol('tablet');
      return async () => {
        await database.close();
        await folders.remove();
        await rm(uploadFolder, { recursive: true, force: true });
      };
    });

    const post = (device: TestDevice, path: string, body: unknown = {}): Promise<Response> =>
      device.request(path, { method: 'POST', body: JSON.stringify(body) });
    const register = (one = key, more: object = {}, by = admin): Promise<Response> =>
      post(by, '/v1/packs/keys', { key: one.publicKey, name: 'Ada', ...more });
    const put = (hash: string, body: Uint8Array<ArrayBuffer>, by = publisher): Promise<Response> =>
      by.request(FILE + hash, { method: 'PUT', body: new Uint8Array(body) });
    const bring = async (pack: PackFolder): Promise<void> => {
      for (const [hash, bytes] of await bytesOf(pack)) expect((await put(hash, bytes)).status).toBe(200);
    };
    const publishRaw = (request: PublishRequest, by = publisher) => post(by, '/v1/packs/releases', request);
    /** Published and given to a share of the devices. */
    const release = async (pack: PackFolder, number: number, share: number, back?: PackFolder) => {
      await bring(pack);
      const way = back && offerOf(back, number + 1);
      expect((await publishRaw(requestOf(key, offerOf(pack, number), way))).status).toBe(200);
      if (share > 0)
        expect((await post(publisher, `/v1/packs/${ID}/releases/${number}/stage`, { share })).status).toBe(
          200,
        );
    };
    const told = async (device = tablet) =>
      v.parse(ReleasesAnswer, await (await device.request('/v1/releases')).json());
    const versionAt = async (device = tablet): Promise<string | undefined> => {
      const [first] = (await told(device)).releases;
      const manifest = first && readRelease(first.manifest);
      return manifest?.kind === 'offer' ? `${manifest.version} by ${manifest.release}` : manifest?.kind;
    };
    const detailOf = async (response: Response): Promise<string> =>
      `${response.status} ${((await response.json()) as { detail: string }).detail}`;

    it('a release reaches nobody, then a share that only grows, and stands in the log', async () => {
      await using pack = await tinyPack('1.1.0');
      await register();
      await release(pack, 1, 0);
      expect(await versionAt()).toBeUndefined();
      const tablets = await Promise.all(Array.from({ length: 12 }, (_, at) => server.enrol(`t${at}`)));
      let before: readonly string[] = [];
      for (const share of [10, 30, 60, 100]) {
        expect((await post(admin, `/v1/packs/${ID}/releases/1/stage`, { share })).status).toBe(200);
        const with_: string[] = [];
        for (const one of tablets) if ((await versionAt(one)) !== undefined) with_.push(one.id);
        for (const id of before) expect(with_).toContain(id);
        before = with_;
      }
      expect(before).toHaveLength(12);
      expect(await detailOf(await post(admin, `/v1/packs/${ID}/releases/1/stage`, { share: 50 }))).toContain(
        '409 Roll the release back',
      );
      const lines = await database.read((sql) => auditEntries(sql, tablet.tenant, { subject: ID, limit: 9 }));
      expect(lines.map(({ action }) => action)).toEqual([
        ...Array<string>(4).fill('pack-staged'),
        'pack-published',
      ]);
      expect(lines[4]).toMatchObject({
        person: 'Ada',
        detail: { version: '1.1.0', release: 1, key: key.publicKey },
      });
    });

    it('rolled back, every device is told a higher release of the version before', async () => {
      await using old = await tinyPack('1.1.0');
      await using next = await tinyPack('1.2.0');
      await register();
      await release(old, 1, 100);
      await release(next, 3, 100, old);
      expect(await versionAt()).toBe('1.2.0 by 3');
      expect((await post(publisher, `/v1/packs/${ID}/releases/3/roll-back`)).status).toBe(200);
      expect(await versionAt()).toBe('1.1.0 by 4');
      expect((await post(publisher, `/v1/packs/${ID}/releases/3/roll-back`)).status).toBe(409);
      expect((await post(publisher, `/v1/packs/${ID}/releases/1/roll-back`)).status).toBe(409);
      await release(next, 5, 100, old);
      expect(await versionAt()).toBe('1.2.0 by 5');
    });

    it('the first release leads back to what came with the app', async () => {
      await using pack = await tinyPack('1.1.0');
      await register();
      await release(pack, 1, 100);
      expect((await post(admin, `/v1/packs/${ID}/releases/1/roll-back`)).status).toBe(200);
      expect(await versionAt()).toBe('withdrawal');
      expect((await post(admin, `/v1/packs/${ID}/releases/2/stage`, { share: 100 })).status).toBe(409);
    });

    it('gives a file whole, and in ranges, to the byte', async () => {
      await using pack = await tinyPack('1.1.0');
      await bring(pack);
      for (const [hash, bytes] of await bytesOf(pack)) {
        const whole = await tablet.request(FILE + hash);
        expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
        expect(whole.headers.get('content-disposition')).toBe('attachment');
        const headers = { Range: `bytes=3-${bytes.length + 5}` };
        const part = await tablet.request(FILE + hash, { headers });
        expect(part.status).toBe(206);
        expect(part.headers.get('content-range')).toBe(`bytes 3-${bytes.length - 1}/${bytes.length}`);
        expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(3))).toBe(true);
        const beyond = { Range: `bytes=${bytes.length}-${bytes.length + 1}` };
        expect((await tablet.request(FILE + hash, { headers: beyond })).status).toBe(416);
      }
    });

    it('takes no file under another hash, none that is empty, and none that is too large', async () => {
      const hash = 'ab'.repeat(32);
      expect((await put(hash, new Uint8Array(10))).status).toBe(400);
      expect((await put(createHash('sha256').digest('hex'), new Uint8Array(0))).status).toBe(400);
      expect((await put(hash, new Uint8Array(64 * 1024 * 1024 + 1))).status).toBe(413);
      expect((await tablet.request(FILE + hash)).status).toBe(404);
    });

    it.each<[string, string, (pack: PackFolder) => PublishRequest | Promise<PublishRequest>]>([
      [
        'an unknown key',
        '422 The key is not registered',
        (pack) => requestOf(PublisherKey.make(), offerOf(pack, 1)),
      ],
      [
        'a signature of another manifest',
        '422 The signature does not fit',
        (pack) => {
          const { release: signed, back } = requestOf(key, offerOf(pack, 1));
          return {
            release: { ...signed, manifest: key.release(offerOf(pack, 1, { issuedAt: 2 })).manifest },
            back,
          };
        },
      ],
      [
        'a manifest that is not canonical',
        '422 A manifest is not canonical',
        (pack) => {
          const { release: signed, back } = requestOf(key, offerOf(pack, 1));
          return { release: { ...signed, manifest: ` ${signed.manifest}` }, back };
        },
      ],
      [
        'a way back of another pack',
        '422 The way back is of another',
        (pack) => requestOf(key, offerOf(pack, 1), withdrawalOf('other', 2)),
      ],
      [
        'a way back with another number',
        '422 The way back has not',
        (pack) => requestOf(key, offerOf(pack, 1), withdrawalOf(ID, 3)),
      ],
      [
        'an unsigned way back',
        '422 The key is not registered',
        (pack) => ({
          ...requestOf(key, offerOf(pack, 1)),
          back: PublisherKey.make().release(withdrawalOf(ID, 2)),
        }),
      ],
      [
        'another version than its manifest',
        '422 manifest.json is of',
        (pack) => requestOf(key, offerOf(pack, 1, { version: '9.0.0' })),
      ],
      [
        'a file that nobody brought',
        '422 Not here: CARD.md',
        (pack) =>
          requestOf(
            key,
            offerOf(pack, 1, {
              files: pack.files.map((file) =>
                file.path === 'CARD.md' ? { ...file, bytes: file.bytes + 1 } : file,
              ),
            }),
          ),
      ],
      [
        'a model that was not signed',
        '422 model.onnx is not what',
        (pack) =>
          requestOf(key, offerOf(pack, 1, { files: pack.files.filter(({ path }) => path !== 'model.onnx') })),
      ],
    ])('refuses %s', async (_name, detail, make) => {
      await using pack = await tinyPack('1.1.0');
      await register();
      await bring(pack);
      expect(await detailOf(await publishRaw(await make(pack)))).toContain(detail);
      expect(await told()).toMatchObject({ releases: [] });
    });

    it('refuses a number that is taken, and a version with other files', async () => {
      await using pack = await tinyPack('1.1.0');
      await using other = await tinyPack('1.1.0', { title: 'Another' });
      await register();
      await release(pack, 1, 100);
      await bring(other);
      expect(await detailOf(await publishRaw(requestOf(key, offerOf(other, 2))))).toContain(
        '409 Release 2 is there',
      );
      expect(await detailOf(await publishRaw(requestOf(key, offerOf(other, 3))))).toContain(
        '409 Version 1.1.0 was',
      );
      expect((await publishRaw(requestOf(key, offerOf(pack, 3)))).status).toBe(200);
    });

    it('takes nothing more by a revoked key, and gives out nothing of it', async () => {
      await using pack = await tinyPack('1.1.0');
      await register();
      await release(pack, 1, 100);
      expect((await post(admin, `/v1/packs/keys/${key.publicKey}/revoke`)).status).toBe(200);
      expect(await told()).toMatchObject({ releases: [], keys: [] });
      expect((await publishRaw(requestOf(key, offerOf(pack, 3)))).status).toBe(422);
      expect((await register()).status).toBe(409);
      expect((await post(admin, `/v1/packs/keys/${key.publicKey}/revoke`)).status).toBe(404);
    });

    it('registers a key for an admin alone; an endorsement has to be by a registered key', async () => {
      const [second, stranger] = [PublisherKey.make(), PublisherKey.make()];
      expect((await register(key, {}, publisher)).status).toBe(403);
      expect((await register()).status).toBe(200);
      const by = (one: PublisherKey, of = second) => ({
        endorsement: { by: one.publicKey, signature: one.endorse(of.publicKey) },
      });
      expect((await register(second, by(stranger))).status).toBe(422);
      expect((await register(second, by(key, stranger))).status).toBe(422);
      expect((await register(second, by(key))).status).toBe(200);
      const { keys } = await told();
      expect(keys).toHaveLength(2);
      expect(keys).toContainEqual({ key: key.publicKey });
      expect(keys).toContainEqual({ key: second.publicKey, ...by(key) });
    });

    it('a device that enrols is told whose releases to take', async () => {
      await register();
      const code = await post(admin, '/v1/desk/codes', { roles: ['technician'], person: null });
      const { code: text } = (await code.json()) as { code: string };
      const response = await server.prove(publisher.key, '/v1/devices', { code: text, name: 'new' });
      expect(await response.json()).toMatchObject({ publisherKeys: [{ key: key.publicKey }] });
    });

    it.each<[string, string, readonly Role[]]>([
      ['GET', '/v1/packs', ['reviewer', 'admin', 'publisher']],
      ['POST', '/v1/packs/releases', ['admin', 'publisher']],
      ['POST', `/v1/packs/${ID}/releases/1/stage`, ['admin', 'publisher']],
      ['POST', `/v1/packs/${ID}/releases/1/roll-back`, ['admin', 'publisher']],
      ['POST', '/v1/packs/keys', ['admin']],
      ['POST', '/v1/packs/keys/x/revoke', ['admin']],
      ['PUT', `${FILE}${'ab'.repeat(32)}`, ['admin', 'publisher']],
      ['GET', '/v1/releases', ['technician', 'reviewer', 'admin', 'publisher']],
    ])('%s %s is for %j alone', async (method, path, roles) => {
      for (const role of ['technician', 'reviewer', 'admin', 'publisher'] as const) {
        const device = await server.enrol(role, undefined, { roles: [role] });
        const { status } = await device.request(path, { method, ...(method !== 'GET' && { body: '{}' }) });
        if (roles.includes(role)) expect([200, 400, 404], role).toContain(status);
        else expect(status, role).toBe(403);
      }
    });

    it('of another tenant there is no pack, no file and no key', async () => {
      await using pack = await tinyPack('1.1.0');
      await register();
      await release(pack, 1, 50);
      const roles: readonly Role[] = ['technician', 'reviewer', 'admin', 'publisher'];
      const spy = await server.enrol('spy', await server.addTenant(), { roles });
      const hash = pack.files[0]?.sha256 ?? '';
      expect((await spy.request(FILE + hash)).status).toBe(404);
      expect((await post(spy, `/v1/packs/${ID}/releases/1/stage`, { share: 100 })).status).toBe(404);
      expect((await post(spy, `/v1/packs/${ID}/releases/1/roll-back`)).status).toBe(404);
      expect((await post(spy, `/v1/packs/keys/${key.publicKey}/revoke`)).status).toBe(404);
      expect((await publishRaw(requestOf(key, offerOf(pack, 3)), spy)).status).toBe(422);
      const packs = v.parse(PacksAnswer, await (await spy.request('/v1/packs')).json());
      expect(packs).toMatchObject({ releases: [], keys: [] });
      const own = v.parse(PacksAnswer, await (await admin.request('/v1/packs')).json());
      expect(own.releases).toMatchObject([
        { release: 2, backFrom: 1, share: 0, version: null },
        { release: 1, backFrom: null, share: 50, version: '1.1.0', by: 'Ada' },
      ]);
    });
  });
}
