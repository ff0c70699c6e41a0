import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { openParts } from '../../../server/open-parts.ts';
import { listDevices } from '../../../server/repositories/devices.ts';
import { addPublisherKey } from '../../../server/repositories/publisher-keys.ts';
import { makeEnrolmentCode, onlyTenant } from '../../../server/services/enrol-device.ts';
import { revoke } from '../../../server/services/revoke-device.ts';
import { KeptInspectionStore } from '../../../src/storage/kept-inspection-store.ts';
import { memoryParts } from '../../../src/storage/memory-store.ts';
import { SyncStore } from '../../../src/storage/sync-store.ts';
import type { Fetch } from '../../../src/sync/api-client.ts';
import { Syncer } from '../../../src/sync/syncer.ts';
import { inspectionOf } from '../../unit/storage/records-for-tests.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const YEARS_MS = 10 * 365 * DAY_MS;

/** Fault 32: what the tablet makes of tokens that end, answers that are lost, and being shut out. */
describe('32: tokens on a tablet', () => {
  /** The server's clock, and how far the tablet's is off. */
  let now = Date.UTC(2026, 5, 1);
  let off = 0;
  let send: Fetch;
  /** Does what a test wants to a request; undefined lets it through. */
  let fault: ((path: string) => 'lose-answer' | 'fail' | undefined) | undefined;
  let asked: string[] = [];
  let parts: Awaited<ReturnType<typeof openParts>>;
  let kept: KeptInspectionStore;
  let store: SyncStore;
  let syncer: Syncer;

  beforeEach(async () => {
    [off, fault, asked] = [0, undefined, []];
    const folder = await mkdtemp(join(tmpdir(), 'loupe-tokens-'));
    parts = await openParts(folder, {}, {});
    const app = createApp({ dist: folder, version: '0', parts: { ...parts, now: () => now } });
    send = async (input, init) => {
      const path = new URL(input).pathname;
      asked.push(path);
      const what = fault?.(path);
      if (what === 'fail') throw new TypeError('failed to fetch');
      const response = await app.request(input, init);
      if (what === 'lose-answer') throw new TypeError('failed to fetch');
      return response;
    };
    const memory = memoryParts({ now: () => now + off });
    [kept, store] = [new KeptInspectionStore(memory), new SyncStore(memory)];
    syncer = tablet();
    return async () => {
      await parts.close();
      await rm(folder, { recursive: true });
    };
  });

  /** The app as it is after a start: what it keeps is there, what it held in memory is not. */
  const tablet = (): Syncer =>
    new Syncer({
      ...{ store, now: () => now + off, chance: () => 0, hash: () => Promise.resolve('') },
      fetch: (input, init) => send(input, init),
      app: () => Promise.resolve({ version: '9.9.9', packs: { 'blade-damage': '3' } }),
    });

  it('an enrolment pins the keys of publishers, and the next one pins them anew', async () => {
    const tenant = await onlyTenant(parts.database, now);
    const add = (key: string) =>
      parts.database.write((sql) =>
        addPublisherKey(sql, tenant, { key, name: key, addedAt: now, by: 'Grace' }),
      );
    expect(await store.publishers()).toEqual([]);
    await add('A'.repeat(43));
    await enrol();
    expect(await store.publishers()).toEqual(['A'.repeat(43)]);
    await add('B'.repeat(43));
    await syncer.sync();
    expect(await store.publishers()).toEqual(['A'.repeat(43)]);
    await enrol();
    expect(await store.publishers()).toEqual(['A'.repeat(43), 'B'.repeat(43)]);
  });

  const enrol = async (): Promise<void> => {
    const tenant = await onlyTenant(parts.database, now);
    const code = await makeEnrolmentCode(parts.database, tenant, now);
    expect(await syncer.enrol('http://server/', code, 'tablet')).toMatchObject({ ok: true });
  };
  const save = async (): Promise<void> => {
    await kept.saveInspection(inspectionOf());
  };
  const renewals = (): number => asked.filter((path) => path === '/v1/token').length;

  it('an access token that ended is renewed on the way, and nobody notices', async () => {
    await enrol();
    await save();
    expect(await syncer.sync()).toBe('idle');
    expect(renewals()).toBe(0);
    now += 11 * MINUTE_MS;
    await save();
    expect(await syncer.sync()).toBe('idle');
    expect([renewals(), await kept.waiting()]).toEqual([1, 0]);
    const tenant = await onlyTenant(parts.database, now);
    const [device] = await parts.database.read((sql) => listDevices(sql, tenant));
    expect(device).toMatchObject({ appVersion: '9.9.9', packs: '{"blade-damage":"3"}' });
  });

  it('a token that ends in the middle of a batch, which the tablet’s clock did not see coming', async () => {
    await enrol();
    for (let n = 0; n < 150; n++) await save();
    let batches = 0;
    fault = (path) => {
      // The server's time goes on alone, as for a tablet that slept.
      if (path === '/v1/push' && ++batches === 2) [now, off] = [now + 11 * MINUTE_MS, off - 11 * MINUTE_MS];
      return undefined;
    };
    expect(await syncer.sync()).toBe('idle');
    // Asked twice for one, since the tablet's clock is wrong by now and needs a nonce.
    expect([renewals(), await kept.waiting()]).toEqual([2, 0]);
    expect(batches).toBeGreaterThan(2);
  });

  it('the answer to a renewal is lost, and the tablet comes back after a month', async () => {
    await enrol();
    await save();
    now += 11 * MINUTE_MS;
    fault = (path) => (path === '/v1/token' ? 'lose-answer' : undefined);
    expect(await syncer.sync()).toBe('unreached');
    now += 30 * DAY_MS;
    fault = undefined;
    expect(await syncer.sync()).toBe('idle');
    expect(await kept.waiting()).toBe(0);
  });

  it('killed between the answer and its keeping, it goes on with the token before', async () => {
    await enrol();
    await save();
    const account = await store.account();
    now += 11 * MINUTE_MS;
    expect(await syncer.sync()).toBe('idle');
    await store.keepAccount(account);
    await save();
    syncer = tablet();
    expect(await syncer.sync()).toBe('idle');
  });

  it('after a start it needs nothing but what it keeps', async () => {
    await enrol();
    await save();
    syncer = tablet();
    expect(await syncer.sync()).toBe('idle');
    expect([renewals(), await kept.waiting()]).toEqual([1, 0]);
  });

  it.each([-YEARS_MS, YEARS_MS, -90_000, 90_000])('a clock that is %d ms off', async (ms) => {
    off = ms;
    await enrol();
    await save();
    expect(await syncer.sync()).toBe('idle');
    now += 20 * MINUTE_MS;
    await save();
    expect(await syncer.sync()).toBe('idle');
    expect(await kept.waiting()).toBe(0);
  });

  it('revoked while offline: everything is kept, and goes once it is enrolled again', async () => {
    await enrol();
    const { tenant = '', device = '' } = (await store.account()) ?? {};
    await save();
    await revoke(parts.database, { tenant, device: 'desk', person: null }, device, now);
    now += 2 * DAY_MS;
    await save();
    expect(await syncer.sync()).toBe('signed-out');
    expect(await kept.waiting()).toBe(2);
    asked = [];
    expect(await syncer.sync()).toBe('signed-out');
    expect(asked).toEqual([]);
    await enrol();
    expect(await syncer.sync()).toBe('idle');
    expect(await kept.waiting()).toBe(0);
    expect((await store.account())?.device).not.toBe(device);
  });

  it('enrolled again while a round was still being refused: nothing stays stopped', async () => {
    await enrol();
    const { tenant = '', device = '' } = (await store.account()) ?? {};
    await save();
    await revoke(parts.database, { tenant, device: 'desk', person: null }, device, now);
    let letThrough: (() => void) | undefined;
    const refusal = new Promise<void>((resolve) => (letThrough = resolve));
    const through = send;
    send = async (input, init) => {
      const response = await through(input, init);
      if (input.endsWith('/v1/token')) await refusal;
      return response;
    };
    const round = syncer.sync();
    await expect.poll(renewals).toBe(1);
    await enrol();
    letThrough?.();
    await round;
    expect(await syncer.sync()).toBe('idle');
    expect(await kept.waiting()).toBe(0);
  });

  it('whose key is gone asks to be enrolled again, and keeps everything', async () => {
    await enrol();
    await save();
    syncer = tablet();
    await store.keys.keep(undefined);
    expect(await syncer.sync()).toBe('signed-out');
    expect(await kept.waiting()).toBe(1);
    await enrol();
    expect(await syncer.sync()).toBe('idle');
  });

  it('a 401 that is not our server’s signs nobody out', async () => {
    await enrol();
    await save();
    const real = send;
    send = () => Promise.resolve(new Response('<html>Sign in', { status: 401 }));
    expect(await syncer.sync()).toBe('unreached');
    send = () => {
      const body = JSON.stringify({ type: 'about:blank', status: 401, title: '', detail: '' });
      return Promise.resolve(new Response(body, { status: 401 }));
    };
    expect(await syncer.sync()).toBe('unreached');
    send = real;
    now += 11 * MINUTE_MS;
    expect(await syncer.sync()).toBe('idle');
  });

  it('asks a server that refuses everything a few times, and no more', async () => {
    await enrol();
    await save();
    asked = [];
    send = (input) => {
      asked.push(input);
      const headers = { 'WWW-Authenticate': 'DPoP algs="ES256", error="invalid_dpop_proof"' };
      return Promise.resolve(new Response('{}', { status: 401, headers }));
    };
    expect(await syncer.sync()).toBe('unreached');
    expect(asked).toHaveLength(4);
  });
});
