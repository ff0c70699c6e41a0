import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { listen, type RunningServer } from '../../../server/listen.ts';
import { openParts, type OpenParts } from '../../../server/open-parts.ts';
import { revokeDevice } from '../../../server/repositories/devices.ts';
import { makeEnrolmentCode, onlyTenant } from '../../../server/services/enrol-device.ts';
import { KeptInspectionStore } from '../../../src/storage/kept-inspection-store.ts';
import { memoryParts } from '../../../src/storage/memory-store.ts';
import { SyncStore } from '../../../src/storage/sync-store.ts';
import { Syncer } from '../../../src/sync/syncer.ts';
import { draftOf, inspectionOf } from '../../unit/storage/records-for-tests.ts';

/** A tablet in memory, and the server over a real socket. */
class Tablet {
  readonly parts = memoryParts({ now: () => this.now });
  readonly kept = new KeptInspectionStore(this.parts);
  readonly store = new SyncStore(this.parts);
  now = Date.now();
  readonly syncer = new Syncer({
    store: this.store,
    now: () => this.now,
    chance: () => 0,
    hash: async (photo) =>
      createHash('sha256')
        .update(new Uint8Array(await photo.arrayBuffer()))
        .digest('hex'),
  });
}

async function noisyPhoto(side: number): Promise<Blob> {
  const noise = Buffer.from(Array.from({ length: side * side * 3 }, (_, n) => (n * n * 31) >> 3));
  const jpeg = sharp(noise, { raw: { width: side, height: side, channels: 3 } }).jpeg({ quality: 99 });
  return new Blob([new Uint8Array(await jpeg.toBuffer())], { type: 'image/jpeg' });
}

describe('a tablet and its server over a socket', () => {
  let folder = '';
  let parts: OpenParts;
  let server: RunningServer;
  let tablet: Tablet;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loupe-sync-'));
    parts = await openParts(folder);
    server = await listen(createApp({ dist: folder, version: '0', parts, log: () => undefined }), 0);
    tablet = new Tablet();
  });

  afterEach(async () => {
    await server.stop(0);
    await parts.close();
    await rm(folder, { recursive: true });
  });

  const code = async (): Promise<string> =>
    makeEnrolmentCode(parts.database, await onlyTenant(parts.database, Date.now()), Date.now());

  const enrolled = async (on = tablet, url = `${server.url}/`): Promise<void> => {
    expect((await on.syncer.enrol(url, await code(), 'tablet')).ok).toBe(true);
  };

  const inspectionWithPhoto = async (photo: Blob) => {
    const inspection = inspectionOf();
    await tablet.kept.saveInspection(inspection);
    const saved = await tablet.kept.savePhoto(draftOf(inspection.id), photo);
    if (!saved.ok) throw new Error(saved.kind);
    return { inspection, capture: saved.value };
  };

  it('needs no server: everything waits', async () => {
    await tablet.kept.saveInspection(inspectionOf());
    expect(await tablet.syncer.sync()).toBe('not-enrolled');
    expect(await tablet.kept.waiting()).toBe(1);
  });

  it('brings records and photos to the server and to another tablet, with a receipt for each photo', async () => {
    await enrolled();
    const { inspection, capture } = await inspectionWithPhoto(await noisyPhoto(64));
    expect(await tablet.syncer.sync()).toBe('idle');
    expect(await tablet.kept.waiting()).toBe(0);
    expect(await tablet.store.waitingPhotos()).toEqual([]);
    const other = new Tablet();
    await enrolled(other);
    expect(await other.syncer.sync()).toBe('idle');
    expect(await other.kept.inspection(inspection.id)).toEqual(inspection);
    expect(await other.kept.captures(inspection.id)).toEqual([capture]);
  });

  it('goes on with a photo whose line was cut in the middle', async () => {
    const photo = await noisyPhoto(1200);
    const cutter = new CuttingProxy(Number(new URL(server.url).port), 300_000);
    await enrolled(tablet, await cutter.listen());
    const { capture } = await inspectionWithPhoto(photo);
    for (let round = 0; round < 40 && (await tablet.store.waitingPhotos()).length > 0; round++) {
      tablet.now += 10 * 60 * 1000;
      await tablet.syncer.sync();
    }
    expect(cutter.cuts).toBeGreaterThan(1);
    expect(await tablet.store.waitingPhotos()).toEqual([]);
    const [transfer] = await tablet.store.transfers();
    expect(transfer).toMatchObject({ sha256: capture.sha256, receivedAt: expect.any(Number) as number });
    await cutter.close();
  });

  it('says what is wrong with a photo that the server refuses, and goes on with the others', async () => {
    await enrolled();
    await inspectionWithPhoto(new Blob(['this is no photo'], { type: 'image/jpeg' }));
    await inspectionWithPhoto(await noisyPhoto(32));
    expect(await tablet.syncer.sync()).toBe('idle');
    const [waiting, ...others] = await tablet.store.waitingPhotos();
    expect(waiting?.transfer?.trouble).toContain('no photo');
    expect(others).toEqual([]);
  });

  it('stops when the device was revoked, keeps everything, and goes on once enrolled again', async () => {
    await enrolled();
    const account = await tablet.store.account();
    await tablet.kept.saveInspection(inspectionOf());
    const { tenant = '', device = '' } = account ?? {};
    await parts.database.write((sql) => revokeDevice(sql, tenant, device, Date.now()));
    expect(await tablet.syncer.sync()).toBe('signed-out');
    await tablet.kept.saveInspection(inspectionOf());
    expect(await tablet.syncer.sync()).toBe('signed-out');
    expect(await tablet.kept.waiting()).toBe(2);
    await enrolled();
    expect(await tablet.syncer.sync()).toBe('idle');
    expect(await tablet.kept.waiting()).toBe(0);
  });

  it('what is made while signed out does not overtake what waits', async () => {
    await enrolled();
    await tablet.kept.saveInspection(inspectionOf());
    await tablet.store.setObstacle('blocked-auth', true);
    await tablet.kept.saveInspection(inspectionOf());
    expect(await tablet.syncer.sync()).toBe('signed-out');
    expect(await tablet.kept.waiting()).toBe(2);
  });

  it('does not call a photo safe without a receipt', async () => {
    const forgetful = new Syncer({
      ...{ store: tablet.store, now: () => tablet.now, chance: () => 0, hash: () => Promise.resolve('') },
      fetch: (input, init) =>
        input.endsWith('v1/receipts')
          ? Promise.resolve(new Response('{"protocol":1,"receipts":[]}'))
          : fetch(input, init),
    });
    await enrolled();
    await inspectionWithPhoto(await noisyPhoto(32));
    expect(await forgetful.sync()).toBe('unreached');
    expect(await tablet.store.waitingPhotos()).toHaveLength(1);
  });

  it.each(['<html>Sign in</html>', '{}', '{"results":[]}', ''])(
    'takes the 200 of a captive portal for no answer: %s',
    async (page) => {
      const portal = new Syncer({
        ...{ store: tablet.store, now: () => tablet.now, chance: () => 0, hash: () => Promise.resolve('') },
        fetch: () => Promise.resolve(new Response(page)),
      });
      await enrolled();
      await tablet.kept.saveInspection(inspectionOf());
      expect(await portal.sync()).toBe('unreached');
      expect(await tablet.kept.waiting()).toBe(1);
    },
  );

  it('backs off while nobody answers', async () => {
    await enrolled();
    await tablet.kept.saveInspection(inspectionOf());
    await server.stop(0);
    expect(await tablet.syncer.sync()).toBe('unreached');
    expect(await tablet.kept.waiting()).toBe(1);
    server = await listen(createApp({ dist: folder, version: '0', parts }), 0);
  });
});

/** Lets so many bytes of a connection through to the server, then cuts it. */
class CuttingProxy {
  cuts = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(port: number, bytes: number) {
    this.#server = createServer((client) => {
      const upstream = new (client.constructor as typeof Socket)().connect(port, '127.0.0.1');
      let passed = 0;
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
      }
      client.on('data', (chunk: Buffer) => {
        passed += chunk.length;
        upstream.write(chunk);
        if (passed < bytes) return;
        this.cuts++;
        upstream.end();
        client.destroy();
      });
      upstream.on('data', (chunk: Buffer) => client.write(chunk));
      upstream.on('close', () => client.destroy());
      client.on('close', () => upstream.end());
    });
  }

  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(`http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/`);
      });
    });
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
