import { afterAll, beforeAll, expect, it } from 'vitest';
import { HarnessBrowser } from './storage/harness-browser.ts';
import { serveHarnessPage, type HarnessPage } from './storage/harness-page.ts';
import { killWhileSaving } from './storage/kill-campaign.ts';

let harness: HarnessPage;
beforeAll(async () => {
  harness = await serveHarnessPage();
});
afterAll(() => harness.stop());

it('SIGKILL of the browser mid-save: what was acknowledged is there, whole, once', async () => {
  const counts = await killWhileSaving(harness.url, { kills: 6, random: Math.random });
  expect(counts.wrong).toEqual([]);
  expect(counts.kills).toBe(6);
  expect(counts.acknowledged).toBeGreaterThan(0);
});

it('SIGKILL at any point of an upgrade: the old version whole, or the new one', async () => {
  const rows = 300;
  const browser = await HarnessBrowser.create(harness.url);
  try {
    await browser.start();
    await browser.call('plant', rows);
    const ends: number[] = [];
    // The pause grows, so that one kill after another comes at a later point, until one comes too late.
    for (let pause = 0; ends.at(-1) !== 3; pause = pause * 2 + 20) {
      browser.call('upgrade').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, pause));
      await browser.kill();
      await browser.start();
      const { version, rows: found, isIndexed } = await browser.call('planted');
      expect({ version, found, isIndexed }).toEqual(
        version === 1
          ? { version, found: { one: rows }, isIndexed: false }
          : { version: 3, found: { two: rows }, isIndexed: true },
      );
      ends.push(version);
    }
    expect(ends[0]).toBe(1);
  } finally {
    await browser.dispose();
  }
});
