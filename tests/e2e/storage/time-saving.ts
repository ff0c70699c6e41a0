import { HarnessBrowser } from './harness-browser.ts';
import { serveHarnessPage } from './harness-page.ts';

/** Prints how long saving took, as JSON on stdout: for `npm run bench -- storage`, which starts it. */
const WARM_UP = 20;
const RECORDS = 500;
const PHOTOS = 120;
const PHOTO_BYTES = 3_000_000;
const slowDown = Number(process.argv[2] ?? 4);

const page = await serveHarnessPage();
const browser = await HarnessBrowser.create(page.url);
try {
  await browser.start();
  await browser.call('open');
  await browser.slowDown(slowDown);
  await browser.call('timeRecords', WARM_UP);
  const records = await browser.call('timeRecords', RECORDS);
  const photos = await browser.call('timePhotos', PHOTOS, PHOTO_BYTES);
  process.stdout.write(JSON.stringify({ chromium: browser.version, records, photos }));
} finally {
  await browser.dispose();
  await page.stop();
}
