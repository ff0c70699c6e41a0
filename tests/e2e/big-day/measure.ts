import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded } from '../../../cli/build-if-needed.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { createApp } from '../../../server/app.ts';
import { listen } from '../../../server/listen.ts';
import { Tablet } from '../tablet.ts';
import { BIG_TAG, writeBigBundle } from './big-bundle.ts';
import { answered, opened, scrolled } from './smoothness.ts';

/** Prints how a large inspection opens and scrolls, as JSON on stdout: for `npm run bench -- lists`. */
const [photos = 2000, findings = 10_000, rounds = 7] = process.argv.slice(2).map(Number);
const FLING = { ms: 3000, pixelsPerSecond: 3000 };
/** What an inspection opens with; its photos lie below the first screen. */
const OVERVIEW = 'section.blade a.mark';
/** An inspection opens with findings as well. */
const FINDINGS = '.list a.finding';
const SEARCH = 'input[type="search"]';
const BLADE = 'select[id$="-blade"]';
const COUNT = '[role="status"] h2';

const folder = await mkdtemp(join(tmpdir(), 'loupe-big-day-'));
const dist = await buildIfNeeded((line) => console.error(line));
const server = await listen(createApp({ dist, version: packageJson.version }), 0);
try {
  const bundle = join(folder, 'big.loupe.zip');
  await writeBigBundle(bundle, { photos, findings });
  await using tablet = await Tablet.start({ url: server.url });
  const page = await tablet.open('#/storage');
  console.error('taking the bundle in');
  const handedOver = performance.now();
  await page.getByTestId('bundle').setInputFiles(bundle);
  await page.getByText(`Taken in: ${BIG_TAG}.`).waitFor({ timeout: 600_000 });
  const takenIn = performance.now() - handedOver;
  // A start of its own: what was just taken in is nowhere in memory.
  await page.goto(`${server.url}/#/`);
  await page.reload();
  await page.getByRole('link', { name: new RegExp(BIG_TAG) }).waitFor();
  console.error('opening');
  const card = `a.card[href*="inspections/"]`;
  const first = await opened(page, card, OVERVIEW);
  const again: number[] = [];
  const list: number[] = [];
  for (let left = rounds; left > 0; left--) {
    list.push(await opened(page, 'a[href$="/findings"]', FINDINGS));
    await opened(page, 'header a.back', OVERVIEW);
    await opened(page, 'header a.back', card);
    again.push(await opened(page, card, OVERVIEW));
  }
  console.error('scrolling');
  await page.locator('section.photos').scrollIntoViewIfNeeded();
  const grid = await scrolled(page, FLING.ms, FLING.pixelsPerSecond);
  await opened(page, 'a[href$="/findings"]', FINDINGS);
  const rows = await scrolled(page, FLING.ms, FLING.pixelsPerSecond);
  console.error('searching and filtering');
  const search: number[] = [];
  const filter: number[] = [];
  for (let left = rounds; left > 0; left--) {
    for (const text of ['erosion', '']) search.push(await answered(page, SEARCH, text, COUNT));
    for (const blade of ['B', '']) filter.push(await answered(page, BLADE, blade, COUNT));
  }
  const chromium = tablet.context.browser()?.version() ?? '';
  const times = { takenIn, first, again, list, search, filter };
  process.stdout.write(JSON.stringify({ chromium, photos, findings, ...times, grid, rows }));
} finally {
  await server.stop(0);
  await rm(folder, { recursive: true });
}
