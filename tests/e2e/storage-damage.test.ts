import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { KeptState, ScrubSummary } from './storage/harness-api.ts';
import { HarnessBrowser } from './storage/harness-browser.ts';
import { serveHarnessPage, type HarnessPage } from './storage/harness-page.ts';

const SAVING_MS = 1500;

let harness: HarnessPage;
let browser: HarnessBrowser;
let before: KeptState;

beforeAll(async () => {
  harness = await serveHarnessPage();
});
afterAll(() => harness.stop());

/** A profile with work in it, its browser killed. */
beforeEach(async () => {
  browser = await HarnessBrowser.create(harness.url);
  await browser.start();
  await browser.call('open');
  browser.call('work', 5).catch(() => undefined);
  await expect.poll(() => browser.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(10);
  await new Promise((resolve) => setTimeout(resolve, SAVING_MS));
  await browser.kill();
  await browser.start();
  await browser.call('open');
  before = await browser.call('state');
  await browser.kill();
});
afterEach(() => browser.dispose());

/** Files of the profile under a folder whose name begins so. */
async function profileFiles(part: string): Promise<string[]> {
  const root = join(browser.profile, 'Default');
  const files = await readdir(join(root, part), { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
}

async function reopened(): Promise<{ report: ScrubSummary; state: KeptState }> {
  await browser.start();
  const report = await browser.call('open');
  return { report, state: await browser.call('state') };
}

const ids = (state: KeptState): unknown => ({
  inspections: [...state.inspections].sort(),
  captures: state.captures.map(({ id, isWhole }) => `${id} ${isWhole}`).sort(),
  analyses: [...state.analyses].sort(),
  reviews: [...state.reviews].sort(),
  operations: state.operations.map(({ opId }) => opId).sort(),
});

it('the database’s CURRENT file deleted: everything is there', async () => {
  const current = (await profileFiles('IndexedDB')).filter((file) => file.endsWith('/CURRENT'));
  expect(current.length).toBeGreaterThan(0);
  for (const file of current) await rm(file);
  const { state } = await reopened();
  expect(ids(state)).toEqual(ids(before));
});

it('the whole database gone: everything comes back, and the user is told', async () => {
  await rm(join(browser.profile, 'Default', 'IndexedDB'), { recursive: true });
  const { report, state } = await reopened();
  expect(report).toMatchObject({ loss: 'emptied', replayed: before.operations.length, missing: [] });
  expect(ids(state)).toEqual(ids(before));
});

it('bits flipped in every file of the database: everything comes back, whole and once', async () => {
  for (const file of await profileFiles('IndexedDB')) {
    if (!/\.(ldb|log)$/.test(file)) continue;
    const bytes = await readFile(file);
    for (let at = 100; at < bytes.length; at += 5000) bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    await writeFile(file, bytes);
  }
  const { state } = await reopened();
  expect(ids(state)).toEqual(ids(before));
});

it('a photo’s file cut in the profile: it is flagged, and every other photo is whole', async () => {
  const files = await Promise.all(
    (await profileFiles('File System')).map(async (file) => ({ file, bytes: (await readFile(file)).length })),
  );
  const [largest] = files
    .filter(({ file }) => /\/\d{8}$/.test(file))
    .filter(({ bytes }) => bytes !== 16 * 1024 * 1024)
    .sort((a, b) => b.bytes - a.bytes);
  if (!largest) throw new Error('no photo in the profile');
  await truncate(largest.file, Math.floor(largest.bytes / 2));
  const { report, state } = await reopened();
  expect(report.missing).toHaveLength(1);
  const torn = state.captures.filter(({ isWhole }) => !isWhole).map(({ id }) => id);
  expect(torn).toEqual(report.missing);
  expect(state.captures).toHaveLength(before.captures.length);
});
