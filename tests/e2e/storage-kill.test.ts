import { afterAll, beforeAll, expect, it } from 'vitest';
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
