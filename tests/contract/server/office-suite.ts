// One long list on purpose: each database runs these very cases.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { CodeAnswer, DatasetAnswer, DatasetKeyAnswer } from '../../../core/contract/desk.ts';
import type { CaptureId, Sha256 } from '../../../core/contract/ids.ts';
import type { Role } from '../../../core/contract/roles.ts';
import type { Finding } from '../../../core/contract/records.ts';
import type { Database } from '../../../server/repositories/database.ts';
import { receivePhoto } from '../../../server/services/receive-photo.ts';
import { listen } from '../../../server/listen.ts';
import { newDeviceKey } from '../../../src/sync/dpop-proof.ts';
import { putOf } from '../../../src/storage/outbox.ts';
import { analysisOf, findingOf, inspectionOf } from '../../unit/storage/records-for-tests.ts';
import { findPython } from '../../../cli/test/find-python.ts';
import { NOW, testFolders, TestServer, type TestDevice } from './test-server.ts';

/** What holds for devices, the log and datasets as the office sees them, whatever keeps them. */
export function officeSuite(name: string, open: () => Promise<Database>): void {
  describe(`the office over ${name}`, () => {
    let server: TestServer;
    let tablet: TestDevice;
    let admin: TestDevice;
    let reviewer: TestDevice;
    let stranger: TestDevice;
    let folder = '';

    beforeEach(async () => {
      const [database, folders] = [await open(), await testFolders()];
      server = new TestServer({ database, ...folders, now: () => NOW });
      tablet = await server.enrol('tablet');
      admin = await server.enrol('desk', undefined, { roles: ['admin'], person: 'Grace' });
      reviewer = await server.enrol('second desk', undefined, { roles: ['reviewer'] });
      const all: readonly Role[] = ['technician', 'reviewer', 'admin', 'publisher'];
      stranger = await server.enrol('spy', await server.addTenant(), { roles: all });
      folder = await mkdtemp(join(tmpdir(), 'loupe-dataset-'));
      return async () => {
        await database.close();
        await folders.remove();
        await rm(folder, { recursive: true, force: true });
      };
    });

    const ask = async (device: TestDevice, path: string, body?: unknown): Promise<Response> =>
      device.request(path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
    const json = async (response: Response): Promise<unknown> => {
      expect(response.status).toBe(200);
      return response.json();
    };

    const HASH = 'ab'.repeat(32);
    const CODE = { roles: ['technician'], person: null };
    it.each<[string, readonly Role[], unknown?]>([
      ['/v1/desk/devices', ['reviewer', 'admin', 'publisher']],
      ['/v1/desk/codes', ['admin'], CODE],
      ['/v1/desk/devices/x/revoke', ['admin'], {}],
      ['/v1/desk/audit', ['admin']],
      ['/v1/datasets', ['reviewer', 'admin', 'publisher']],
      ['/v1/datasets', ['reviewer', 'admin'], {}],
      [`/v1/datasets/${HASH}`, ['reviewer', 'admin', 'publisher']],
      [`/v1/datasets/${HASH}/keys`, ['reviewer', 'admin', 'publisher'], {}],
      [`/v1/datasets/${HASH}/photos/${HASH}`, ['reviewer', 'admin', 'publisher']],
    ])('%s is for %j alone', async (path, roles, body) => {
      for (const role of ['technician', 'reviewer', 'admin', 'publisher'] as const) {
        const device = await server.enrol(role, undefined, { roles: [role] });
        const { status } = await ask(device, path, body);
        if (roles.includes(role)) expect([200, 404], role).toContain(status);
        else expect(status, role).toBe(403);
      }
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      expect((await server.app.request(path, init)).status).toBe(401);
    });

    it('enrols a device with the roles and the person that a code names, and tells of it', async () => {
      const made = v.parse(
        CodeAnswer,
        await json(await ask(admin, '/v1/desk/codes', { roles: ['reviewer'], person: 'Joan' })),
      );
      const wanted = { code: made.code, name: 'new desk' };
      const enrolled = await server.prove(await newDeviceKey(), '/v1/devices', wanted);
      expect(await json(enrolled)).toMatchObject({ roles: ['reviewer'], person: 'Joan' });
      const { devices } = (await json(await ask(reviewer, '/v1/desk/devices'))) as {
        devices: { name: string }[];
      };
      expect(devices).toHaveLength(4);
      expect(devices).toContainEqual(
        expect.objectContaining({ name: 'new desk', roles: ['reviewer'], person: 'Joan', revokedAt: null }),
      );
      // Not of the text as a whole: a key's thumbprint may spell anything.
      expect(devices.flatMap((device) => Object.keys(device)).join()).not.toMatch(/token|hash/i);
      expect(devices.map(({ name }) => name)).not.toContain('spy');
    });

    it('a device that is revoked is shut out; one of another tenant does not exist; none revokes itself', async () => {
      const path = (device: TestDevice) => `/v1/desk/devices/${device.id}/revoke`;
      expect((await ask(stranger, path(tablet), {})).status).toBe(404);
      expect((await ask(admin, path(admin), {})).status).toBe(409);
      await json(await ask(admin, path(tablet), {}));
      expect((await tablet.request('/v1/changes')).status).toBe(401);
      expect((await ask(admin, path(tablet), {})).status).toBe(404);
    });

    it('the log tells an admin what was done and by whom, and nothing of other tenants', async () => {
      await ask(admin, `/v1/desk/devices/${tablet.id}/revoke`, {});
      const { lines, more } = (await json(await ask(admin, '/v1/desk/audit'))) as {
        lines: object[];
        more: boolean;
      };
      expect(more).toBe(false);
      expect(lines[0]).toMatchObject({
        action: 'device-revoked',
        subject: tablet.id,
        person: 'Grace',
        at: NOW,
      });
      expect(JSON.stringify(lines)).not.toContain(stranger.id);
      const own = (await json(await ask(admin, `/v1/desk/audit?subject=${tablet.id}`))) as {
        lines: object[];
      };
      expect(own.lines).toMatchObject([{ action: 'device-revoked' }, { action: 'device-enrolled' }]);
      expect((await ask(admin, '/v1/desk/audit?before=x')).status).toBe(400);
    });

    describe('datasets', () => {
      let photo: Uint8Array<ArrayBuffer>;
      let sha256: Sha256;
      const judged = async (states: readonly Finding['state'][]) => {
        const inspection = inspectionOf();
        const id = crypto.randomUUID() as CaptureId;
        const analysis = analysisOf(inspection.id, id);
        const capture = {
          ...{ inspectionId: inspection.id, sha256, bytes: photo.length, mediaType: 'image/png' },
          ...{ fileName: 'a.png', source: 'file', place: {}, createdAt: 1, size: { width: 64, height: 48 } },
        };
        const findings = states.map((state) =>
          findingOf(analysis, { state, geometry: { kind: 'box', box: { x: 1, y: 2, width: 8, height: 9 } } }),
        );
        await tablet.push(
          tablet.make(putOf('inspection', inspection)),
          tablet.make({ entity: 'capture', id, kind: 'put', fields: capture, blobDeps: [sha256] }),
          tablet.make(putOf('analysis', analysis)),
          ...findings.map((finding) => tablet.make(putOf('finding', finding))),
        );
      };
      const send = async () => {
        const file = join(folder, 'photo');
        await writeFile(file, photo);
        const kept = await receivePhoto(server.parts, tablet.tenant, sha256, file);
        expect(kept.ok).toBe(true);
      };
      const freeze = async () =>
        v.parse(DatasetAnswer, await json(await ask(reviewer, '/v1/datasets', {}))).dataset;
      const keyFor = async (id: string) =>
        v.parse(DatasetKeyAnswer, await json(await ask(reviewer, `/v1/datasets/${id}/keys`, {}))).key;

      beforeEach(async () => {
        const image = sharp({ create: { width: 64, height: 48, channels: 3, background: '#777' } });
        photo = new Uint8Array(await image.png().toBuffer());
        sha256 = createHash('sha256').update(photo).digest('hex') as Sha256;
      });

      it('a version is the hash of its bytes, and stays what it was whatever is judged later', async () => {
        await send();
        await judged(['accepted', 'rejected']);
        const first = await freeze();
        expect(first).toMatchObject({ images: 1, annotations: 1, rejected: 1, frozenAt: NOW });
        const read = async () => (await ask(reviewer, `/v1/datasets/${first.id}`)).text();
        const text = await read();
        expect(createHash('sha256').update(text).digest('hex')).toBe(first.id);
        expect(await freeze()).toEqual(first);
        await judged(['edited']);
        const second = await freeze();
        expect(second.id).not.toBe(first.id);
        expect(await read()).toBe(text);
        const list = (await json(await ask(reviewer, '/v1/datasets'))) as { datasets: object[] };
        expect(list.datasets).toHaveLength(2);
      });

      it('leaves out photos whose bytes have not come', async () => {
        await judged(['accepted']);
        expect(await freeze()).toMatchObject({ images: 0, annotations: 0 });
      });

      it('does not exist for another tenant, with whatever role, nor by a key of its own', async () => {
        await send();
        await judged(['accepted']);
        const { id } = await freeze();
        for (const path of [`/v1/datasets/${id}`, `/v1/datasets/${id}/photos/${sha256}`]) {
          expect((await ask(stranger, path)).status).toBe(404);
        }
        expect((await ask(stranger, `/v1/datasets/${id}/keys`, {})).status).toBe(404);
        const { dataset } = v.parse(DatasetAnswer, await json(await ask(stranger, '/v1/datasets', {})));
        const made = await ask(stranger, `/v1/datasets/${dataset.id}/keys`, {});
        const { key } = v.parse(DatasetKeyAnswer, await json(made));
        const headers = { Authorization: `Bearer dataset:${key}` };
        expect((await server.app.request(`/v1/datasets/${dataset.id}`, { headers })).status).toBe(200);
        expect((await server.app.request(`/v1/datasets/${id}`, { headers })).status).toBe(404);
      });

      it('a key reads its dataset and the photos in it, and nothing else', async () => {
        await send();
        await judged(['accepted']);
        const { id } = await freeze();
        const headers = { Authorization: `Bearer dataset:${await keyFor(id)}` };
        const get = async (path: string): Promise<number> =>
          (await server.app.request(path, { headers })).status;
        expect(await get(`/v1/datasets/${id}`)).toBe(200);
        expect(await get(`/v1/datasets/${id}/photos/${sha256}`)).toBe(200);
        expect(await get(`/v1/datasets/${id}/photos/${HASH}`)).toBe(404);
        for (const path of ['/v1/datasets', '/v1/changes', '/v1/desk/audit', `/v1/photos/${sha256}`]) {
          expect(await get(path), path).toBe(401);
        }
      });

      const python = findPython('hashlib');
      it.skipIf(!python)('training fetches it by its version, over a real socket', async () => {
        await send();
        await judged(['accepted']);
        const { id } = await freeze();
        const key = await keyFor(id);
        const running = await listen(server.app, 0);
        try {
          const out = join(folder, 'out');
          const args = ['-m', 'training.data.dataset_api', running.url, id, '--key', key, '--out', out];
          const child = spawn(python ?? '', args, { stdio: ['ignore', 'pipe', 'inherit'] });
          const code = await new Promise((resolve) => child.once('close', resolve));
          expect(code).toBe(0);
          expect(new Uint8Array(await readFile(join(out, 'images', `${sha256}.png`)))).toEqual(photo);
        } finally {
          await running.stop(0);
        }
      });
    });
  });
}
