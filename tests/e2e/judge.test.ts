import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { audit } from './audit.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, choosePlace, toInspection } from './technician.ts';

const url = inject('appUrl');

async function inspected(page: Page, tag: string, photos: readonly string[]): Promise<string> {
  await beginInspection(page, tag);
  await choosePlace(page, 'B', 'Leading edge');
  await addPhotos(page, [...photos], photos.length);
  await toInspection(page);
  await analysed(page, photos.length);
  return new URL(page.url()).hash;
}

const go = (page: Page, hash: string) => page.evaluate((next) => (location.hash = next), hash);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** A drag over the stage, given as shares of its width and height. */
async function drag(page: Page, points: readonly (readonly [number, number])[]): Promise<void> {
  const box = await page.locator('main .stage').boundingBox();
  if (!box) throw new Error('there is no stage');
  for (const [index, [x, y]] of points.entries()) {
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 3 });
    if (index === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

const masks = (page: Page) => page.locator('main .stage svg path.mask').count();
const expectMasks = (page: Page, count: number) => expect.poll(() => masks(page)).toBe(count);

it('a shape is painted, wiped, undone, redone and kept, and its history says so', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  const inspection = await inspected(page, 'WTG-21', bladePhotos(2));
  await go(page, `${inspection}/judge`);
  await button(page, 'Fix shape').click();
  await button(page, 'Brush').click();
  await expectMasks(page, 0);
  await drag(page, [
    [0.42, 0.5],
    [0.5, 0.45],
    [0.58, 0.5],
  ]);
  await expectMasks(page, 1);
  await button(page, 'Undo').click();
  await expectMasks(page, 0);
  await page.keyboard.press('Control+Shift+z');
  await expectMasks(page, 1);
  const outline = () => page.locator('main .stage svg path.mask').getAttribute('d');
  const whole = await outline();
  await button(page, 'Eraser').click();
  await drag(page, [
    [0.5, 0.4],
    [0.5, 0.55],
  ]);
  await expect.poll(outline).not.toBe(whole);
  await button(page, 'Keep this shape').click();

  await page.getByRole('radio', { name: /^3, / }).check({ force: true });
  await page.getByLabel('What to do').selectOption('repair');
  await page.getByLabel('By when').fill('2026-12-24');
  await page.getByLabel('Deepest layer that is damaged').selectOption('topcoat');
  await button(page, 'Accept change').click();
  await button(page, 'Undo').click();
  await page.getByText('History (2)').waitFor();
  await button(page, 'Redo').click();
  await page.getByText('History (3)').click();
  await page.getByText('Changed: layer, shape, severity, what to do, date').first().waitFor();
  await expect.poll(() => page.getByLabel('By when').inputValue()).toBe('2026-12-24');
  expect(tablet.pageErrors).toEqual([]);
});

it('missed damage is outlined by taps, and what was drawn can be deleted and brought back', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  const inspection = await inspected(page, 'WTG-22', bladePhotos(1));
  await page.locator('section.photos a').first().click();
  const rows = page.locator('section.side a.finding');
  await page.getByRole('heading', { name: /^Photo 1 of 1$/ }).waitFor();
  const before = await rows.count();
  await page.getByRole('link', { name: 'Mark missed damage' }).click();
  await button(page, 'Outline').click();
  const stage = await page.locator('main .stage').boundingBox();
  if (!stage) throw new Error('there is no stage');
  const tap = (x: number, y: number) =>
    page.mouse.click(stage.x + x * stage.width, stage.y + y * stage.height);
  await tap(0.4, 0.4);
  await tap(0.6, 0.4);
  // Meanwhile another photo arrives and is analysed: the half-made shape stays.
  const beside = await tablet.context.newPage();
  await beside.goto(`${url}/${inspection}/add`);
  await addPhotos(beside, bladePhotos(2).slice(1), 1);
  await toInspection(beside);
  await analysed(beside, 2);
  await beside.close();
  await page.bringToFront();
  await tap(0.6, 0.6);
  await tap(0.4, 0.4);
  await button(page, 'Crack').first().click();
  await expect.poll(() => rows.count()).toBe(before + 1);
  await go(page, `${inspection}/findings`);
  await page.getByRole('searchbox').fill('crack');
  await page.getByRole('radio', { name: 'Confirmed' }).check({ force: true });
  await page.getByRole('heading', { name: '1 finding', exact: true }).waitFor();
  await page.locator('a.finding').click();
  await button(page, 'Delete this drawn finding').click();
  await page.getByText('Deleted the finding.').waitFor();
  await go(page, `${inspection}/findings`);
  await page.getByRole('group', { name: 'Message' }).getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('searchbox').fill('crack');
  await page.getByRole('radio', { name: 'All', exact: true }).check({ force: true });
  await page.getByRole('heading', { name: '1 finding', exact: true }).waitFor();
  expect(tablet.pageErrors).toEqual([]);
});

it('the threshold counts on this inspection and decides nothing', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  const inspection = await inspected(page, 'WTG-23', bladePhotos(3));
  await go(page, `${inspection}/findings`);
  const rows = page.getByRole('list', { name: 'Findings' }).getByRole('listitem');
  await rows.first().waitFor();
  const all = await rows.count();
  expect(all).toBeGreaterThan(1);
  const slider = page.getByRole('slider', { name: /^Ask from/ });
  const scores = await rows.locator('.chip').allInnerTexts();
  const highest = Math.max(...scores.map((score) => Number.parseInt(score, 10)));
  await slider.fill(String((highest - 2) / 100));
  await expect.poll(() => rows.count()).toBeLessThan(all);
  const left = all - (await rows.count());
  await page.getByText(new RegExp(`^${left} below (is|are) not asked about`)).waitFor();
  await go(page, inspection);
  await page.getByText(`of ${all} findings judged`).first().waitFor();

  // Upright the panel is folded, and stays open under the finger that moves the slider.
  await page.setViewportSize({ width: 768, height: 1024 });
  await go(page, `${inspection}/findings`);
  await page.getByText('Charts and threshold', { exact: true }).click();
  await slider.fill('0.99');
  await page.getByText(`${all} below are not asked about`).waitFor();
  expect(await slider.isVisible()).toBe(true);
  expect(tablet.pageErrors).toEqual([]);
});

it('the last campaign stands beside the finding, and the same damage is linked with what is known of its growth', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  const photos = bladePhotos(2);
  const first = await inspected(page, 'WTG-24', photos.slice(0, 1));
  await go(page, `${first}/judge`);
  await button(page, 'Accept').click();
  await button(page, 'Undo').and(page.locator(':enabled')).waitFor();
  await go(page, '#/');
  const second = await inspected(page, 'wtg-24', photos.slice(0, 1));
  await go(page, `${second}/judge`);
  await page.getByRole('link', { name: 'Last campaign' }).click();
  await page.getByRole('heading', { name: 'Is it the same damage?' }).waitFor();
  await expect.poll(() => page.locator('main .stage').count()).toBe(2);
  expect(await audit(page), 'side by side').toEqual([]);
  await page.locator('.side li button[aria-pressed="false"]').first().click();
  await page.getByText('Growth is not measurable').waitFor();
  await page.getByRole('radio', { name: 'Swipe' }).check({ force: true });
  await page.getByRole('slider', { name: 'Then left, now right' }).fill('30');
  const clip = () => page.locator('.photos .now').evaluate((element) => getComputedStyle(element).clipPath);
  await expect.poll(clip).toContain('30%');
  expect(await audit(page), 'swipe').toEqual([]);
  await page.getByRole('link', { name: 'Back to judging' }).click();
  await page.getByText('History (1)').waitFor();
  expect(tablet.pageErrors).toEqual([]);
});
