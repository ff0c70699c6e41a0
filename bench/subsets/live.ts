import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { AppBrowser } from '../app-browser.ts';
import { benchPhoto } from '../photos.ts';
import { spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

const WANTED = 15;
const SECONDS = 20;
const CAMERA = { width: 1280, height: 960 };
/** As `new.model` names it on screen. */
const SMALLEST = { id: 'steel-surface', title: 'Steel surface' };

/** The app's camera screen with live findings by the smallest detector, fed by Chromium's own camera. */
export const live: Subset = {
  name: 'live',
  measures: `looks a second of the live camera with the smallest detector, as the screen tells them`,
  async run({ log }): Promise<SubsetReport> {
    const folder = await mkdtemp(join(tmpdir(), 'loupe-film-'));
    try {
      const flags = await filmFlags(folder);
      await using app = await AppBrowser.open(log, flags);
      const page = await (await app.start()).newPage();
      await page.goto(`${app.url}/#/new`);
      await openLiveCamera(page);
      log(`looking for ${SECONDS} s`);
      const rates = await ratesShown(page, SECONDS);
      return {
        ms: { 'one look': { 'frame to findings': spread(rates.map((rate) => 1000 / rate)) } },
        ratios: { [`${WANTED} a second / looks a second`]: spread(rates.map((rate) => WANTED / rate)) },
        about: {
          chromium: app.version,
          model: SMALLEST.id,
          camera: `${CAMERA.width} x ${CAMERA.height}, 30 a second`,
          'looks a second': Number(spread(rates).median.toFixed(1)),
        },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function openLiveCamera(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'Steel' }).first().check();
  await page.getByRole('textbox').first().waitFor();
  await page.locator('#tag').fill('bench');
  await page.getByRole('radio', { name: new RegExp(SMALLEST.title) }).check();
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('button', { name: 'Open the camera' }).click();
  await page.getByRole('button', { name: 'Live findings' }).click();
  await page.getByText(/looks a second/).waitFor({ timeout: 180_000 });
}

/** The rate as the screen tells it, four times a second. */
async function ratesShown(page: Page, seconds: number): Promise<readonly number[]> {
  const rates: number[] = [];
  for (let at = 0; at < seconds * 4; at++) {
    await page.waitForTimeout(250);
    const said = await page.getByText(/looks a second/).innerText();
    const rate = Number(/([\d.]+) looks a second/.exec(said)?.[1]);
    if (rate > 0) rates.push(rate);
  }
  return rates;
}

/** A camera that shows the bench photo from a hand that trembles, two seconds long and then anew. */
async function filmFlags(folder: string): Promise<readonly string[]> {
  const { width, height } = CAMERA;
  const photo = await sharp(await benchPhoto(4000, 3000))
    .resize(width + 40, height + 40, { fit: 'fill' })
    .png()
    .toBuffer();
  const frames: Buffer[] = [];
  for (let at = 0; at < 60; at++) {
    const turn = (2 * Math.PI * at) / 60;
    const left = Math.round(20 * (1 + Math.cos(turn)));
    const top = Math.round(20 * (1 + Math.sin(2 * turn)));
    frames.push(await sharp(photo).extract({ left, top, width, height }).jpeg({ quality: 90 }).toBuffer());
  }
  const file = join(folder, 'film.mjpeg');
  await writeFile(file, Buffer.concat(frames));
  return [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${file}`,
  ];
}
