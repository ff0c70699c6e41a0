import { describe, expect, inject, it } from 'vitest';
import { CAMERA, fakeCamera, photoWithLargestDamage } from './fake-camera.ts';
import { Tablet } from './tablet.ts';
import { beginInspection, choosePlace, toPhotos } from './technician.ts';

const url = inject('appUrl');
const photo = photoWithLargestDamage();
if (photo === undefined) console.warn('no ../shared/data/wind-blade: the live camera is not tested');

describe.skipIf(photo === undefined)('the live camera', () => {
  it('shows findings on the running picture that do not flicker, and takes the whole picture', async () => {
    await using tablet = await Tablet.start({ url, flags: await fakeCamera(photo ?? '') });
    const page = await tablet.open();
    await beginInspection(page, 'WTG-12');
    await choosePlace(page, 'A', 'Suction side');
    await page.getByRole('button', { name: 'Open the camera' }).click();
    await page.getByRole('button', { name: 'Live findings' }).click();
    const said = page.getByRole('status').filter({ hasText: /looks a second/ });
    await said.filter({ hasText: /^[1-9]\d* finding/ }).waitFor({ timeout: 180_000 });

    // From now on the damage stays in the picture, and so must what is drawn.
    const counts = await page.evaluate(async () => {
      const seen: number[] = [];
      const until = performance.now() + 8000;
      while (performance.now() < until) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        seen.push(document.querySelectorAll('svg.live .track').length);
      }
      return seen;
    });
    expect(counts.length).toBeGreaterThan(20);
    expect(Math.min(...counts)).toBeGreaterThan(0);

    await page.getByRole('button', { name: 'Take photo', exact: true }).click();
    await page.getByText('1 photo saved', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Live findings' }).click();
    await page.locator('svg.live').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: /^(Done, |To the inspection)/ }).click();
    await toPhotos(page);
    await page.locator('section.photos li a').first().click();
    const shown = page.locator('.stage img').first();
    const size = () => shown.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);
    await expect.poll(size, { timeout: 30_000 }).toEqual([CAMERA.width, CAMERA.height]);
    expect(tablet.pageErrors).toEqual([]);
    expect(tablet.foreignRequests).toEqual([]);
  });
});
