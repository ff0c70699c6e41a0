import { cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { createApp } from '../../server/app.ts';
import { listen } from '../../server/listen.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, beginInspection } from './technician.ts';

const WAIT = { timeout: 60_000, interval: 20 };

/**
 * Resolves when each that ran has been stopped. The app may wake one at once, so what counts is that it stood still, not that it
 * still does: a browser under test never puts a woken one to sleep by itself.
 */
async function stopServiceWorkers(devtools: CDPSession): Promise<void> {
  const stoodStill = new Map<string, boolean>();
  const hear = (told: { versions: readonly { versionId: string; runningStatus: string }[] }): void => {
    for (const { versionId, runningStatus } of told.versions) {
      stoodStill.set(versionId, stoodStill.get(versionId) === true || runningStatus === 'stopped');
    }
  };
  devtools.on('ServiceWorker.workerVersionUpdated', hear);
  await devtools.send('ServiceWorker.enable');
  await devtools.send('ServiceWorker.stopAllWorkers');
  await expect.poll(() => [...new Set(stoodStill.values())], WAIT).toEqual([true]);
  devtools.off('ServiceWorker.workerVersionUpdated', hear);
  await devtools.send('ServiceWorker.disable');
}

it('12: service workers stopped while the app is open: work goes on, and it opens again without a network', async () => {
  const url = inject('appUrl');
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  await tablet.readyOffline(page);
  const devtools = await tablet.context.newCDPSession(page);
  await beginInspection(page, 'WTG-67');
  await stopServiceWorkers(devtools);
  await addPhotos(page, bladePhotos(2), 2);
  await tablet.context.setOffline(true);
  await stopServiceWorkers(devtools);
  // A screen whose code was not loaded yet, and then the whole app.
  await page.goto(`${url}/#/storage`);
  await page.getByRole('heading', { name: 'Storage', exact: true }).waitFor();
  await stopServiceWorkers(devtools);
  await page.reload();
  await page.getByRole('button', { name: 'Check all photos' }).click();
  await page.getByText('All 2 photos are exactly as they were saved.').waitFor();
  await page.goto(`${url}/#/`);
  await page.getByRole('link', { name: /WTG-67/ }).waitFor();
  expect(tablet.pageErrors).toEqual([]);
});

it('12: a chunk answers 404: the screen says so, and opens once the chunk is there', async () => {
  const dist = join(await mkdtemp(join(tmpdir(), 'loupe-chunk-')), 'dist');
  await cp(inject('appDist'), dist, { recursive: true });
  const names = await readdir(join(dist, 'assets'));
  const chunk = join(dist, 'assets', names.find((name) => /^StorageScreen-.+\.js$/.test(name)) ?? 'none');
  await rename(chunk, `${chunk}.away`);
  const server = await listen(createApp({ dist, version: '0.0.0-test' }), 0);
  try {
    await using tablet = await Tablet.start({ url: server.url });
    const page = await tablet.open('#/storage');
    await page.getByRole('heading', { name: 'This screen stopped' }).waitFor();
    await page.getByText('Every photo and judgement up to now is saved on this device.').waitFor();
    await rename(`${chunk}.away`, chunk);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Storage' }).waitFor();
  } finally {
    await server.stop(0);
    await rm(join(dist, '..'), { recursive: true });
  }
});
