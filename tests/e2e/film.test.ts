import { expect, inject, it } from 'vitest';
import { audit } from './audit.ts';
import { photoWithLargestDamage } from './fake-camera.ts';
import { bladePhotos } from './photos.ts';
import { FILM, recordFilm } from './record-film.ts';
import { Tablet } from './tablet.ts';
import { analysed, beginInspection, choosePlace, toInspection } from './technician.ts';

const url = inject('appUrl');

it('a video: one entry a damage over all its frames, the best of them kept as photos', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  await beginInspection(page, 'WTG-31');
  await choosePlace(page, 'A', 'Suction side');
  const buffer = await recordFilm(page, photoWithLargestDamage() ?? bladePhotos(1)[0] ?? '');
  await page.getByTestId('film').setInputFiles({ name: 'blade A.webm', mimeType: 'video/webm', buffer });
  const panel = page.getByRole('region', { name: 'Damage in the video' });
  const keep = panel.getByRole('button', { name: /^Keep \d+ frames? as (a photo|photos)$/ });
  await keep.waitFor({ timeout: 180_000 });

  expect(await audit(page), 'film').toEqual([]);
  // The film shows one photo from a hand that trembles: every damage of it is in every frame.
  const looks = await panel.locator('li').first().innerText();
  expect(Number(/in (\d+) looks/.exec(looks)?.[1])).toBeGreaterThan(1);
  const frames = Number(/Keep (\d+)/.exec(await keep.innerText())?.[1]);
  expect(frames).toBeLessThanOrEqual(await panel.locator('li').count());
  await keep.click();
  await panel.getByText(/kept with the photos/).waitFor();
  await panel.getByRole('button', { name: 'Close the video' }).click();
  await toInspection(page);
  expect(await analysed(page, frames)).toBeGreaterThan(0);
  await page.locator('section.photos li a').first().click();
  const shown = page.locator('.stage img').first();
  const size = () => shown.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);
  await expect.poll(size, { timeout: 30_000 }).toEqual([FILM.width, FILM.height]);
  expect(tablet.pageErrors).toEqual([]);
  expect(tablet.foreignRequests).toEqual([]);
});

it('a video that the browser cannot read is told of, and is no photo', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  await beginInspection(page, 'WTG-32');
  const buffer = Buffer.from('no film at all');
  await page.getByTestId('film').setInputFiles({ name: 'broken.mp4', mimeType: 'video/mp4', buffer });
  await page.getByText(/This browser cannot read the video/).waitFor();
  expect(await page.getByText(/photos? saved/).count()).toBe(0);
});
