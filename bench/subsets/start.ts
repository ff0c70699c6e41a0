import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from 'playwright-core';
import { AppBrowser } from '../app-browser.ts';
import { spread, type Spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

/** DevTools' CPU slow-down of the page: a slow tablet. */
const SLOW_DOWN = 4;
const USABLE_MS = 1500;
const SHELL_KB = 120;

/** What a person can press first. */
const FIRST = 'a[href="#/new"]';

/** First visit, then starts of a new browser without a network. */
export const start: Subset = {
  name: 'start',
  measures: `cold start without a network until usable, CPU ${SLOW_DOWN} times slower, and what a first visit downloads`,
  async run({ rounds, log }): Promise<SubsetReport> {
    await using app = await AppBrowser.open(log);
    const context = await app.start();
    const page = await openUntilUsable(context, app.url);
    const scripts = await page.evaluate<string[]>(SCRIPTS_BEFORE_FIRST_SCREEN);
    const sizes = await Promise.all(scripts.map((path) => gzippedBytes(app.dist, path)));
    scripts.forEach((path, at) => log(`before the first screen: ${path}, ${sizes[at]} bytes`));
    const shellKb = sizes.reduce((sum, bytes) => sum + bytes, 0) / 1000;

    log('finding damage on a sample, twice');
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    for (let visit = 0; visit < 2; visit++) {
      await page.goto(`${app.url}/?visit=${visit}#/demo`);
      await page
        .getByText(/\d+ findings?/)
        .first()
        .waitFor();
    }
    const kept = app.asked.filter((path) =>
      /\.(js|mjs|css|wasm|woff2|onnx|tflite|bin|jpg|webp|svg|png)$/.test(path),
    );
    const twice = [...new Set(kept.filter((path, at) => kept.indexOf(path) !== at))];
    for (const path of twice) log(`downloaded twice: ${path}`);

    const starts: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const again = await app.start();
      await again.setOffline(true);
      starts.push(await usableAfter(await openUntilUsable(again, app.url, SLOW_DOWN)));
    }
    return {
      ms: { 'offline, new browser': { 'navigation to usable': spread(starts) } },
      ratios: {
        [`usable / ${USABLE_MS} ms`]: spread(starts.map((ms) => ms / USABLE_MS)),
        [`scripts before the first screen / ${SHELL_KB} kB gzip`]: only(shellKb / SHELL_KB),
        'files downloaded twice': only(twice.length),
      },
      about: {
        chromium: app.version,
        'CPU slow-down': SLOW_DOWN,
        'scripts before the first screen, kB gzip': Number(shellKb.toFixed(1)),
        'files of a first visit with one analysis': new Set(kept).size,
      },
    };
  },
};

async function openUntilUsable(context: BrowserContext, url: string, slowDown = 1): Promise<Page> {
  const page = await context.newPage();
  if (slowDown > 1) {
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowDown });
  }
  await page.addInitScript({ content: REMEMBER_WHEN_USABLE });
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('html[data-usable-ms]').waitFor({ state: 'attached' });
  return page;
}

const usableAfter = (page: Page): Promise<number> =>
  page.evaluate<number>('Number(document.documentElement.dataset.usableMs)');

/** For the page, as text, since a function of ours carries what its compiler adds: notes when the page answers. */
const REMEMBER_WHEN_USABLE = `{
  const look = () => {
    if (!document.querySelector('${FIRST}')?.checkVisibility()) return requestAnimationFrame(look);
    const { dataset } = document.documentElement;
    dataset.shownMs = String(performance.now());
    const note = () => (dataset.usableMs = String(performance.now()));
    requestAnimationFrame(() => setTimeout(note));
  };
  requestAnimationFrame(look);
}`;

/** For the page. */
const SCRIPTS_BEFORE_FIRST_SCREEN = `performance
  .getEntriesByType('resource')
  .filter(({ startTime }) => startTime <= Number(document.documentElement.dataset.shownMs))
  .map(({ name }) => new URL(name).pathname)
  .filter((path) => /\\.m?js$/.test(path))`;

const gzippedBytes = async (dist: string, path: string): Promise<number> =>
  gzipSync(await readFile(join(dist, path)), { level: 9 }).length;

const only = (value: number): Spread => ({ median: value, low: value, high: value, count: 1 });
