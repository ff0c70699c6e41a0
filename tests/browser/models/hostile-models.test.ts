import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACK_CACHE } from '../../../workers/models/pack-files.ts';
import { constant, external, FLOAT, INT64, model, node, port, type Graph } from '../../fixtures/onnx-writer.ts';
import manifest from '../../fixtures/packs/tiny-squares/1.0.0/manifest.json';
import { forgetPacks, openBridge, packsUrl } from '../vision/test-bridge.ts';

/** Whole packs, every hash right, whose model is not what it should be: what a wrong export or a hostile one would be. */
let bridge = openBridge();
beforeEach(async () => {
  await forgetPacks();
  bridge = openBridge();
});
afterEach(() => bridge.close());

const PHOTO = [1, 3, 64, 64];
const images = port('images', FLOAT, PHOTO);
const sizes = (...values: number[]): Uint8Array => new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer);

const HOSTILE: readonly (readonly [name: string, kinds: readonly string[], graph: Graph])[] = [
  [
    'external data outside of the pack',
    ['runtime-failed'],
    {
      nodes: [node('Add', ['images', 'secret'], 'output')],
      constants: [external('secret', [1], '../../../etc/hostname')],
      inputs: [images],
      outputs: [port('output', FLOAT, PHOTO)],
    },
  ],
  [
    'external data at an absolute path',
    ['runtime-failed'],
    {
      nodes: [node('Add', ['images', 'secret'], 'output')],
      constants: [external('secret', [1], '/etc/hostname')],
      inputs: [images],
      outputs: [port('output', FLOAT, PHOTO)],
    },
  ],
  [
    'a network for sound',
    ['model-mismatch'],
    {
      nodes: [node('Relu', ['waveform'], 'text')],
      inputs: [port('waveform', FLOAT, [1, 16_000])],
      outputs: [port('text', FLOAT, [1, 16_000])],
    },
  ],
  [
    'a utility graph of numbers',
    ['model-mismatch'],
    {
      nodes: [node('Identity', ['images'], 'output')],
      inputs: [port('images', INT64, [1])],
      outputs: [port('output', INT64, [1])],
    },
  ],
  [
    'a valid graph with absurd dimensions',
    ['runtime-failed', 'self-test-failed'],
    {
      nodes: [node('Expand', ['images', 'size'], 'output')],
      constants: [constant('size', INT64, [5], sizes(100_000, 1, 3, 64, 64))],
      inputs: [images],
      outputs: [port('output', FLOAT, [100_000, ...PHOTO])],
    },
  ],
];

const sha256 = async (bytes: BufferSource): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

/** Puts a file in the place of a kept one, and its hash and length into the manifest. */
async function plant(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const cache = await caches.open(PACK_CACHE);
  const told = { sha256: await sha256(bytes), bytes: bytes.byteLength };
  const files = manifest.files.map((file) => ({
    ...file,
    ...(file.path === path && told),
    ...('weights' in file && { weights: { ...file.weights, ...(file.weights.path === path && told) } }),
  }));
  const folder = `${packsUrl}tiny-squares/1.0.0/`;
  await cache.put(`${folder}${path}`, new Response(bytes));
  await cache.put(`${folder}manifest.json`, new Response(JSON.stringify({ ...manifest, files })));
}

describe('a model that is not what its pack says is refused by name, and the next one works', () => {
  it.each(HOSTILE)('ONNX: %s', async (_name, kinds, graph) => {
    await bridge.installPack('tiny-squares');
    await plant('model.onnx', model(graph));
    const outcome = await bridge.prepare({ modelId: 'tiny-squares', runtime: 'onnx-wasm' });
    expect(kinds).toContain(outcome.ok ? 'taken' : outcome.kind);
    expect(await bridge.prepare({ modelId: 'tiny-mask' })).toMatchObject({ ok: true });
  });

  it('tfjs: a shard of one byte', async () => {
    await bridge.prepare({ modelId: 'tiny-squares', runtime: 'tfjs-wasm' });
    bridge.close();
    await plant('tfjs/weights.bin', new Uint8Array([1]));
    const outcome = await bridge.prepare({ modelId: 'tiny-squares', runtime: 'tfjs-wasm' });
    expect(['runtime-failed', 'self-test-failed']).toContain(outcome.ok ? 'taken' : outcome.kind);
    expect(JSON.stringify(outcome)).toContain('bytes of weights, not 1');
  });
});
