import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, beginInspection } from './technician.ts';
import { unzipped } from './zip.ts';

const url = inject('appUrl');
const sha256Hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Headless Chromium has no dialog to choose a place: the file then goes to the downloads. */
async function withoutPicker(tablet: Tablet): Promise<void> {
  await tablet.context.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
}

async function rescued(page: Page): Promise<ReadonlyMap<string, Buffer>> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save everything as files' }).click(),
  ]);
  await page.getByText(/^Saved: \d+ files/).waitFor();
  return unzipped(await download.path());
}

async function expectWhole(files: ReadonlyMap<string, Buffer>, photos: readonly string[]): Promise<void> {
  const names = [...files.keys()];
  const kept = names.filter((name) => /^photos\/.+\.jpe?g$/i.test(name)).map((name) => files.get(name));
  const originals = await Promise.all(photos.map((photo) => readFile(photo)));
  expect(kept.map((bytes) => sha256Hex(bytes ?? Buffer.alloc(0))).sort()).toEqual(
    originals.map(sha256Hex).sort(),
  );
  const sidecars = names.filter((name) => /^photos\/[0-9a-f-]{36}\.json$/.test(name));
  expect(sidecars).toHaveLength(photos.length);
  expect(names.some((name) => name.endsWith('.journal'))).toBe(true);
}

it('with the database broken beyond repair, every photo and sidecar comes out as a zip', async () => {
  await using tablet = await Tablet.start({ url });
  const photos = bladePhotos(3);
  const page = await tablet.open();
  await beginInspection(page, 'WTG-21');
  await addPhotos(page, photos, 3);
  await tablet.kill();

  // A folder that cannot be one: Chromium neither opens nor replaces the database in it.
  const folder = join(tablet.profile, 'Default', 'IndexedDB');
  await rm(folder, { recursive: true });
  await writeFile(folder, 'no folder');
  await tablet.startBrowser();
  await withoutPicker(tablet);
  const broken = await tablet.open();
  await broken.getByRole('heading', { name: 'The storage of this device did not open' }).waitFor();
  await expectWhole(await rescued(broken), photos);

  // Nothing was touched: with the folder mended, the journal brings everything back.
  await tablet.kill();
  await rm(folder);
  await tablet.startBrowser();
  const again = await tablet.open();
  await again.getByRole('link', { name: /WTG-21/ }).waitFor();
  await again.getByText('The browser had cleared the storage of this site.').waitFor();
});

it('everything comes out as files from the storage screen as well', async () => {
  await using tablet = await Tablet.start({ url });
  await withoutPicker(tablet);
  const photos = bladePhotos(2);
  const page = await tablet.open();
  await beginInspection(page, 'WTG-22');
  await addPhotos(page, photos, 2);
  await page.goto(`${url}/#/storage`);
  const files = await rescued(page);
  await expectWhole(files, photos);
  expect(files.get('database/inspections.json')?.toString()).toContain('WTG-22');
});
