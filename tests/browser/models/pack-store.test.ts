import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelFile, ModelManifest } from '../../../core/contract/model-manifest.ts';
import type { PackProgress } from '../../../core/contract/vision-worker.ts';
import { PACK_CACHE } from '../../../workers/models/pack-files.ts';
import { PackStore } from '../../../workers/models/pack-store.ts';
import golden from '../../fixtures/packs/tiny-squares/1.0.0/golden.json';
import manifest from '../../fixtures/packs/tiny-squares/1.0.0/manifest.json';
import { FakeNetwork } from './fake-network.ts';

const originalFetch = fetch.bind(globalThis);
const response = await fetch('/tests/fixtures/packs/tiny-squares/1.0.0/model.onnx');
const model = new Uint8Array(await response.arrayBuffer());
const ID = 'tiny-squares';
const folder = `${ID}/1.0.0/`;

let network: FakeNetwork;
let store: PackStore;
const progress = vi.fn<(progress: PackProgress) => void>();

beforeEach(async () => {
  await caches.delete(PACK_CACHE);
  progress.mockClear();
  network = new FakeNetwork();
  network.serveJson('index.json', { packs: [{ id: ID, version: '1.0.0', manifest: `${folder}manifest.json` }] });
  network.serveJson(`${folder}manifest.json`, manifest);
  network.serveJson(`${folder}golden.json`, golden);
  network.serve(`${folder}model.onnx`, model);
  store = new PackStore({ base: network.base, neededFiles: ({ files }) => files.filter(({ format }) => format === 'onnx') });
});
afterEach(() => vi.unstubAllGlobals());

const isTfjs = ({ format }: ModelFile) => format === 'tfjs';
/** Gives what there is, and then nothing more until it is given up. */
const endless = (bytes: Uint8Array<ArrayBuffer>, signal?: AbortSignal) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      signal?.addEventListener('abort', () => controller.error(signal.reason));
    },
  });
const install = () => store.install(ID, progress);
const keptModel = async (bytes: Uint8Array<ArrayBuffer>) =>
  (await caches.open(PACK_CACHE)).put(`${network.base}${folder}model.onnx`, new Response(bytes));
const flipped = (bytes: Uint8Array<ArrayBuffer>, at: number) =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

describe('a pack', () => {
  it('is offered, installed with progress, found without the network, and removed', async () => {
    expect(await store.list()).toMatchObject({ ok: true, value: [{ state: 'available', keptBytes: 0 }] });
    expect(await install()).toMatchObject({ ok: true, value: { state: 'kept', keptBytes: model.length } });
    const last = progress.mock.calls.at(-1)?.[0];
    expect(last).toEqual({ file: 'model.onnx', receivedBytes: model.length, totalBytes: model.length });
    network.goOffline();
    expect(await store.list()).toMatchObject({ ok: true, value: [{ state: 'kept' }] });
    const found = await store.find(ID);
    if (!found.ok) throw new Error(found.kind);
    const [file] = found.value.manifest.files;
    if (!file) throw new Error('no file');
    expect(await store.readModel(found.value, file)).toEqual({ ok: true, value: { model } });
    expect(await store.readGolden(found.value)).toEqual({ ok: true, value: golden });
    await store.remove(ID);
    expect(await store.find(ID)).toMatchObject({ ok: false, kind: 'pack-unavailable', modelId: ID });
  });

  it('is downloaded once, however often it is asked for', async () => {
    await Promise.all([install(), install(), install()]);
    await install();
    expect(network.asked.filter((path) => path.endsWith('model.onnx'))).toHaveLength(1);
  });

  it('is fetched no further once that is cancelled, and from there on when asked again', async () => {
    const heard = new Promise<void>((resolve) => progress.mockImplementation(() => resolve()));
    network.serve(`${folder}model.onnx`, (signal) => new Response(endless(model.slice(0, 300), signal)));
    const outcome = install();
    await heard;
    store.cancelInstall(ID);
    expect(await outcome).toEqual({ ok: false, kind: 'cancelled' });
    expect(await store.list()).toMatchObject({ ok: true, value: [{ state: 'available', keptBytes: 0 }] });
    network.serve(`${folder}model.onnx`, model);
    expect(await install()).toMatchObject({ ok: true, value: { state: 'kept' } });
  });

  it('of two files to a model is kept whole or not at all', async () => {
    const parts = ['tfjs/model.json', 'tfjs/weights.bin'];
    const fetched = await Promise.all(parts.map((part) => originalFetch(`/tests/fixtures/packs/${folder}${part}`)));
    const [graph, weights] = await Promise.all(fetched.map((one) => one.bytes()));
    store = new PackStore({ base: network.base, neededFiles: ({ files }) => files.filter(isTfjs) });
    network.serve(`${folder}tfjs/model.json`, graph ?? '');
    expect(await install()).toMatchObject({ ok: false, kind: 'pack-unavailable' });
    network.serve(`${folder}tfjs/weights.bin`, weights ?? '');
    const pack = await install();
    if (!pack.ok) throw new Error(pack.kind);
    expect(pack.value.keptBytes).toBe((graph?.length ?? 0) + (weights?.length ?? 0));
    const file = pack.value.manifest.files.find(isTfjs);
    if (!file) throw new Error('no tfjs file');
    expect(await store.readModel(pack.value, file)).toEqual({ ok: true, value: { model: graph, weights } });
  });

  it('in a newer version is offered while the older one stays in use until it is installed', async () => {
    await install();
    const newer = { ...manifest, version: '1.1.0' };
    network.serveJson('index.json', { packs: [{ id: ID, version: '1.1.0', manifest: `${ID}/1.1.0/manifest.json` }] });
    network.serveJson(`${ID}/1.1.0/manifest.json`, newer);
    network.serveJson(`${ID}/1.1.0/golden.json`, golden);
    network.serve(`${ID}/1.1.0/model.onnx`, model);
    expect(await store.list()).toMatchObject({ ok: true, value: [{ state: 'available' }] });
    expect(await store.find(ID)).toMatchObject({ ok: true, value: { manifest: { version: '1.0.0' } } });
    await install();
    expect(await store.find(ID)).toMatchObject({ ok: true, value: { manifest: { version: '1.1.0' } } });
    const kept = (await (await caches.open(PACK_CACHE)).keys()).map(({ url }) => url);
    expect(kept.filter((url) => url.includes('/1.0.0/'))).toEqual([]);
  });
});

describe('what is wrong with a download is said, and nothing of it is kept', () => {
  const doctored = (change: Partial<ModelManifest> | { files: unknown }) =>
    network.serveJson(`${folder}manifest.json`, { ...manifest, ...change });
  const html = () => new Response('<!doctype html><title>Log in</title>', { headers: { 'Content-Type': 'text/html' } });

  it.each<[string, () => void, object]>([
    ['offline', () => network.goOffline(), { kind: 'pack-unavailable', modelId: ID }],
    ['index is a log-in page', () => network.serve('index.json', html), { kind: 'pack-corrupt' }],
    ['manifest is a log-in page', () => network.serve(`${folder}manifest.json`, html), { kind: 'pack-corrupt' }],
    ['golden is a log-in page', () => network.serve(`${folder}golden.json`, html), { kind: 'pack-corrupt' }],
    ['model is a log-in page', () => network.serve(`${folder}model.onnx`, html), { kind: 'pack-corrupt', file: 'model.onnx' }],
    ['model is gone', () => network.serve(`${folder}model.onnx`, () => new Response('', { status: 404 })), { kind: 'pack-unavailable' }],
    ['byte flipped', () => network.serve(`${folder}model.onnx`, flipped(model, 900)), { kind: 'pack-corrupt', file: 'model.onnx' }],
    ['cut at 99 %', () => network.serve(`${folder}model.onnx`, model.slice(0, -17)), { kind: 'pack-corrupt' }],
    ['longer than said', () => network.serve(`${folder}model.onnx`, new Blob([model, model])), { kind: 'pack-corrupt' }],
    ['manifest of another version', () => doctored({ version: '2.0.0' }), { kind: 'model-mismatch' }],
    ['future schema', () => doctored({ schema: 2 } as never), { kind: 'pack-corrupt' }],
    ['path out of the pack', () => doctored({ files: [{ ...manifest.files[0], path: '../../secret' }] }), { kind: 'pack-corrupt' }],
    ['absurd input', () => doctored({ input: { ...manifest.input, width: 100_000 } } as never), { kind: 'pack-corrupt' }],
  ])('%s', async (_name, spoil, failure) => {
    spoil();
    expect(await install()).toMatchObject({ ok: false, ...failure });
    const cache = await caches.open(PACK_CACHE);
    expect(await cache.match(`${network.base}${folder}model.onnx`)).toBeUndefined();
    expect(await cache.match(`${network.base}kept/${ID}.json`)).toBeUndefined();
  });

  it('a device with room for the model, but then not for the day’s photos', async () => {
    const estimate = vi
      .spyOn(navigator.storage, 'estimate')
      .mockResolvedValue({ usage: 0, quota: 200_000_000 });
    expect(await install()).toMatchObject({ ok: false, kind: 'no-space', neededBytes: model.length });
    estimate.mockRestore();
    expect((await install()).ok).toBe(true);
  });

  it('a full device', async () => {
    const put = vi.spyOn(Cache.prototype, 'put').mockImplementation(async (request) => {
      if (new Request(request).url.endsWith('.onnx')) throw new DOMException('full', 'QuotaExceededError');
    });
    expect(await install()).toMatchObject({ ok: false, kind: 'no-space', neededBytes: model.length });
    put.mockRestore();
  });
});

describe('a kept pack that went bad', () => {
  it.each([
    ['byte flipped', flipped(model, 900)],
    ['cut', model.slice(0, 100)],
    ['empty', new Uint8Array()],
  ])('%s: verify names the file and drops it; install fetches it again', async (_name, bytes) => {
    await install();
    expect(await store.verify(ID)).toMatchObject({ ok: true, value: { state: 'kept' } });
    await keptModel(bytes);
    expect(await store.verify(ID)).toMatchObject({ ok: false, kind: 'pack-corrupt', file: 'model.onnx' });
    expect(await store.list()).toMatchObject({ ok: true, value: [{ state: 'damaged' }] });
    expect(await install()).toMatchObject({ ok: true, value: { state: 'kept' } });
    expect(await store.verify(ID)).toMatchObject({ ok: true });
  });
});
