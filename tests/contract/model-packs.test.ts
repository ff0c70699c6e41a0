import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PipelineBrowser } from '../../cli/pipeline-browser.ts';
import { GoldenFile } from '../../core/contract/golden.ts';
import { ModelManifest, PackIndex } from '../../core/contract/model-manifest.ts';
import type { RuntimeId } from '../../core/contract/runtime.ts';
import { partsOf } from '../../core/domain/pack-parts.ts';
import { possibleWays } from '../../workers/runtimes/choose-runtime.ts';

const MODELS = resolve(import.meta.dirname, '../../models');
const MAX_FILE_BYTES = 20e6;
const MAX_BYTES = 60e6;

const readJson = <Schema extends v.GenericSchema>(schema: Schema, ...path: readonly string[]) =>
  v.parse(schema, JSON.parse(readFileSync(join(MODELS, ...path), 'utf8')));

const packs = readJson(PackIndex, 'index.json').packs.map((entry) => ({
  entry,
  name: `${entry.id} ${entry.version}`,
  folder: join(MODELS, entry.id, entry.version),
  manifest: readJson(ModelManifest, entry.manifest),
}));

it('there is a model to find damage with', () => {
  expect(packs.filter(({ manifest }) => manifest.task === 'detect')).not.toEqual([]);
});

it('all packs together stay under 60 MB', () => {
  const files = readdirSync(MODELS, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const bytes = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
});

describe.each(packs)('$name', ({ entry, folder, manifest }) => {
  it('is what the index says', () => {
    expect(manifest).toMatchObject({ id: entry.id, version: entry.version });
    expect(entry.manifest).toBe(`${entry.id}/${entry.version}/manifest.json`);
  });

  it.each(manifest.files.flatMap(partsOf))(
    '$path has the size and hash that the manifest says',
    ({ path, sha256, bytes }) => {
      const content = readFileSync(join(folder, path));
      expect(content.byteLength).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      expect(bytes).toBeLessThan(MAX_FILE_BYTES);
    },
  );

  it('has a card', () => {
    expect(readFileSync(join(folder, manifest.card), 'utf8')).toContain('# ');
  });

  it('has golden outputs and a tolerance for every precision', () => {
    const golden = readJson(GoldenFile, entry.id, entry.version, manifest.golden);
    for (const { precision } of manifest.files) {
      expect(golden.tolerance[precision]).toBeDefined();
      const cases = golden.cases.filter((one) => one.precision === undefined || one.precision === precision);
      expect(cases).not.toEqual([]);
      if (manifest.files.some(({ scout }) => scout)) expect(golden.scout).not.toEqual([]);
      for (const { outputs } of cases) {
        for (const { indices, values } of outputs) expect(values).toHaveLength(indices.length);
      }
    }
  });
});

const CPU = { webgpu: 'none', shaderF16: false, relaxedSimd: true } as const;
/** A GPU drawn by the CPU is asked for by name only, and has no fp16 arithmetic. */
const DRAWN_GPU = { ...CPU, webgpu: 'fallback' } as const;
/** One run takes seconds there: the smallest network, and all of them with LOUPE_GPU_PACKS=all (half an hour). */
const onGpu = packs.filter(
  ({ manifest }) => process.env['LOUPE_GPU_PACKS'] === 'all' || manifest.task === 'embed',
);
const log = (line: string) => console.error(line);

const waysOf = (
  chosen: typeof packs,
  device: Parameters<typeof possibleWays>[1],
  asked: readonly (RuntimeId | undefined)[],
) =>
  chosen.flatMap(({ name, manifest }) =>
    asked.flatMap((runtime) =>
      possibleWays(manifest, device, { runtime }).map((way) => ({
        ...{ name, modelId: manifest.id, runtime: way.runtime, precision: way.file.precision },
        // A scout whose golden answers differ is left out without a word.
        firstLook: way.file.scout ? 'scout' : manifest.tiling.firstLook && 'model',
      })),
    ),
  );

async function answersAsInPython(
  browser: PipelineBrowser,
  { modelId, runtime, precision, firstLook }: ReturnType<typeof waysOf>[number],
): Promise<void> {
  const prepared = await browser.prepare({ modelId, runtime, precision });
  expect(prepared).toMatchObject({
    ok: true,
    value: { runtime, precision, selfTest: { verdict: 'passed' } },
  });
  if (prepared.ok) expect(prepared.value.firstLook).toBe(firstLook);
}

describe('in Chromium on the CPU', () => {
  let browser: PipelineBrowser;
  beforeAll(async () => {
    browser = await PipelineBrowser.open({ log });
  }, 120_000);
  afterAll(() => browser[Symbol.asyncDispose]());

  it.each(waysOf(packs, CPU, [undefined]))(
    '$name $precision on $runtime answers what it answered in Python',
    (way) => answersAsInPython(browser, way),
  );
});

describe('in Chromium on WebGPU', () => {
  it.each(waysOf(onGpu, DRAWN_GPU, ['onnx-webgpu', 'tfjs-webgpu']))(
    '$name $precision on $runtime answers what it answered in Python',
    async (way) => {
      await using browser = await PipelineBrowser.open({ runtime: way.runtime, log });
      await answersAsInPython(browser, way);
    },
    1_200_000,
  );
});
