import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { HarnessBrowser } from './storage/harness-browser.ts';
import { serveHarnessPage, type HarnessPage } from './storage/harness-page.ts';

const MiB = 1024 * 1024;
let harness: HarnessPage;
let browser: HarnessBrowser;

beforeAll(async () => {
  harness = await serveHarnessPage();
});
afterAll(() => harness.stop());
beforeEach(async () => {
  browser = await HarnessBrowser.create(harness.url);
});
afterEach(() => browser.dispose());

it('quota exhausted: photos are refused whole, records go on from the reserve, and then say so', async () => {
  await browser.start();
  // Before anything is opened: Chromium asks for a database's quota now and then only.
  const devtools = await browser.devtools();
  const { origin } = new URL(harness.url);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 20 * MiB });
  expect((await browser.call('open')).isSpaceLow).toBe(false);
  expect(await browser.call('savePhoto', 100_000)).toBe('saved');
  expect(await browser.call('savePhoto', 5 * MiB)).toBe('no-space');
  const { saved, refusedWith } = await browser.call('fill', 4000);
  expect(refusedWith).toBe('no-space');
  // Each record of 12 kB is kept with its operation and its line in the journal: some 36 kB. Without the
  // reserve of 16 MiB there would be room for about a hundred.
  expect(saved).toBeGreaterThan(250);
  const full = await browser.call('state');
  expect(full.inspections).toHaveLength(saved + 1);
  expect(full.captures.map(({ isWhole }) => isWhole)).toEqual([true]);

  await browser.kill();
  await browser.start();
  const report = await browser.call('open');
  expect(report).toMatchObject({ loss: undefined, missing: [], unplaced: [], quarantined: 0 });
  expect((await browser.call('state')).inspections).toHaveLength(saved + 1);
});
