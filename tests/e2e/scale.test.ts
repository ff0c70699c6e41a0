import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, inject, it } from 'vitest';
import { audit } from './audit.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, choosePlace, toInspection } from './technician.ts';

const url = inject('appUrl');

/** Presses beside the point, moves onto it and lets go, as one does under the magnifier. */
async function tap(page: Page, x: number, y: number): Promise<void> {
  await page.mouse.move(x + 9, y - 7);
  await page.mouse.down();
  await page.mouse.move(x, y, { steps: 3 });
  await page.mouse.up();
}

it('two taps on a known distance measure what was found, with its uncertainty', async () => {
  await using tablet = await Tablet.start({ url, viewport: { width: 1180, height: 820 } });
  const page = await tablet.open();
  const [photo] = bladePhotos(1);
  if (!photo) throw new Error('no photo');
  const { width } = await sharp(photo).metadata();
  await beginInspection(page, 'WTG-07');
  await choosePlace(page, 'B', 'Leading edge');
  await addPhotos(page, [photo], 1);
  await toInspection(page);
  expect(await analysed(page, 1)).toBeGreaterThan(0);
  await page.locator('section.photos a').first().click();
  await page.getByRole('button', { name: /^Set the scale/ }).click();

  const shown = await page.locator('.stage img.loaded').boundingBox();
  if (!shown) throw new Error('no photo on the stage');
  const [left, right, y] = [shown.x + shown.width * 0.3, shown.x + shown.width * 0.7, shown.y + 200];
  await tap(page, left, y);
  await tap(page, right, y);
  await page.getByRole('textbox', { name: 'Distance', exact: true }).fill('1000');
  const expected = 1000 / (width * 0.4);
  const said = async () => {
    const text = await page.getByRole('status').filter({ hasText: 'mm per pixel' }).innerText();
    const [, value, off] = /([\d.]+) mm per pixel ± ([\d.]+)/.exec(text) ?? [];
    return { value: Number(value), off: Number(off) };
  };
  const { value, off } = await said();
  expect(Math.abs(value - expected)).toBeLessThan(off);
  expect(off / value).toBeLessThan(0.05);
  expect(await audit(page), 'scale').toEqual([]);
  // A less certain distance makes a less certain scale.
  await page.getByRole('textbox', { name: 'Give or take' }).fill('100');
  expect((await said()).off / value).toBeGreaterThan(0.09);
  await page.getByRole('textbox', { name: 'Give or take' }).fill('1');
  await page.getByRole('button', { name: 'Use this scale' }).click();

  await page.getByRole('button', { name: /mm per pixel/ }).waitFor();
  const inspection = page.url().replace(/\/photos.*/, '');
  await page.goto(`${inspection}/judge`);
  await page
    .getByText(/\d cm ± \d/)
    .first()
    .waitFor();

  await page.goBack();
  await page.getByRole('button', { name: /mm per pixel/ }).click();
  await page.getByRole('button', { name: 'Remove scale' }).click();
  await page.getByRole('button', { name: /^Set the scale/ }).waitFor();
  await page.goto(`${inspection}/judge`);
  await page.getByText('not measurable').first().waitFor();
  expect(await page.getByText(/\d cm ± \d/).count()).toBe(0);
  expect(tablet.pageErrors).toEqual([]);
});
