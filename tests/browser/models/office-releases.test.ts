import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublisherKey, ReleaseManifest, SignedRelease } from '../../../core/contract/release.ts';
import type { VisionBridge } from '../../../src/vision/vision-bridge.ts';
import { PACK_CACHE } from '../../../workers/models/pack-files.ts';
import { forgetPacks, openBridge, packsUrl } from '../vision/test-bridge.ts';
import { ID, TestOffice, TestPublisher, withdrawal } from './test-publisher.ts';

const ada = await TestPublisher.make();
const bob = await TestPublisher.make();
let office: TestOffice;
let bridge: VisionBridge;
let pinned: readonly string[] = [];

beforeEach(async () => {
  await forgetPacks();
  office = new TestOffice();
  pinned = [ada.key];
  bridge = openBridge({ officePart: office.part });
});
afterEach(() => bridge.close());

const tellSigned = async (signed: SignedRelease, offered: readonly PublisherKey[] = [{ key: ada.key }]) => {
  const taken = await bridge.takeReleases({ releases: [signed], offered, pinned });
  if (!taken.ok) throw new Error(taken.kind);
  pinned = taken.value.trusted;
  return taken.value;
};
/** What the tablet does with its sync: takes it, and installs what is to be installed. */
const sync = async (release: ReleaseManifest, by = ada): Promise<string> => {
  const { toInstall } = await tellSigned(await by.release(release));
  for (const id of toInstall) {
    const installed = await bridge.installRelease(id);
    if (!installed.ok) return installed.kind;
  }
  return inUse();
};
const status = async () => {
  const packs = await bridge.packs();
  return packs.ok ? packs.value.find(({ manifest }) => manifest.id === ID) : undefined;
};
const inUse = async (): Promise<string> => {
  const prepared = await bridge.prepare({ modelId: ID });
  if (!prepared.ok) return prepared.kind;
  const { source } = (await status()) ?? {};
  return `${prepared.value.manifest.version} ${source?.kind === 'office' ? `release ${source.release}` : 'app'}`;
};
const refused = async () => (await bridge.refusedReleases()).map(({ release, reason }) => `${release} ${reason}`);
const reopen = () => {
  bridge.close();
  bridge = openBridge({ officePart: office.part });
};

describe('a release of the office', () => {
  it('is fetched, proven and used in the place of the app’s pack, and kept across restarts and offline', async () => {
    expect(await inUse()).toBe('1.0.0 app');
    expect(await sync(await office.offer('1.1.0', 1))).toBe('1.1.0 release 1');
    expect((await status())?.selfTests).toMatchObject([{ verdict: 'passed', model: { version: '1.1.0' } }]);
    office.isReachable = false;
    reopen();
    expect(await inUse()).toBe('1.1.0 release 1');
    expect(await bridge.readCard(ID)).toContain('tiny-squares');
    expect(await refused()).toEqual([]);
  });

  it('of a newer version with the same weights is the one that analyses, with its own thresholds', async () => {
    await sync(await office.offer('1.1.0', 1));
    const thresholds = { default: 0.42, perLabel: {}, nmsIou: 0.5 };
    expect(await sync(await office.offer('1.2.0', 3, { thresholds }))).toBe('1.2.0 release 3');
    const prepared = await bridge.prepare({ modelId: ID });
    expect(prepared).toMatchObject({ ok: true, value: { manifest: { thresholds } } });
  });

  it('that is rolled back by a higher number gives the older version, without another download', async () => {
    await sync(await office.offer('1.1.0', 1));
    const older = await office.offer('1.1.0', 4);
    await sync(await office.offer('1.2.0', 3, { title: 'Next' }));
    office.asked.length = 0;
    expect(await sync(older)).toBe('1.1.0 release 4');
    expect(office.asked).toEqual([]);
  });

  it('that is withdrawn gives way to what came with the app, at once and for good', async () => {
    expect(await inUse()).toBe('1.0.0 app');
    const first = await office.offer('1.1.0', 1);
    await sync(first);
    expect(await sync(withdrawal(2))).toBe('1.0.0 app');
    expect(await sync(first)).toBe('1.0.0 app');
    expect(await refused()).toEqual(['1 old-release']);
    expect(await sync(withdrawal(2))).toBe('1.0.0 app');
    expect(await refused()).toEqual([]);
    const kept = (await (await caches.open(PACK_CACHE)).keys()).map(({ url }) => url);
    expect(kept.filter((url) => url.includes('/_office/files/'))).toEqual([]);
  });

  it('keeps the files of the one in use and the one before, and no others', async () => {
    const names = async () =>
      (await (await caches.open(PACK_CACHE)).keys()).filter(({ url }) => url.includes('/_office/files/')).length;
    await sync(await office.offer('1.1.0', 1));
    const one = await names();
    await sync(await office.offer('1.2.0', 3, { title: 'a' }));
    expect(await names()).toBe(one + 1);
    await sync(await office.offer('1.3.0', 5, { title: 'b' }));
    expect(await names()).toBe(one + 1);
  });

  it('goes on from the pieces that came, once the office is reached again', async () => {
    const offer = await office.offer('1.1.0', 1);
    const model = offer.files.find(({ path }) => path === 'model.onnx');
    if (!model) throw new Error('no model');
    const bytes = office.files.get(model.sha256);
    office.files.delete(model.sha256);
    expect(await sync(offer)).toBe('pack-unavailable');
    expect(await inUse()).toBe('1.0.0 app');
    office.files.set(model.sha256, bytes ?? new Uint8Array());
    office.asked.length = 0;
    expect(await sync(offer)).toBe('1.1.0 release 1');
    expect(office.asked).toEqual([`${model.sha256} 0`]);
  });

  it('of a pack that the app does not have stands beside the others', async () => {
    const offer = await office.offer('1.1.0', 1, { id: 'office-only' }, { id: 'office-only' });
    await tellSigned(await ada.release(offer));
    expect(await bridge.installRelease('office-only')).toMatchObject({ ok: true, value: { state: 'kept' } });
    const packs = await bridge.packs();
    const ids = packs.ok ? packs.value.map(({ manifest }) => manifest.id) : [];
    expect(ids).toEqual(['tiny-squares', 'tiny-mask', 'office-only'].toSorted((a, b) => ids.indexOf(a) - ids.indexOf(b)));
  });

  it('that is removed is fetched again when it is needed, and not by the next sync', async () => {
    const offer = await office.offer('1.1.0', 1);
    await sync(offer);
    await bridge.removePack(ID);
    expect(await tellSigned(await ada.release(offer))).toMatchObject({ toInstall: [] });
    expect(await status()).toMatchObject({ state: 'available', source: { kind: 'office' } });
    reopen();
    expect(await inUse()).toBe('1.1.0 release 1');
  });

  it('whose kept file went bad is fetched again; where the office is not reached the one before runs', async () => {
    await sync(await office.offer('1.1.0', 1));
    const offer = await office.offer('1.2.0', 3, { title: 'Next' });
    await sync(offer);
    const own = offer.files.find(({ path }) => path === 'manifest.json');
    const cache = await caches.open(PACK_CACHE);
    await cache.put(`${packsUrl}_office/files/${own?.sha256}`, new Response('{"changed":true}'));
    office.isReachable = false;
    reopen();
    expect(await bridge.prepare({ modelId: ID })).toMatchObject({ ok: true, value: { manifest: { version: '1.1.0' } } });
    office.isReachable = true;
    reopen();
    expect(await inUse()).toBe('1.2.0 release 3');
  });

  it('that expired is used, and says so', async () => {
    expect(await sync(await office.offer('1.1.0', 1, {}, { expiresAt: 5 }))).toBe('1.1.0 release 1');
    expect(await status()).toMatchObject({ source: { isExpired: true, expiresAt: 5 } });
    const later = Date.now() + 1e9;
    await sync(await office.offer('1.2.0', 3, {}, { expiresAt: later }));
    expect(await status()).toMatchObject({ source: { isExpired: false, expiresAt: later } });
  });
});

describe('a release that is not to be trusted changes nothing, and the reason is kept', () => {
  beforeEach(async () => {
    expect(await sync(await office.offer('1.1.0', 3))).toBe('1.1.0 release 3');
  });

  it('an old signed manifest: a lower number than the highest that was seen', async () => {
    expect(await sync(await office.offer('1.0.5', 2))).toBe('1.1.0 release 3');
    expect(await refused()).toEqual(['2 old-release']);
    reopen();
    expect(await sync(await office.offer('1.0.5', 2))).toBe('1.1.0 release 3');
  });

  it('another release of the same number', async () => {
    expect(await sync(await office.offer('1.2.0', 3))).toBe('1.1.0 release 3');
    expect(await refused()).toEqual(['3 old-release']);
  });

  it('an old signed manifest stays refused after the pack was removed', async () => {
    await bridge.removePack(ID);
    await tellSigned(await ada.release(await office.offer('1.0.5', 2)));
    expect(await refused()).toEqual(['2 old-release']);
  });

  it('an unknown key', async () => {
    expect(await sync(await office.offer('1.2.0', 4), bob)).toBe('1.1.0 release 3');
    expect(await refused()).toEqual(['4 unknown-key']);
    expect(await bridge.refusedReleases()).toMatchObject([{ id: ID, version: '1.2.0' }]);
  });

  it('an unknown key that the office offers without an endorsement, or with one by a stranger', async () => {
    const signed = await bob.release(await office.offer('1.2.0', 4));
    const mallory = await TestPublisher.make();
    for (const key of [{ key: bob.key }, await mallory.endorse(bob.key), { ...(await ada.endorse(mallory.key)), key: bob.key }]) {
      const taken = await tellSigned(signed, [{ key: ada.key }, { key: mallory.key }, key]);
      expect(taken).toEqual({ trusted: [ada.key], toInstall: [], withdrawn: [] });
    }
    expect(await refused()).toEqual(['4 unknown-key']);
  });

  it('an office that forgot the pinned keys is not believed others', async () => {
    const taken = await tellSigned(await bob.release(await office.offer('1.2.0', 4)), [{ key: bob.key }]);
    expect(taken.trusted).toEqual([ada.key]);
  });

  it.each<[string, (signed: SignedRelease) => SignedRelease, string]>([
    ['a changed manifest', (one) => ({ ...one, manifest: one.manifest.replace('"release":4', '"release":5') }), '5 bad-signature'],
    ['a signature of nothing', (one) => ({ ...one, signature: 'A'.repeat(86) }), '4 bad-signature'],
    ['a manifest with spaces', (one) => ({ ...one, manifest: ` ${one.manifest}` }), '4 bad-signature'],
  ])('%s', async (_name, spoil, reason) => {
    const signed = await ada.release(await office.offer('1.2.0', 4));
    expect((await tellSigned(spoil(signed))).toInstall).toEqual([]);
    expect(await refused()).toEqual([reason]);
  });

  it('a form that this app does not know, rightly signed', async () => {
    const future = { ...(await office.offer('1.2.0', 4)), schema: 2 };
    expect((await tellSigned(await ada.release(future as never))).toInstall).toEqual([]);
    expect(await refused()).toEqual(['4 unreadable']);
  });

  it('one for a newer app, until the app is new enough', async () => {
    const minApp = '99.0.0';
    expect(await sync(await office.offer('1.2.0', 4, { minApp }, { minApp }))).toBe('1.1.0 release 3');
    expect(await bridge.refusedReleases()).toMatchObject([{ reason: 'needs-newer-app', detail: minApp }]);
  });

  it('a file that is not what was signed', async () => {
    const offer = await office.offer('1.2.0', 4, { title: 'Next' });
    const own = offer.files.find(({ path }) => path === 'manifest.json');
    const bytes = office.files.get(own?.sha256 ?? '');
    office.files.set(own?.sha256 ?? '', new Uint8Array(own?.bytes ?? 0));
    expect(await sync(offer)).toBe('pack-corrupt');
    expect(await refused()).toEqual(['4 spoiled']);
    expect(await inUse()).toBe('1.1.0 release 3');
    office.files.set(own?.sha256 ?? '', bytes ?? new Uint8Array());
    expect(await sync(offer)).toBe('1.2.0 release 4');
    expect(await refused()).toEqual([]);
  });

  it('a manifest that names another file than what was signed', async () => {
    const offer = await office.offer('1.2.0', 4, { golden: 'other.json' });
    expect(await sync(offer)).toBe('pack-corrupt');
    expect(await inUse()).toBe('1.1.0 release 3');
  });

  it('one that fails its self-test, which is not tried again by itself', async () => {
    // Another scale of the input than the golden outputs were made with.
    const { default: manifest } = await import('../../fixtures/packs/tiny-squares/1.0.0/manifest.json');
    const offer = await office.offer('1.2.0', 4, { input: { ...manifest.input, scale: 1 } });
    expect(await sync(offer)).toBe('self-test-failed');
    expect(await refused()).toEqual(['4 self-test-failed']);
    expect(await inUse()).toBe('1.1.0 release 3');
    expect((await tellSigned(await ada.release(offer))).toInstall).toEqual([]);
    expect(await bridge.installRelease(ID, true)).toMatchObject({ ok: false, kind: 'self-test-failed' });
    expect(await sync(await office.offer('1.3.0', 5))).toBe('1.3.0 release 5');
    expect(await refused()).toEqual([]);
  });
});

describe('the keys that a device takes releases by', () => {
  it('are those that are offered first where none was pinned', async () => {
    pinned = [];
    expect(await sync(await office.offer('1.1.0', 1))).toBe('1.1.0 release 1');
    expect(pinned).toEqual([ada.key]);
  });

  it('are joined by one that was endorsed, also by way of another', async () => {
    const eve = await TestPublisher.make();
    const keys = [await bob.endorse(eve.key), await ada.endorse(bob.key), { key: ada.key }];
    await tellSigned(await eve.release(await office.offer('1.1.0', 1)), keys);
    expect(pinned).toEqual([ada.key, bob.key, eve.key]);
    expect(await bridge.installRelease(ID)).toMatchObject({ ok: true });
  });

  it('lose one that the office revoked', async () => {
    pinned = [ada.key, bob.key];
    await tellSigned(await bob.release(await office.offer('1.1.0', 1)), [{ key: ada.key }]);
    expect(pinned).toEqual([ada.key]);
    expect(await refused()).toEqual(['1 unknown-key']);
  });
});
