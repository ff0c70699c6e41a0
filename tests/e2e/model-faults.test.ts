import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createApp } from '../../server/app.ts';
import { listen, type RunningServer } from '../../server/listen.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, beginInspection } from './technician.ts';

// The built app with one pack whose model files were spoiled on their way.
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

it('13: a model whose bytes were changed on their way: it is said, not used, and fetched again', async () => {
  await using tablet = await Tablet.start({ url: server.url });
  const page = await tablet.open();
  await tablet.readyOffline(page);
  const whole = await spoilModels(join(dist, 'models', 'corrosion'));
  await fetched(page);
  await card(page)
    .getByText(/is damaged and was not used/)
    .waitFor();
  await photosAreKept(page, 'WTG-69');
  for (const [file, bytes] of whole) await writeFile(file, bytes);
  await fetched(page);
  await card(page).getByRole('button', { name: 'Test', exact: false }).first().waitFor();
  expect(tablet.pageErrors).toEqual([]);
});

/** Turns one bit of each; resolves with what was there. */
async function spoilModels(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(folder, { recursive: true });
  const whole = new Map<string, Buffer>();
  for (const name of names.filter((file) => /\.(onnx|tflite|bin)$/.test(file))) {
    const file = join(folder, name);
    const bytes = await readFile(file);
    whole.set(file, bytes);
    const spoiled = Buffer.from(bytes);
    spoiled[10_000] = (spoiled[10_000] ?? 0) ^ 1;
    await writeFile(file, spoiled);
  }
  return whole;
}
