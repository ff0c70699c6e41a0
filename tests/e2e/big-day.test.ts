import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { BIG_TAG, writeBigBundle } from './big-day/big-bundle.ts';
import { opened, scrolled } from './big-day/smoothness.ts';
import { Tablet } from './tablet.ts';

const url = inject('appUrl');
const PHOTOS = 240;
const FINDINGS = 1500;
/** Of a screen of 768 px with four rows beyond it at either end. */
const MOST_ROWS = 120;

it('of a large inspection only what is near the screen is in the page, and all of it is found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loupe-big-day-'));
  try {
    const bundle = join(folder, 'big.loupe.zip');
    await writeBigBundle(bundle, { photos: PHOTOS, findings: FINDINGS });
    await using tablet = await Tablet.start({ url });
    const page = await tablet.open('#/storage');
    await page.getByTestId('bundle').setInputFiles(bundle);
    await page.getByText(`Taken in: ${BIG_TAG}.`).waitFor();
    await page.goto(`${url}/#/`);
    await page.getByRole('link', { name: new RegExp(BIG_TAG) }).click();
    await page.getByText(`of ${FINDINGS} findings judged`).first().waitFor();
    expect((await scrolled(page, 1500, 6000)).mostRows).toBeLessThan(MOST_ROWS);
    // The last photo of all is at the end, with its thumbnail made by then.
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    const last = page.locator(`section.photos li[aria-posinset="${PHOTOS}"] img`);
    await expect
      .poll(() => last.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);

    await opened(page, 'a[href$="/findings"]', '.list a.finding');
    expect((await scrolled(page, 1500, 6000)).mostRows).toBeLessThan(MOST_ROWS);
    await page.evaluate(() => scrollTo(0, 0));
    const heading = (count: number) => page.getByRole('heading', { name: `${count} findings` }).waitFor();
    await heading((FINDINGS * 4) / 5);
    await page.getByRole('radio', { name: 'All', exact: true }).check({ force: true });
    await heading(FINDINGS);
    await page.getByLabel('Blade', { exact: true }).selectOption('B');
    await heading(FINDINGS / 3);
    // By the name of its file and what was seen: every 240th finding lies on photo 1.
    await page.getByRole('searchbox').fill('dji_0001 erosion');
    await heading(Math.ceil((FINDINGS - 1) / PHOTOS));
    expect(tablet.pageErrors).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
