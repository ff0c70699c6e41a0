import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { HarnessBrowser } from './storage/harness-browser.ts';
import { serveHarnessPage, type HarnessPage } from './storage/harness-page.ts';
import { wrongs } from './storage/kill-campaign.ts';

let harness: HarnessPage;
let browser: HarnessBrowser;

beforeAll(async () => {
  harness = await serveHarnessPage();
});
afterAll(() => harness.stop());
beforeEach(async () => {
  browser = await HarnessBrowser.create(harness.url);
  await browser.start();
});
afterEach(() => browser.dispose());

it('Page.crash mid-save: what was acknowledged is there, whole, once', async () => {
  for (const seed of [1, 2, 3, 4]) {
    await browser.call('open');
    const before = browser.acknowledged.length;
    browser.call('work', seed).catch(() => undefined);
    await expect.poll(() => browser.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(before + 3);
    // The answer of a command that ends its own page never comes.
    (await browser.devtools()).send('Page.crash').catch(() => undefined);
    await browser.openPage();
    const report = await browser.call('open');
    expect(wrongs(report, await browser.call('state'), browser.acknowledged)).toEqual([]);
  }
});

it('origin data cleared while open: nothing is called saved that is not, and after a reload all works', async () => {
  await browser.call('open');
  expect(await browser.call('savePhoto', 50_000)).toBe('saved');
  const { origin } = new URL(harness.url);
  await (await browser.devtools()).send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  // Chromium may refuse the cleared folder to this page until it is loaded again.
  const answers = [await browser.call('savePhoto', 60_000), await browser.call('savePhoto', 70_000)];
  const saved = answers.filter((answer) => answer === 'saved').length;
  await browser.kill();
  await browser.start();
  expect(await browser.call('open')).toMatchObject({ loss: undefined, missing: [], unplaced: [] });
  expect((await browser.call('state')).captures.map(({ isWhole }) => isWhole)).toEqual(
    Array(saved).fill(true),
  );
  expect(await browser.call('savePhoto', 80_000)).toBe('saved');
});
