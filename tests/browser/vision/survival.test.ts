import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../../core/contract/vision-worker.ts';
import type { VisionBridge, WorkerEvent } from '../../../src/vision/vision-bridge.ts';
import { PACK_CACHE, sha256 } from '../../../workers/models/pack-files.ts';
import manifest from '../../fixtures/packs/tiny-squares/1.0.0/manifest.json';
import { paintPhoto } from './paint-photo.ts';
import { forgetPacks, openBridge, packsUrl } from './test-bridge.ts';

let bridge: VisionBridge | undefined;
beforeEach(forgetPacks);
afterEach(() => bridge?.close());

const lossy = (name: string, loss: object) =>
  new Worker(new URL('./lossy.worker.ts', import.meta.url), {
    type: 'module',
    name: JSON.stringify({ ...(JSON.parse(name) as object), ...loss }),
  });
const real = (name: string) =>
  new Worker(new URL('../../../workers/vision/vision.worker.ts', import.meta.url), { type: 'module', name });

const square = { x: 20, y: 12, width: 24, height: 24 };
const photo = await paintPhoto({ width: 400, height: 300 }, [square]);
const request = { modelId: 'tiny-squares', photo, name: 'photo.png' };
const places = ({ findings }: AnalysisResult) => findings.map(({ box }) => [box.x, box.y]).sort();

it('a GPU that is taken away in the middle of a photo: the CPU does all of it', async () => {
  const events: WorkerEvent[] = [];
  const lives: string[] = [];
  let givenUp = 0;
  bridge = openBridge({
    preferWasm: false,
    createWorker: (name) => {
      lives.push(name);
      return lossy(name, { gpuAfter: lives.length === 1 ? 20 : 1e9 });
    },
    onWorker: (event) => events.push(event),
    onGpuGivenUp: () => givenUp++,
  });
  await bridge.installPack('tiny-squares');
  await bridge.chooseWay('tiny-squares', { runtime: 'onnx-webgpu', precision: 'fp32' });
  const onGpu = await bridge.prepare({ modelId: 'tiny-squares' });
  expect(onGpu).toMatchObject({ ok: true, value: { runtime: 'onnx-webgpu' } });
  const tiles: number[] = [];
  const outcome = await bridge.analyse(request, {
    onEvent: (event) => tiles.push(event.kind === 'tile' ? event.done : 0),
  });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  expect(outcome.value.prepared.runtime).not.toContain('webgpu');
  // Begun once on the GPU, with tiles done, and once from the start.
  expect(tiles.filter((done) => done === 0)).toHaveLength(2);
  expect(tiles.indexOf(0, 1)).toBeGreaterThan(1);
  expect(events.map(({ kind }) => kind)).toEqual(['started', 'lost', 'started']);
  expect(lives[1]).toContain('"withoutGpu":true');
  expect(givenUp).toBe(1);
  bridge.close();
  bridge = openBridge();
  const calm = await bridge.analyse(request);
  if (!calm.ok) throw new Error(JSON.stringify(calm));
  expect(places(outcome.value)).toEqual(places(calm.value));
});

describe('memory that the device does not give', () => {
  it('is asked for again in smaller amounts', async () => {
    bridge = openBridge({ createWorker: (name) => lossy(name, { pages: 20_000 }) });
    expect(await bridge.analyse(request)).toMatchObject({ ok: true });
  });

  it('not at all: the photo fails with a reason, and works once there is memory', async () => {
    let poor = true;
    bridge = openBridge({ createWorker: (name) => (poor ? lossy(name, { pages: 0 }) : real(name)) });
    const outcome = await bridge.analyse(request);
    expect(outcome).toMatchObject({ ok: false, kind: 'runtime-failed', runtime: 'onnx-wasm' });
    poor = false;
    expect(await bridge.analyse(request)).toMatchObject({ ok: true });
  });
});

/** The pack in use, with another model under its name. */
async function plant(name: string): Promise<void> {
  await bridge?.installPack('tiny-squares');
  const bytes = new Uint8Array(await (await fetch(`/tests/fixtures/absurd/${name}.onnx`)).arrayBuffer());
  const file = { path: 'model.onnx', format: 'onnx', precision: 'fp32', for: ['wasm', 'webgpu'] };
  const files = [{ ...file, bytes: bytes.length, sha256: await sha256(bytes) }];
  const cache = await caches.open(PACK_CACHE);
  const put = (path: string, body: BodyInit) =>
    cache.put(`${packsUrl}tiny-squares/1.0.0/${path}`, new Response(body));
  await put('manifest.json', JSON.stringify({ ...manifest, files }));
  await put('model.onnx', bytes);
}

describe('an absurd model', () => {
  it.each([
    ['greedy', 'self-test-failed'],
    ['nonsense', 'self-test-failed'],
    ['endless', 'worker-lost'],
  ])('%s: is refused, and another works', async (name, kind) => {
    bridge = openBridge({ silenceLimitMs: 6000 });
    await plant(name);
    expect(await bridge.analyse(request)).toMatchObject({ ok: false, kind });
    expect(await bridge.analyse({ ...request, modelId: 'tiny-mask' })).toMatchObject({ ok: true });
  });
});

it('a photo of 48 megapixels', async () => {
  const size = { width: 8064, height: 6048 };
  const far = { x: 7680, y: 5504, width: 384, height: 384 };
  const large = await paintPhoto(size, [far], { type: 'image/jpeg' });
  bridge = openBridge();
  await bridge.installPack('tiny-squares');
  const cache = await caches.open(PACK_CACHE);
  const coarse = { ...manifest, tiling: { overlap: 0.25, scales: [1 / 16] } };
  await cache.put(`${packsUrl}tiny-squares/1.0.0/manifest.json`, new Response(JSON.stringify(coarse)));
  const outcome = await bridge.analyse({ ...request, photo: large });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  expect(outcome.value.photo).toEqual(size);
  expect(outcome.value.findings.length).toBeGreaterThan(0);
  // Cells are 128 photo pixels wide.
  for (const { box } of outcome.value.findings) {
    expect(box.x).toBeGreaterThanOrEqual(far.x - 128);
    expect(box.y).toBeGreaterThanOrEqual(far.y - 128);
  }
});
