import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createApp } from '../../server/app.ts';
import { listen, type RunningServer } from '../../server/listen.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, beginInspection } from './technician.ts';

// The built app with one pack whose model files were spoiled on their way.
const FIXTURES = resolve(import.meta.dirname, '../fixtures');
let dist = '';
let server: RunningServer;

beforeAll(async () => {
  dist = join(await mkdtemp(join(tmpdir(), 'loupe-models-')), 'dist');
  await cp(inject('appDist'), dist, { recursive: true });
  server = await listen(createApp({ dist, version: '0.0.0-test' }), 0);
});
afterAll(async () => {
  await server.stop(0);
  await rm(join(dist, '..'), { recursive: true });
});

const card = (page: Page): Locator => page.getByRole('article').filter({ hasText: 'Corrosion' });

async function fetched(page: Page): Promise<void> {
  await page.goto(`${server.url}/#/models`);
  await card(page)
    .getByRole('button', { name: /^Download, / })
    .click();
}

async function photosAreKept(page: Page, tag: string): Promise<void> {
  await page.goto(`${server.url}/#/`);
  await beginInspection(page, tag);
  await addPhotos(page, bladePhotos(1), 1);
}

it('5: quota exhausted mid-model-download: it is said, nothing of the model is kept, and photos are', async () => {
  await using tablet = await Tablet.start({ url: server.url });
  const page = await tablet.open();
  await tablet.readyOffline(page);
  const devtools = await tablet.context.newCDPSession(page);
  const origin = server.url;
  const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin });
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 1_500_000 });
  await fetched(page);
  await card(page)
    .getByText(/There is no room for/)
    .waitFor();
  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  await photosAreKept(page, 'WTG-68');
  await page.goto(`${server.url}/#/models`);
  await card(page)
    .getByRole('button', { name: /^Download, / })
    .waitFor();
});

it.each<[string, Spoil]>([
  ['a bit of it turned', turnBit],
  ['cut at 99 %', cutAtEnd],
  ['not the one whose hash its pack names', nameOtherHash],
])('13: a model that came otherwise, %s: it is said, not used, and fetched again', async (_name, spoil) => {
  await using tablet = await Tablet.start({ url: server.url });
  const page = await tablet.open();
  await tablet.readyOffline(page);
  const pack = join(dist, 'models', 'corrosion');
  const whole = await filesOf(pack);
  for (const [file, bytes] of whole) await writeFile(file, spoil(file, bytes));
  await fetched(page);
  await card(page)
    .getByText(/is damaged and was not used/)
    .waitFor();
  await photosAreKept(page, 'WTG-69');
  for (const [file, bytes] of whole) await writeFile(file, bytes);
  await fetched(page);
  await card(page).getByRole('button', { name: 'Test', exact: true }).waitFor();
  expect(tablet.pageErrors).toEqual([]);
});

it('13: a valid model of absurd dimensions: it fails its self-test, is not used, and photos are kept', async () => {
  await using tablet = await Tablet.start({ url: server.url });
  await plantAbsurdPack();
  const page = await tablet.open();
  await tablet.readyOffline(page);
  await page.goto(`${server.url}/#/models`);
  const absurd = page.getByRole('article').filter({ hasText: 'Test pack tiny-squares' });
  await absurd.getByRole('button', { name: /^Download, / }).click();
  await absurd.getByRole('button', { name: 'Test', exact: true }).click();
  await absurd.getByText(/wrong answers in its self-test, so it is not used here/).waitFor();
  await photosAreKept(page, 'WTG-71');
  expect(tablet.pageErrors).toEqual([]);
});

/** The file as it comes over the network in place of what it is. */
type Spoil = (file: string, bytes: Buffer) => Buffer;

const isModel = (file: string): boolean => /\.(onnx|tflite|bin)$/.test(file);

function turnBit(file: string, bytes: Buffer): Buffer {
  const spoiled = Buffer.from(bytes);
  if (isModel(file)) spoiled[10_000] = (spoiled[10_000] ?? 0) ^ 1;
  return spoiled;
}

function cutAtEnd(file: string, bytes: Buffer): Buffer {
  return isModel(file) ? bytes.subarray(0, Math.floor(bytes.length * 0.99)) : bytes;
}

function nameOtherHash(file: string, bytes: Buffer): Buffer {
  if (!file.endsWith('manifest.json')) return bytes;
  return Buffer.from(bytes.toString().replaceAll(/"sha256": "../g, '"sha256": "00'));
}

async function filesOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)));
}

/** The test pack with a model that fits its manifest and wants 90 billion numbers; its hash is right. */
async function plantAbsurdPack(): Promise<void> {
  const pack = join(dist, 'models', 'tiny-squares', '1.0.0');
  await cp(join(FIXTURES, 'packs', 'tiny-squares', '1.0.0'), pack, { recursive: true });
  const model = await readFile(join(FIXTURES, 'absurd', 'greedy.onnx'));
  await writeFile(join(pack, 'model.onnx'), model);
  const sha256 = createHash('sha256').update(model).digest('hex');
  const file = { path: 'model.onnx', format: 'onnx', precision: 'fp32', for: ['wasm'] };
  await change(join(pack, 'manifest.json'), (manifest) => ({
    ...manifest,
    files: [{ ...file, bytes: model.length, sha256 }],
  }));
  const entry = { id: 'tiny-squares', version: '1.0.0', manifest: 'tiny-squares/1.0.0/manifest.json' };
  await change(join(dist, 'models', 'index.json'), ({ packs }) => ({
    packs: [...(packs as object[]), entry],
  }));
}

type Json = Readonly<Record<string, unknown>>;

async function change(file: string, by: (json: Json) => Json): Promise<void> {
  await writeFile(file, JSON.stringify(by(JSON.parse(await readFile(file, 'utf8')) as Json)));
}
