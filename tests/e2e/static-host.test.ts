import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { startStaticHost } from './plain-static-host.ts';
import { Tablet } from './tablet.ts';

const isolated = (page: Page) => page.evaluate(() => crossOriginIsolated);
const findings = (page: Page) =>
  page
    .getByText(/\d+ findings?/)
    .first()
    .waitFor({ timeout: 120_000 });
const keptRuntimes = (page: Page) =>
  page.evaluate(async () => {
    const requests = await (await caches.open('loupe-runtime-v1')).keys();
    return requests.map(({ url }) => url.split('/').pop() ?? '').filter((name) => name.endsWith('.wasm'));
  });

it('from a folder of a plain static host: threads from the second visit, one runtime, and all of it offline', async () => {
  await using host = await startStaticHost(inject('appDist'));
  await using tablet = await Tablet.start({ url: host.url });
  const page = await tablet.open();
  await tablet.readyOffline(page);
  expect(await isolated(page)).toBe(false);
  await page.reload();
  expect(await isolated(page)).toBe(true);

  await tablet.open('#/demo');
  await findings(page);
  // The decoder of HEIC comes with the app (ADR 35) and is no runtime.
  const runtimes = host.asked.filter((path) => path.endsWith('.wasm') && !path.includes('libheif'));
  expect(runtimes).toEqual([expect.stringMatching(/^assets\/litert_wasm_threaded_internal-[\w-]{8}\.wasm$/)]);
  expect(await keptRuntimes(page)).toHaveLength(1);

  await host[Symbol.asyncDispose]();
  await tablet.context.setOffline(true);
  await tablet.open('?again#/demo');
  await findings(page);
  expect(await isolated(page)).toBe(true);
  expect(tablet.pageErrors).toEqual([]);
});
