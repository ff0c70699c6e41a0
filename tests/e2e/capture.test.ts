import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, inject, it } from 'vitest';
import { blurriness } from '../../core/quality/blur.ts';
import { readExif } from '../../core/vision/exif.ts';
import { audit } from './audit.ts';
import { fakeCamera } from './fake-camera.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { beginInspection, choosePlace } from './technician.ts';

const url = inject('appUrl');
/** The sharpest of some real photos, by our own measure of the small copy that the camera looks at. */
async function sharpest(): Promise<string> {
  const measured = await Promise.all(
    bladePhotos(8).map(async (path) => {
      const { data, info } = await sharp(path)
        .resize(640, 640, { fit: 'inside' })
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { path, blur: blurriness({ width: info.width, height: info.height, data }) ?? 1 };
    }),
  );
  return measured.sort((a, b) => a.blur - b.blur)[0]?.path ?? '';
}
const photo = await sharpest();

async function openCamera(tablet: Tablet): Promise<Page> {
  await tablet.context.grantPermissions(['geolocation', 'camera', 'microphone']);
  await tablet.context.setGeolocation({ latitude: 55.69, longitude: 12.09, accuracy: 8 });
  const page = await tablet.open();
  // 20 degrees west of north, looking 22 degrees up.
  const session = await tablet.context.newCDPSession(page);
  await session.send('DeviceOrientation.setDeviceOrientationOverride', { alpha: 20, beta: 112, gamma: 0 });
  await beginInspection(page, 'WTG-07');
  await choosePlace(page, 'B', 'Pressure side');
  await page.getByLabel('From, in m from the root').fill('36');
  await page.getByLabel('To, in m from the root').fill('39');
  await page.getByRole('button', { name: 'Open the camera' }).click();
  await page.getByRole('img', { name: 'The position goes with each photo' }).waitFor();
  return page;
}

interface Kept {
  readonly place: Readonly<Record<string, unknown>>;
  readonly pose?: Readonly<Record<string, unknown>>;
  readonly quality?: { readonly flags: readonly string[] };
  readonly note?: string;
  readonly memo?: { readonly seconds: number; readonly audio: string };
}

/** The first bytes of every file that the app keeps, in base64. */
const heads = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const found: string[] = [];
    const walk = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const entry of folder.values()) {
        if (entry.kind === 'directory') await walk(entry as FileSystemDirectoryHandle);
        else {
          const file = await (entry as FileSystemFileHandle).getFile();
          const bytes = new Uint8Array(await file.slice(0, 1000).arrayBuffer());
          found.push(btoa(String.fromCharCode(...bytes)));
        }
      }
    };
    await walk(await navigator.storage.getDirectory());
    return found;
  });

/** The captures as they lie in the database. */
const kept = (page: Page): Promise<Kept[]> =>
  page.evaluate(async () => {
    const [{ name = '' } = {}] = await indexedDB.databases();
    const result = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(String(request.error)));
      });
    const database = await result(indexedDB.open(name));
    const all: unknown = await result(database.transaction('captures').objectStore('captures').getAll());
    database.close();
    return all as Kept[];
  });

it('a burst, the place moved on, a note typed and one spoken, each shot with where it was taken', async () => {
  await using tablet = await Tablet.start({ url, flags: await fakeCamera(photo) });
  const page = await openCamera(tablet);
  await page.getByRole('button', { name: 'Take photo', exact: true }).click();
  await page.getByText('1 photo saved', { exact: true }).waitFor();
  expect(await page.getByText(/^Blurred/).count()).toBe(0);
  expect(await audit(page), 'camera').toEqual([]);

  await page.getByRole('button', { name: 'Towards the tip' }).click();
  await page.getByText('39 to 42 m').waitFor();
  await page.getByRole('button', { name: 'Burst' }).click();
  await page.getByRole('button', { name: 'Take 5 photos' }).click();
  await page.getByText('6 photos saved', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Blade B, photos so far: 6' }).click();
  await page.getByRole('dialog').waitFor();
  expect(await audit(page), 'gallery').toEqual([]);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /39 to 42 m/ })
    .first()
    .click();
  await page.getByLabel('Note', { exact: true }).fill('Tape came off');
  await page.getByRole('button', { name: 'Speak a note' }).click();
  await page.getByRole('button', { name: /^Stop, [1-9]\d* sec$/ }).click();
  await page.locator('audio').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // Escape closed the sheet and not the camera.
  await page.getByRole('button', { name: 'Take 5 photos' }).waitFor();

  const whole = async () => (await kept(page)).some(({ note, memo }) => note === 'Tape came off' && memo);
  await expect.poll(whole).toBe(true);
  const captures = await kept(page);
  expect(captures).toHaveLength(6);
  for (const { pose, quality } of captures) {
    expect(pose).toMatchObject({ position: { latitude: 55.69, longitude: 12.09 }, accuracyM: 8 });
    expect(quality?.flags).toEqual([]);
  }
  // The files say it too, for whoever opens them without Loupe.
  const told = (await heads(page)).flatMap((head) => readExif(Buffer.from(head, 'base64')) ?? []);
  expect(told).toHaveLength(6);
  for (const { takenAt, latitude, longitude, directionDeg } of told) {
    expect(Math.abs(Date.parse(takenAt ?? '') - Date.now())).toBeLessThan(600_000);
    expect(latitude).toBeCloseTo(55.69, 6);
    expect(longitude).toBeCloseTo(12.09, 6);
    // A simulated sensor may know no north; then the file says none either.
    expect(directionDeg === undefined).toBe(captures[0]?.pose?.['headingDeg'] === undefined);
  }
  const places = captures.map(({ place }) => place['fromRootM']).sort();
  expect(places).toEqual([36, 39, 39, 39, 39, 39]);
  const [noted] = captures.filter(({ note }) => note === 'Tape came off');
  expect(noted?.memo?.seconds).toBeGreaterThan(0.8);
  expect(noted?.memo?.audio.length).toBeGreaterThan(500);
  expect(tablet.pageErrors).toEqual([]);
  expect(tablet.foreignRequests).toEqual([]);
});

it('a blurred picture is warned about while it runs, and the photo says so after', async () => {
  const blurred = join(await mkdtemp(join(tmpdir(), 'loupe-blurred-')), 'blurred.jpg');
  await writeFile(blurred, await sharp(photo).resize(1280, 960, { fit: 'cover' }).blur(9).jpeg().toBuffer());
  await using tablet = await Tablet.start({ url, flags: await fakeCamera(blurred) });
  const page = await openCamera(tablet);
  await page.getByText('Blurred. Hold still, or wait for the focus.').waitFor();
  await page.getByRole('button', { name: 'Take photo', exact: true }).click();
  await page.getByText('1 photo saved', { exact: true }).waitFor();
  expect((await kept(page))[0]?.quality?.flags).toEqual(['blur']);
});
