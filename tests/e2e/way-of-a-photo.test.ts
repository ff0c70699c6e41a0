import { expect, inject, it } from 'vitest';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import {
  addPhotos,
  analysed,
  beginInspection,
  choosePlace,
  judge,
  progress,
  toInspection,
  toPhotos,
} from './technician.ts';

const url = inject('appUrl');

it('three photos are analysed and judged, and all of it survives a crash without a network', async () => {
  await using tablet = await Tablet.start({ url });
  const photos = bladePhotos(4);
  const page = await tablet.open();
  await beginInspection(page, 'WTG-07');
  await choosePlace(page, 'B', 'Leading edge');
  await addPhotos(page, photos.slice(0, 3), 3);
  await toInspection(page);
  const found = await analysed(page, 3);
  expect(found).toBeGreaterThan(1);

  await page.getByRole('link', { name: /^Judge \d+ finding/ }).click();
  await judge(page, 'Accept');
  if (found > 2) await judge(page, 'Reject');
  const judged = Math.min(found, 3) - 1;
  await page.getByRole('link', { name: 'Blade B' }).click();
  await expect.poll(() => progress(page)).toEqual({ judged, total: found });
  await tablet.readyOffline(page);

  await tablet.kill();
  await tablet.startBrowser({ offline: true });
  const again = await tablet.open();
  await again.getByRole('link', { name: /WTG-07/ }).click();
  await expect.poll(() => progress(again)).toEqual({ judged, total: found });
  const thumbs = again.locator('section.photos img');
  await toPhotos(again);
  await expect.poll(() => thumbs.count()).toBe(3);
  for (const thumb of await thumbs.all()) {
    await thumb.scrollIntoViewIfNeeded();
    await expect
      .poll(() => thumb.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);
  }

  // The whole way once more, still without a network.
  await again.getByRole('link', { name: 'Add photos' }).click();
  await addPhotos(again, photos.slice(3), 1);
  await toInspection(again);
  await analysed(again, 4);

  expect(tablet.foreignRequests).toEqual([]);
  expect(tablet.pageErrors).toEqual([]);
});
