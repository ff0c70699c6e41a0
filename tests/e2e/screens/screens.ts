import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { buildIfNeeded } from '../../../cli/build-if-needed.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { createApp } from '../../../server/app.ts';
import { listen } from '../../../server/listen.ts';
import { fakeCamera } from '../fake-camera.ts';
import { bladePhotos } from '../photos.ts';
import { Tablet } from '../tablet.ts';
import { officeDay } from './office-day.ts';
import { sampleDay } from './sample-day.ts';
import { deskScenes, scenesOf, tabletScenes, type Scene } from './scenes.ts';

/**
 * `npm run screens -- [--themes light,dark,contrast] [--sizes 768x1024,...] [--only judge] [--language da]
 * [--whole] [--day technician|office]`: pictures of every screen of the built app after a day with real photos,
 * and of tablet and desk in the middle of a disagreement, for a person to look at. `--whole` pictures what has
 * to be scrolled for as well.
 */
const { values } = parseArgs({
  options: {
    themes: { type: 'string', default: 'light,dark,contrast' },
    sizes: { type: 'string', default: '768x1024,1024x768,1280x800,390x844' },
    only: { type: 'string', default: '' },
    language: { type: 'string' },
    whole: { type: 'boolean', default: false },
    day: { type: 'string' },
    out: { type: 'string', default: resolve(import.meta.dirname, '../../../.screens') },
  },
});
const sizes = values.sizes.split(',').map((size) => {
  const [width = 0, height = 0] = size.split('x').map(Number);
  if (!(width > 0 && height > 0)) throw new Error(`no size: ${size}`);
  return { width, height, name: size };
});

const dist = await buildIfNeeded((line) => console.error(line));
let missed = 0;
if (values.day !== 'office') await technician();
if (values.day !== 'technician') await office();
process.stdout.write(`${values.out}${missed > 0 ? `, ${missed} pictures missed` : ''}\n`);
process.exitCode = missed > 0 ? 1 : 0;

async function technician(): Promise<void> {
  const server = await listen(createApp({ dist, version: packageJson.version }), 0);
  try {
    const [photo = ''] = bladePhotos(1);
    await using tablet = await Tablet.start({ url: server.url, flags: await fakeCamera(photo) });
    await tablet.context.grantPermissions(['camera']);
    const scenes = scenesOf(await sampleDay(tablet));
    await pictures(await tablet.open(language()), scenes);
  } finally {
    await server.stop(0);
  }
}

async function office(): Promise<void> {
  const scenes = [tabletScenes, deskScenes];
  if (!scenes.flatMap((of) => of({ inspection: '', returned: '' })).some(isWanted)) return;
  await using day = await officeDay(dist);
  for (const [one, of] of [
    [day.tablet, tabletScenes],
    [day.desk, deskScenes],
  ] as const) {
    await one.page.goto(`${new URL(one.page.url()).origin}/${language()}`);
    await pictures(one.page, of(day));
  }
}

async function pictures(page: Page, scenes: readonly Scene[]): Promise<void> {
  const wanted = scenes.filter(isWanted);
  for (const theme of wanted.length > 0 ? values.themes.split(',') : []) {
    await wear(page, theme);
    for (const size of sizes) {
      const folder = join(values.out, `${theme}-${size.name}`);
      await mkdir(folder, { recursive: true });
      await page.setViewportSize(size);
      for (const scene of wanted) missed += (await picture(page, scene, folder)) ? 0 : 1;
    }
  }
}

function isWanted({ name }: Scene): boolean {
  return name.includes(values.only);
}

function language(): string {
  return values.language ? `?language=${values.language}` : '';
}

async function wear(page: Page, theme: string): Promise<void> {
  await page.evaluate(() => void (location.hash = '#/settings'));
  await page.locator(`input[value=${theme}]`).check({ force: true });
  await page.locator(`html[data-theme=${theme}]`).waitFor();
}

/** A scene that is not reached is told and does not stop the others. */
async function picture(page: Page, { name, hash, then }: Scene, folder: string): Promise<boolean> {
  try {
    await page.evaluate((next) => void (location.hash = next), hash);
    // A dialog of the scene before, or the same screen in another state, goes with the page.
    await page.reload();
    await page.locator('h1').first().waitFor();
    await then?.(page);
    await page.waitForLoadState('networkidle');
    await page.screenshot({
      path: join(folder, `${name}.png`),
      animations: 'disabled',
      fullPage: values.whole,
    });
    return true;
  } catch (error) {
    console.error(`${folder}/${name}: ${String(error).split('\n')[0]}`);
    await page.screenshot({ path: join(folder, `${name}-missed.png`) }).catch(() => undefined);
    return false;
  }
}
