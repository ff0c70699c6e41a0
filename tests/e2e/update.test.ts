import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createApp } from '../../server/app.ts';
import { listen, type RunningServer } from '../../server/listen.ts';
import { Tablet } from './tablet.ts';

let dist = '';
let server: RunningServer;

beforeAll(async () => {
  dist = join(await mkdtemp(join(tmpdir(), 'loupe-update-')), 'dist');
  await cp(inject('appDist'), dist, { recursive: true });
  server = await listen(createApp({ dist, version: '0.0.0-test' }), 0);
});
afterAll(async () => {
  await server.stop(0);
  await rm(join(dist, '..'), { recursive: true });
});

it('an update is offered, waits for the technician, and then takes over', async () => {
  await using tablet = await Tablet.start({ url: server.url });
  const page = await tablet.open();
  await tablet.readyOffline(page);
  const offer = page.getByText('A newer version is ready');
  expect(await offer.count()).toBe(0);

  await appendFile(join(dist, 'service-worker.js'), '\n// a newer build\n');
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  await offer.waitFor();
  const waits = () =>
    page.evaluate(
      async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state ?? 'nothing waits',
    );
  expect(await waits()).toBe('installed');

  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Update now' }).click();
  await reloaded;
  await expect.poll(waits).toBe('nothing waits');
  expect(await offer.count()).toBe(0);
});
