import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GoldenFile } from '../../../core/contract/golden.ts';
import { PACK_CACHE } from '../../../workers/models/pack-files.ts';
import golden from '../../fixtures/packs/tiny-squares/1.0.0/golden.json';
import manifest from '../../fixtures/packs/tiny-squares/1.0.0/manifest.json';
import { paintPhoto } from './paint-photo.ts';
import { forgetPacks, openBridge, packsUrl } from './test-bridge.ts';

let bridge = openBridge();
beforeEach(async () => {
  await forgetPacks();
  bridge = openBridge();
});
afterEach(() => bridge.close());

const request = { modelId: 'tiny-squares' } as const;
const url = (file: string) => `${packsUrl}tiny-squares/1.0.0/${file}`;
const replaceKept = async (file: string, body: BodyInit) =>
  (await caches.open(PACK_CACHE)).put(url(file), new Response(body));
const replaceManifest = (change: object) =>
  replaceKept('manifest.json', JSON.stringify({ ...manifest, ...change }));

describe('a model is used only after it has reproduced its golden outputs', () => {
  it('keeps the verdict for the next start', async () => {
    const first = await bridge.prepare(request);
    bridge.close();
    const second = await bridge.prepare(request);
    if (!first.ok || !second.ok) throw new Error('not prepared');
    expect(first.value.selfTest).toMatchObject({ verdict: 'passed', cases: 2 });
    expect(second.value.selfTest).toEqual(first.value.selfTest);
    const packs = await bridge.packs();
    if (!packs.ok) throw new Error(packs.kind);
    const pack = packs.value.find(({ manifest: { id } }) => id === 'tiny-squares');
    expect(pack).toMatchObject({ state: 'kept', selfTests: [first.value.selfTest] });
  });

  it.each<[string, (file: GoldenFile) => GoldenFile]>([
    [
      'one value is off',
      (file) => ({
        ...file,
        cases: file.cases.map((test) => ({
          ...test,
          outputs: test.outputs.map((output) => ({
            ...output,
            values: output.values.map((value, at) => (at === 5 ? value + 0.1 : value)),
          })),
        })),
      }),
    ],
    ['no case is for this precision', (file) => ({ ...file, cases: [] })],
    ['no tolerance is given', (file) => ({ ...file, tolerance: {} })],
  ])('refuses it when %s', async (_name, change) => {
    await bridge.installPack('tiny-squares');
    await replaceKept('golden.json', JSON.stringify(change(golden as GoldenFile)));
    expect(await bridge.prepare(request)).toMatchObject({
      ok: false,
      kind: 'self-test-failed',
      runtime: 'onnx-wasm',
    });
  });

  it.each([
    ['input of another size', { input: { ...manifest.input, width: 128 } }],
    ['input of another name', { input: { ...manifest.input, name: 'picture' } }],
    ['input of another type', { input: { ...manifest.input, dtype: 'uint8' } }],
    ['output of another name', { output: { ...manifest.output, name: 'boxes' } }],
  ])('refuses a model whose %s is not the one of its manifest', async (_name, change) => {
    await bridge.installPack('tiny-squares');
    await replaceManifest(change);
    expect(await bridge.prepare(request)).toMatchObject({ ok: false, kind: 'model-mismatch' });
  });

  it('refuses a pack that is made for a newer app', async () => {
    await bridge.installPack('tiny-squares');
    await replaceManifest({ minApp: '99.0.0' });
    const outcome = await bridge.prepare(request);
    if (outcome.ok || outcome.kind !== 'pack-unavailable') throw new Error(JSON.stringify(outcome));
    expect(outcome.detail).toContain('99.0.0');
  });

  it('fetches a kept model again that went bad', async () => {
    await bridge.installPack('tiny-squares');
    await replaceKept('model.onnx', 'not a model');
    expect(await bridge.prepare(request)).toMatchObject({
      ok: true,
      value: { selfTest: { verdict: 'passed' } },
    });
  });
});

it('WebGPU answers as WASM does, after its own self-test', async () => {
  bridge.close();
  bridge = openBridge({ fallbackGpu: true });
  const square = { x: 20, y: 12, width: 24, height: 24 };
  const photo = await paintPhoto({ width: 100, height: 64 }, [square]);
  const answers = [];
  for (const runtime of ['onnx-wasm', 'onnx-webgpu'] as const) {
    const outcome = await bridge.analyse({ ...request, photo, name: 'photo.png', runtime });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    expect(outcome.value.prepared).toMatchObject({ runtime, selfTest: { verdict: 'passed', runtime } });
    answers.push(outcome.value.findings.map(({ box, score }) => [box.x, box.y, score.toFixed(4)]));
  }
  expect(answers[0]?.length).toBeGreaterThan(0);
  expect(answers[1]).toEqual(answers[0]);
});

it('a way chosen by hand is taken from then on, after its own self-test', async () => {
  const first = await bridge.prepare(request);
  await bridge.chooseWay('tiny-squares', { runtime: 'tfjs-wasm', precision: 'fp32' });
  const chosen = await bridge.prepare(request);
  bridge.close();
  const restarted = await bridge.prepare(request);
  for (const outcome of [chosen, restarted]) {
    expect(outcome).toMatchObject({
      ok: true,
      value: { runtime: 'tfjs-wasm', selfTest: { verdict: 'passed', runtime: 'tfjs-wasm' } },
    });
  }
  expect(first).toMatchObject({ ok: true, value: { runtime: 'onnx-wasm' } });
  const packs = await bridge.packs();
  if (!packs.ok) throw new Error(packs.kind);
  expect(packs.value.find(({ manifest: { id } }) => id === 'tiny-squares')).toMatchObject({
    byHand: { runtime: 'tfjs-wasm' },
    inUse: { runtime: 'tfjs-wasm' },
  });
});

it('a test that took its worker with it twice is not begun again by itself, but when a person asks', async () => {
  await bridge.prepare({ ...request, runtime: 'tfjs-wasm' });
  const logUrl = `${packsUrl}self-tests/tiny-squares.json`;
  const cache = await caches.open(PACK_CACHE);
  const log = (await (await cache.match(logUrl))?.json()) as { entries: { test: { runtime: string } }[] };
  const { test: _, ...subject } = log.entries.find(({ test }) => test.runtime === 'tfjs-wasm') ?? {
    test: {},
  };
  await cache.put(logUrl, new Response(JSON.stringify({ entries: [], begun: [{ ...subject, times: 2 }] })));
  bridge.close();
  expect(await bridge.prepare({ ...request, runtime: 'tfjs-wasm' })).toMatchObject({
    ok: false,
    kind: 'self-test-failed',
    runtime: 'tfjs-wasm',
  });
  expect(await bridge.prepare({ ...request, runtime: 'tfjs-wasm', again: true })).toMatchObject({ ok: true });
});

it('a software GPU is never chosen by itself', async () => {
  expect(await bridge.capabilities()).toMatchObject({ webgpu: 'fallback' });
  expect(await bridge.prepare(request)).toMatchObject({ ok: true, value: { runtime: 'onnx-wasm' } });
});

it('a segmenter gives masks and, when asked, the probability of every pixel', async () => {
  const square = { x: 50, y: 12, width: 40, height: 30 };
  const photo = await paintPhoto({ width: 150, height: 64 }, [square]);
  const outcome = await bridge.analyse({
    modelId: 'tiny-mask',
    photo,
    name: 'photo.png',
    wantProbability: true,
  });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  const { findings, probability } = outcome.value;
  expect(findings).toHaveLength(1);
  const { box, geometry, label } = findings[0] ?? {};
  expect(label).toBe('bright');
  expect(geometry?.kind).toBe('mask');
  // The mask has a stride of 2.
  expect(Math.abs((box?.x ?? 0) - square.x)).toBeLessThanOrEqual(2);
  expect(Math.abs((box?.x ?? 0) + (box?.width ?? 0) - square.x - square.width)).toBeLessThanOrEqual(2);
  expect(probability).toHaveLength(150 * 64);
  expect(probability?.[27 * 150 + 70]).toBeGreaterThan(250);
  expect(probability?.[5 * 150 + 5]).toBe(0);
});
