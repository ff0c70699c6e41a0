import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, inject, it, vi } from 'vitest';
import { migrations } from '../../src/storage/migrations.ts';
import { inspectionOf } from '../unit/storage/records-for-tests.ts';
import { bladePhotos } from './photos.ts';
import { startStaticHost } from './plain-static-host.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, checkedPhotos, toInspection } from './technician.ts';

// One tablet with the built app a test; each name begins with the fault's number in docs/FAULTS.md.
const url = inject('appUrl');
const MANY = 24;

const vision = (page: Page) => page.workers().find((worker) => worker.url().includes('vision.worker'));

const savedCount = async (page: Page): Promise<number> =>
  Number(/^(\d+) photos? saved$/m.exec(await page.locator('body').innerText())?.[1] ?? 0);

/** Adds many photos and resolves as soon as some of them are called saved: the rest is on its way. */
async function inTheMiddleOfSaving(page: Page, tag: string): Promise<number> {
  await beginInspection(page, tag);
  await page.getByTestId('files').setInputFiles([...bladePhotos(MANY)]);
  await vi.waitUntil(async () => (await savedCount(page)) >= 3, { timeout: 60_000, interval: 20 });
  return savedCount(page);
}

async function profileFiles(tablet: Tablet, part: string): Promise<string[]> {
  const root = join(tablet.profile, 'Default', part);
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
}

async function withPhotos(tablet: Tablet, tag: string, count: number): Promise<Page> {
  const page = await tablet.open();
  await beginInspection(page, tag);
  await addPhotos(page, bladePhotos(count), count);
  return page;
}

it('1: SIGKILL mid-save: what was called saved is there, whole and once', async () => {
  await using tablet = await Tablet.start({ url });
  const saved = await inTheMiddleOfSaving(await tablet.open(), 'WTG-51');
  await tablet.kill();
  await tablet.startBrowser();
  const found = await checkedPhotos(await tablet.open(), url);
  expect(found).toBeGreaterThanOrEqual(saved);
  expect(found).toBeLessThanOrEqual(MANY);
});

it('2: the page crashes mid-save: what was called saved is there, whole and once', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  const saved = await inTheMiddleOfSaving(page, 'WTG-52');
  const devtools = await tablet.context.newCDPSession(page);
  const crashed = new Promise((resolve) => page.once('crash', resolve));
  devtools.send('Page.crash').catch(() => undefined);
  await crashed;
  const again = await tablet.context.newPage();
  await again.goto(`${url}/#/`);
  await again.getByRole('link', { name: /WTG-52/ }).waitFor();
  const found = await checkedPhotos(again, url);
  expect(found).toBeGreaterThanOrEqual(saved);
  expect(found).toBeLessThanOrEqual(MANY);
});

it('3: the vision worker breaks mid-analysis: it is started anew and every photo is analysed', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await withPhotos(tablet, 'WTG-53', 3);
  await toInspection(page);
  await vi.waitUntil(() => vision(page) !== undefined, { timeout: 30_000 });
  expect(await page.getByText(/^\d photos? left/).count()).toBe(1);
  await vision(page)?.evaluate(() => {
    setTimeout(() => {
      throw new RangeError('Array buffer allocation failed');
    });
  });
  await analysed(page, 3);
});

it('3: the vision worker hangs mid-analysis: it is given up after two minutes, and every photo is analysed', async () => {
  await using tablet = await Tablet.start({ url });
  await tablet.context.clock.install();
  const page = await withPhotos(tablet, 'WTG-67', 3);
  await toInspection(page);
  await vi.waitUntil(() => vision(page) !== undefined, { timeout: 30_000 });
  const hanging = vision(page);
  await hanging?.evaluate(() => {
    setTimeout(() => {
      for (;;);
    });
  });
  const answer = hanging?.evaluate(() => 'answers').catch(() => 'ended');
  expect(await Promise.race([answer, page.waitForTimeout(2000)])).toBeUndefined();
  expect(await page.getByText(/^\d photos? left/).count()).toBe(1);
  await page.clock.fastForward(121_000);
  await analysed(page, 3);
  expect(await answer).toBe('ended');
});

it('5: quota exhausted: a photo that does not fit is refused whole, and the rest goes on', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await withPhotos(tablet, 'WTG-55', 2);
  const devtools = await tablet.context.newCDPSession(page);
  const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin: url });
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: url, quotaSize: usage + 2_000_000 });
  const jpeg = await readFile(bladePhotos(1)[0] ?? '');
  const large = Buffer.concat([jpeg, Buffer.alloc(8_000_000)]);
  await page
    .getByTestId('files')
    .setInputFiles([{ name: 'large.jpg', mimeType: 'image/jpeg', buffer: large }]);
  await page.getByRole('listitem').filter({ hasText: 'large.jpg' }).filter({ hasText: 'no room' }).waitFor();
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: url });
  expect(await checkedPhotos(page, url)).toBe(2);
});

it.each<[string, (tablet: Tablet) => Promise<void>]>([
  ['bits flipped in every file of the database', flipBits],
  ['the database’s CURRENT file deleted', deleteCurrent],
  ['the whole database deleted', deleteDatabase],
])('6: %s: everything is there, whole and once', async (_name, damage) => {
  await using tablet = await Tablet.start({ url });
  await withPhotos(tablet, 'WTG-56', 3);
  await tablet.kill();
  await damage(tablet);
  await tablet.startBrowser();
  const page = await tablet.open();
  if (damage === deleteDatabase) await page.getByText('The browser had cleared the storage').waitFor();
  await page.getByRole('link', { name: /WTG-56/ }).waitFor();
  expect(await checkedPhotos(page, url)).toBe(3);
});

async function flipBits(tablet: Tablet): Promise<void> {
  for (const file of await profileFiles(tablet, 'IndexedDB')) {
    if (!/\.(ldb|log)$/.test(file)) continue;
    const bytes = await readFile(file);
    for (let at = 100; at < bytes.length; at += 3000) bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    await writeFile(file, bytes);
  }
}

async function deleteCurrent(tablet: Tablet): Promise<void> {
  const current = (await profileFiles(tablet, 'IndexedDB')).filter((file) => file.endsWith('/CURRENT'));
  expect(current.length).toBeGreaterThan(0);
  for (const file of current) await rm(file);
}

async function deleteDatabase(tablet: Tablet): Promise<void> {
  await rm(join(tablet.profile, 'Default', 'IndexedDB'), { recursive: true });
}

it('7: a photo’s file cut: it is said which is gone, and the others are whole', async () => {
  await using tablet = await Tablet.start({ url });
  await withPhotos(tablet, 'WTG-58', 3);
  await tablet.kill();
  const isPhoto = (bytes: Buffer) => bytes.subarray(0, 3).toString('hex') === 'ffd8ff';
  for (const file of await profileFiles(tablet, 'File System')) {
    if (!isPhoto(await readFile(file))) continue;
    await truncate(file, 500);
    break;
  }
  await tablet.startBrowser();
  const page = await tablet.open();
  await page.getByText(/1 photo file is gone or cut/).waitFor();
  await page.goto(`${url}/#/storage`);
  await page.getByRole('button', { name: 'Check all photos' }).click();
  await page.getByText('1 photo is gone or changed.').waitFor();
});

it('8: the site’s data cleared while it is open: it is said, and work goes on after a reload', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await withPhotos(tablet, 'WTG-59', 1);
  const devtools = await tablet.context.newCDPSession(page);
  await devtools.send('Storage.clearDataForOrigin', { origin: url, storageTypes: 'all' });
  await page.goto(`${url}/#/new`);
  await page.getByLabel('Turbine', { exact: true }).last().fill('WTG-59b');
  // Not a press: the message may lie over the button by now.
  await page.getByRole('button', { name: 'Begin' }).dispatchEvent('click');
  await page.getByRole('heading', { name: 'The browser cleared its storage' }).waitFor();
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.goto(`${url}/#/`);
  await beginInspection(page, 'WTG-59c');
  await addPhotos(page, bladePhotos(1), 1);
});

it.each(['InvalidStateError', 'UnknownError'])(
  '9: transaction() throws %s: saved all the same',
  async (name) => {
    await using tablet = await Tablet.start({ url });
    const page = await tablet.open();
    await page.getByRole('link', { name: 'New inspection' }).waitFor();
    await page.evaluate((thrown) => {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- it is applied to whichever database asks
      const { transaction } = IDBDatabase.prototype;
      let left = 1;
      IDBDatabase.prototype.transaction = function (...args: Parameters<typeof transaction>) {
        if (args[1] === 'readwrite' && left-- > 0) throw new DOMException('connection lost', thrown);
        return transaction.apply(this, args);
      };
    }, name);
    await beginInspection(page, 'WTG-60');
    await addPhotos(page, bladePhotos(1), 1);
    await page.reload();
    expect(await checkedPhotos(page, url)).toBe(1);
  },
);

it('11: SIGKILL in the middle of an upgrade of the database: the old version is whole', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await withPhotos(tablet, 'WTG-61', 2);
  await page.goto(`${url}/manifest.webmanifest`);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open('loupe', 99);
        request.onupgradeneeded = () => {
          request.transaction?.objectStore('captures').clear();
          const shelf = request.result.createObjectStore('shelf', { autoIncrement: true });
          const fill = (): void => {
            shelf.add(new Uint8Array(100_000)).onsuccess = fill;
            resolve();
          };
          fill();
        };
      }),
  );
  await tablet.kill();
  await tablet.startBrowser();
  const again = await tablet.open();
  await again.getByRole('link', { name: /WTG-61/ }).waitFor();
  expect(await checkedPhotos(again, url)).toBe(2);
});

it('11: an old Loupe blocks the upgrade of its database: it is said, and goes on when that tab closes', async () => {
  await using tablet = await Tablet.start({ url });
  const old = await tablet.open('manifest.webmanifest');
  const inspection = inspectionOf({ title: 'WTG-65 of version 1' });
  // The first version's own step, by which the databases on tablets were made, and a tab that lets nobody pass.
  await old.evaluate(`new Promise((resolve, reject) => {
    const request = indexedDB.open('loupe', 1);
    request.onupgradeneeded = () => {
      (${String(migrations[0])})(request.result);
      request.transaction.objectStore('inspections').put(${JSON.stringify(inspection)});
    };
    request.onsuccess = () => resolve(void (globalThis.held = request.result));
    request.onerror = () => reject(request.error);
  })`);
  const page = await tablet.context.newPage();
  await page.goto(`${url}/#/`);
  await page.getByRole('heading', { name: 'Loupe is open in another tab' }).waitFor();
  expect(await page.getByText(inspection.title).count()).toBe(0);
  await old.close();
  await page.getByRole('link', { name: /WTG-65/ }).waitFor();
  const versions = await page.evaluate(() => indexedDB.databases());
  expect(versions.find(({ name }) => name === 'loupe')?.version).toBe(migrations.length);
  await beginInspection(page, 'WTG-66');
  await addPhotos(page, bladePhotos(1), 1);
});

it('11: a newer Loupe took the database over: the old tab says so, offers the way out, and loses nothing', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await withPhotos(tablet, 'WTG-62', 1);
  const newer = await tablet.context.newPage();
  await newer.goto(`${url}/manifest.webmanifest`);
  await newer.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('loupe', 99);
        request.onsuccess = () => resolve(request.result.close());
        request.onerror = () => reject(request.error ?? new Error('no error'));
      }),
  );
  await page.getByRole('heading', { name: 'A newer Loupe took over' }).waitFor();
  await page.getByRole('button', { name: 'Save everything as files' }).waitFor();
});

it('14: the clock ten years on and back again: everything stays, and work goes on', async () => {
  await using tablet = await Tablet.start({ url });
  await withPhotos(tablet, 'WTG-63', 1);
  for (const year of ['2036', '2016']) {
    await tablet.kill();
    await tablet.startBrowser();
    await tablet.context.clock.setFixedTime(new Date(`${year}-05-05T10:00:00Z`));
    const page = await tablet.open();
    await page.getByRole('link', { name: /WTG-63/ }).waitFor();
    await beginInspection(page, `WTG-${year}`);
    await addPhotos(page, bladePhotos(1), 1);
  }
  await tablet.kill();
  await tablet.startBrowser();
  const page = await tablet.open();
  for (const tag of ['WTG-63', 'WTG-2036', 'WTG-2016']) {
    await page.getByRole('link', { name: new RegExp(tag) }).waitFor();
  }
  expect(await checkedPhotos(page, url)).toBe(3);
});

it('15: no private file system, no WebGPU, no isolation, no camera: photos are kept and analysed all the same', async () => {
  // Without a header of its own, the first visit is not isolated.
  await using host = await startStaticHost(inject('appDist'));
  await using tablet = await Tablet.start({ url: host.url });
  const withoutFiles = () =>
    tablet.context.addInitScript(() => {
      Reflect.deleteProperty(StorageManager.prototype, 'getDirectory');
      Reflect.deleteProperty(Navigator.prototype, 'mediaDevices');
    });
  await withoutFiles();
  const page = await tablet.open('#/models');
  await page.getByText('No WebGPU here: models run on the CPU').waitFor();
  await page.getByText('1 thread for models').waitFor();
  await page.goto(`${host.url}/#/`);
  await beginInspection(page, 'WTG-64');
  await addPhotos(page, bladePhotos(2), 2);
  await page.getByRole('button', { name: 'Open the camera' }).click();
  await page.getByRole('button', { name: 'Choose files instead' }).waitFor();
  await page.goto(`${host.url}/#/`);
  await page.getByRole('link', { name: /WTG-64/ }).click();
  await analysed(page, 2);
  await tablet.kill();
  await tablet.startBrowser();
  await withoutFiles();
  const again = await tablet.open('#/storage');
  await again.getByText('Photos are kept in the database').waitFor();
  expect(await checkedPhotos(again, host.url)).toBe(2);
});

it('15: the camera is refused: it is said how to allow it, and files do instead', async () => {
  await using tablet = await Tablet.start({ url, flags: ['--use-fake-device-for-media-stream'] });
  const page = await tablet.open();
  const devtools = await tablet.context.newCDPSession(page);
  const permission = { name: 'camera' };
  await devtools.send('Browser.setPermission', { permission, setting: 'denied', origin: url });
  await beginInspection(page, 'WTG-70');
  await page.getByRole('button', { name: 'Open the camera' }).click();
  await page.getByRole('alert').filter({ hasText: 'Loupe may not use the camera.' }).waitFor();
  await page.getByRole('button', { name: 'Choose files instead' }).click();
  await addPhotos(page, bladePhotos(1), 1);
});
