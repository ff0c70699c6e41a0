import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, choosePlace, toInspection } from './technician.ts';

const url = inject('appUrl');

/** WCAG 2.2 AA and best practice, and 7:1 for text as the screens promise for sunlight. */
async function violations(page: Page): Promise<readonly string[]> {
  const [rules, contrast] = [
    await new AxeBuilder({ page }).analyze(),
    await new AxeBuilder({ page }).withRules(['color-contrast-enhanced']).analyze(),
  ];
  return [...rules.violations, ...contrast.violations].map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

it.each(['light', 'dark', 'contrast'])('every screen passes the audit in the theme %s', async (theme) => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open('#/settings');
  await page.locator(`input[value=${theme}]`).check({ force: true });
  await page.locator(`html[data-theme=${theme}]`).waitFor();
  const found: Record<string, readonly string[]> = {};
  const audit = async (screen: string) => {
    const wrong = await violations(page);
    if (wrong.length > 0) found[screen] = wrong;
  };
  await audit('settings');
  const go = async (hash: string, heading: string | RegExp) => {
    await page.evaluate((next) => (location.hash = next), hash);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await audit(hash);
  };
  await go('#/', 'Loupe');
  await go('#/new', 'New inspection');
  await go('#/models', 'Models');
  await go('#/storage', 'Storage');
  await go('#/nowhere', 'Not found');
  await page.evaluate(() => (location.hash = '#/'));
  await beginInspection(page, 'WTG-11');
  await choosePlace(page, 'A', 'Leading edge');
  await addPhotos(page, bladePhotos(2), 2);
  await audit('add');
  await toInspection(page);
  await analysed(page, 2);
  await audit('inspection');
  const inspection = new URL(page.url()).hash;
  await page.locator('section.photos a').first().click();
  await page.getByRole('heading', { name: /^Photo \d of 2$/ }).waitFor();
  await audit('photo');
  await go(`${inspection}/judge`, /^(\d+ of \d+|All judged)/);
  await go(`${inspection}/hand-over`, 'Hand over');
  await go('#/demo', 'Demo');
  expect(found).toEqual({});
  expect(tablet.pageErrors).toEqual([]);
});
