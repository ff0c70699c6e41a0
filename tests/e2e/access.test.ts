import { expect, inject, it } from 'vitest';
import { audit } from './audit.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, choosePlace, toInspection } from './technician.ts';

const url = inject('appUrl');

it('every screen passes the audit in every theme', { timeout: 480_000 }, async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open('#/settings');
  for (const theme of ['dark', 'contrast', 'light']) {
    await page.locator(`input[value=${theme}]`).check({ force: true });
    await page.locator(`html[data-theme=${theme}]`).waitFor();
  }
  const found: string[] = [];
  const look = async (screen: string) => {
    found.push(...(await audit(page)).map((wrong) => `${screen}: ${wrong}`));
  };
  await look('settings');
  const go = async (hash: string, heading: string | RegExp) => {
    await page.evaluate((next) => (location.hash = next), hash);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await look(hash);
  };
  await go('#/', 'Loupe');
  await go('#/new', 'New inspection');
  await go('#/models', 'Models');
  await go('#/storage', 'Storage');
  await go('#/sync', 'Sync');
  await page.getByRole('heading', { name: 'Connect this device' }).waitFor();
  await look('sync');
  await go('#/conflicts', 'Disagreements');
  await go('#/nowhere', 'Not found');
  await page.evaluate(() => (location.hash = '#/'));
  await beginInspection(page, 'WTG-11');
  await choosePlace(page, 'A', 'Leading edge');
  await addPhotos(page, bladePhotos(2), 2);
  await look('add');
  await toInspection(page);
  await analysed(page, 2);
  await look('inspection');
  const inspection = new URL(page.url()).hash;
  await page.locator('section.photos a').first().click();
  await page.getByRole('heading', { name: /^Photo \d of 2$/ }).waitFor();
  await look('photo');
  await page.getByRole('link', { name: 'Mark missed damage' }).click();
  await page.getByRole('button', { name: 'Put a box in the middle' }).click();
  await look('mark');
  await go(`${inspection}/judge`, /^(\d+ of \d+|All judged)/);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Help for this screen' }).waitFor();
  await look('help');
  await page.getByRole('button', { name: 'The day in five steps' }).click();
  await look('tour');
  await page.keyboard.press('Escape');
  // A key that is pressed while a dialog closes belongs to the dialog.
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('f');
  for (const tool of ['Brush', 'Outline', 'Box']) {
    await page.getByRole('button', { name: tool, exact: true }).click();
    await look(`fix by ${tool}`);
  }
  await page.keyboard.press('Escape');
  await go(`${inspection}/findings`, 'Findings');
  await go('#/about', 'About Loupe');
  await go(`${inspection}/hand-over`, 'Hand over');
  await go('#/models', 'Models');
  await go('#/storage', 'Storage');
  await page.getByRole('button', { name: 'Delete WTG-11' }).click();
  await page.getByRole('dialog').waitFor();
  await look('deleting what is nowhere else');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await go('#/diagnostics', 'Diagnostics');
  await go('#/demo', 'Demo');
  expect(found).toEqual([]);
  expect(tablet.pageErrors).toEqual([]);
});
