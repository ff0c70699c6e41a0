import type { Page } from 'playwright-core';
import { bladePhotos } from '../photos.ts';
import type { Tablet } from '../tablet.ts';
import { addPhotos, analysed, beginInspection, choosePlace, toInspection } from '../technician.ts';

/** Addresses of what a day left behind, for pictures of every screen. */
export interface SampleDay {
  readonly inspection: string;
  readonly photo: string;
  readonly finding: string;
}

const go = (page: Page, hash: string) => page.evaluate((next) => void (location.hash = next), hash);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Accepts with a severity, so that map, charts and report have something to show. */
async function acceptAs(page: Page, grade: number): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  const before = await heading.innerText();
  await page.getByRole('radio', { name: new RegExp(`^${grade}, `) }).check({ force: true });
  await page.getByRole('button', { name: /^Accept/ }).click();
  await heading.filter({ hasNotText: before }).waitFor();
}

/** One turbine in two campaigns: the first judged once, the second with two blades, a scale and open findings. */
export async function sampleDay(tablet: Tablet): Promise<SampleDay> {
  const page = await tablet.open();
  const photos = bladePhotos(5);
  await beginInspection(page, 'WTG-07');
  await choosePlace(page, 'B', 'Leading edge');
  await addPhotos(page, photos.slice(0, 1), 1);
  await toInspection(page);
  await analysed(page, 1);
  await page.getByRole('link', { name: /^Judge \d+ finding/ }).click();
  await button(page, 'Accept').click();
  await button(page, 'Undo').and(page.locator(':enabled')).waitFor();
  await go(page, '#/new');
  await page.getByLabel('Turbine', { exact: true }).last().fill('WTG-07');
  await page.getByLabel(/^Site/).fill('Risø');
  await page.getByLabel(/^Blade length/).fill('26.5');
  await page.getByRole('textbox', { name: /^Inspector/ }).fill('Åse Nørgård');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('heading', { name: 'Add photos' }).waitFor();
  await choosePlace(page, 'B', 'Leading edge');
  await page.getByLabel('From, in m from the root').fill('18');
  await page.getByLabel('To, in m from the root').fill('21');
  await addPhotos(page, photos.slice(0, 3), 3);
  await choosePlace(page, 'A', 'Pressure side');
  await page.getByLabel('From, in m from the root').fill('8');
  await page.getByLabel('To, in m from the root').fill('9.5');
  await addPhotos(page, photos.slice(3), 5);
  await toInspection(page);
  await analysed(page, 5);
  const inspection = new URL(page.url()).hash;
  await page.locator('section.photos a').last().click();
  await page.getByRole('button', { name: /^Set the scale/ }).click();
  await page.getByRole('radio', { name: 'Camera distance' }).check({ force: true });
  await page.getByRole('textbox', { name: 'Camera to surface' }).fill('6');
  await page.getByRole('textbox', { name: /^Focal length/ }).fill('85');
  await page.getByRole('button', { name: 'Use this scale' }).click();
  await page.getByRole('button', { name: /mm per pixel/ }).waitFor();
  const photo = new URL(page.url()).hash;
  await go(page, `${inspection}/judge`);
  for (const grade of [4, 2]) await acceptAs(page, grade);
  await page.waitForURL(/judge\/.+/);
  return { inspection, photo, finding: new URL(page.url()).hash };
}
