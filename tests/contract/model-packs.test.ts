import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PipelineBrowser } from '../../cli/pipeline-browser.ts';
import { GoldenFile } from '../../core/contract/golden.ts';
import { ModelManifest, PackIndex } from '../../core/contract/model-manifest.ts';
import { partsOf } from '../../workers/models/pack-files.ts';
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
      for (const { outputs } of cases) {
        for (const { indices, values } of outputs) expect(values).toHaveLength(indices.length);
      }
    }
  });
});

const CPU = { webgpu: 'none', shaderF16: false, relaxedSimd: true } as const;
const log = (line: string) => console.error(line);

// On WebGPU without a GPU one run of these networks takes a minute; tests/browser/runtimes runs small ones there.
describe('in Chromium on the CPU', () => {
  let browser: PipelineBrowser;
  beforeAll(async () => {
    browser = await PipelineBrowser.open({ log });
  }, 120_000);
  afterAll(() => browser[Symbol.asyncDispose]());

  it.each(
    packs.flatMap(({ name, manifest }) =>
      possibleWays(manifest, CPU).map(({ runtime, file: { precision } }) => ({
        name,
        modelId: manifest.id,
        runtime,
        precision,
      })),
    ),
  )('$name $precision on $runtime answers what it answered in Python', async (way) => {
    const { modelId, runtime, precision } = way;
    const prepared = await browser.prepare({ modelId, runtime, precision });
    expect(prepared).toMatchObject({
      ok: true,
      value: { runtime, precision, selfTest: { verdict: 'passed' } },
    });
  });
});
