import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { fakeCamera } from './fake-camera.ts';
import { Finger } from './finger.ts';
import { damagedBladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { analysed, progress, toPhotos } from './technician.ts';
import { promisedTaps } from './usability-table.ts';
import {
  bundled,
  CLEAN,
  type Bundled,
  fromFiles,
  inTheOffice,
  nextFinding,
  saved,
  signed,
} from './whole-day/steps.ts';

const url = inject('appUrl');
const [photo = '', other = ''] = damagedBladePhotos(2);

async function onTablet(viewport: { width: number; height: number }): Promise<Tablet> {
  const flags = await fakeCamera(other);
  const tablet = await Tablet.start({ url, viewport, touch: true, flags });
  await tablet.context.grantPermissions(['camera', 'geolocation']);
  await tablet.context.setGeolocation({ latitude: 55.69, longitude: 12.09, accuracy: 8 });
  // Without the picker, which no test can answer, files come as downloads.
  await tablet.context.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  return tablet;
}

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { name, level: 1 }).waitFor();

it.each([
  { width: 768, height: 1024 },
  { width: 1280, height: 800 },
])('a whole day by touch without a network, at $width x $height', async (viewport) => {
  await using tablet = await onTablet(viewport);
  const page = await tablet.open('#/settings');
  const finger = await Finger.on(page);
  const taps = new Map<string, number>();
  const job = async (name: string, work: () => Promise<void>) => taps.set(name, await finger.counted(work));

  await inTheOffice(tablet, page, finger);
  await job('Begin an inspection of a listed turbine', async () => {
    await finger.link('New inspection');
    await finger.button(/^WTG-07/);
    await finger.button('Begin');
    await heading(page, 'Add photos');
  });
  await job('Make it ready for a day without network', async () => {
    await finger.link('To the inspection');
    await finger.button(/^(Fetch, |Test it)/);
    await page.getByText('self-test passed').waitFor({ timeout: 180_000 });
  });
  await tablet.context.setOffline(true);

  // On site.
  await job('First photo of a side', async () => {
    await finger.link('Add photos');
    await finger.choose('B');
    await finger.choose('Leading edge');
    await finger.button('Open the camera');
    await finger.button('Take photo');
    await saved(page, 1);
  });
  await finger.button('Done');
  await finger.type('From, in m from the root', '18');
  await finger.type('To, in m from the root', '20');
  await finger.button('Open the camera');
  await job('Next photo, further out on the blade', async () => {
    await finger.button('Towards the tip');
    await page.getByText('20 to 22 m').waitFor();
    await finger.button('Take photo');
    await saved(page, 2);
  });
  await job('Five photos of one place', async () => {
    await finger.button('Burst');
    await finger.button('Take 5 photos');
    await saved(page, 7);
  });
  await finger.button('Done');
  await fromFiles(page, finger, [photo]);
  await saved(page, 8);
  await finger.choose('C');
  await finger.choose('Suction side');
  await fromFiles(page, finger, [CLEAN]);
  await saved(page, 9);
  await finger.link(/^Done, 9 photos saved/);
  const found = await analysed(page, 9);
  expect(found).toBeGreaterThan(3);
  await job('Say that a side shows no damage', async () => {
    await finger.button('No damage seen on blade C, Suction side');
    await page.getByText('no damage', { exact: true }).waitFor();
  });

  // Judged, one by one.
  await finger.link(/^Judge \d+ finding/);
  await job('Name, grade and accept a finding', () =>
    nextFinding(page, async () => {
      await finger.button('Leading-edge erosion');
      await finger.choose(/^3, /);
      await finger.button('Accept change');
    }),
  );
  await nextFinding(page, () => finger.button('Reject'));
  await nextFinding(page, () => finger.button('Undo'));
  await job('Correct its shape with the brush', async () => {
    await finger.button('Fix shape');
    await finger.button('Brush');
    await finger.touch(page.locator('main .stage'), [
      [0.42, 0.5],
      [0.5, 0.46],
      [0.58, 0.5],
    ]);
    await finger.button('Keep this shape');
  });
  await nextFinding(page, () => finger.button('Accept change'));
  await nextFinding(page, () => finger.button('Reject'));
  await finger.link('Blade B');
  await expect.poll(() => progress(page)).toEqual({ judged: 3, total: found });

  // What the model did not see, and how large it is.
  await toPhotos(page);
  await finger.tap(page.locator('section.photos a').last());
  await job('Give a photo its scale', async () => {
    await finger.button(/^Set the scale/);
    await finger.choose('Camera distance');
    await finger.type('Camera to surface', '6');
    await finger.type(/^Focal length/, '85');
    await finger.button('Use this scale');
    await page.getByRole('button', { name: /mm per pixel/ }).waitFor();
  });
  await job('Mark missed damage', async () => {
    await finger.link('Mark missed damage');
    await heading(page, 'Mark missed damage');
    const stage = page.locator('main .stage');
    for (const at of [[0.5, 0.4], [0.58, 0.5], [0.5, 0.6], [0.42, 0.5]] as const) await finger.touch(stage, [at]); // prettier-ignore
    await finger.button('Crack');
    await heading(page, /^Photo/);
  });
  await finger.link('Inspection');
  await expect.poll(() => progress(page)).toEqual({ judged: 4, total: found + 1 });

  // Handed over.
  await job('Sign', async () => {
    await finger.link('Report');
    await signed(page, finger);
  });
  await job('Make the report and save it', async () => {
    await finger.button('Make the report');
    const pdf = await finger.download('Save the PDF');
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
  expectDecided(bundled(await finger.download('Save the bundle')), found);
  process.stdout.write(`taps at ${viewport.width} x ${viewport.height}: ${JSON.stringify([...taps])}\n`);
  expect(taps).toEqual(promisedTaps());
  expect(tablet.foreignRequests).toEqual([]);
  expect(tablet.pageErrors).toEqual([]);
});

function expectDecided({ inspection, captures, findings }: Bundled, found: number): void {
  expect(inspection).toMatchObject({
    title: 'WTG-07',
    site: 'Risø',
    signature: { by: 'Åse Nørgård' },
    cleanSides: [{ component: 'C', side: 'suction' }],
  });
  expect(captures.filter(({ scale }) => scale?.method === 'camera')).toHaveLength(1);
  expect(findings).toHaveLength(found + 1);
  const decided = findings.filter(({ state }) => state !== 'proposed');
  const named = decided.filter(
    ({ type, severity }) => type === 'leading-edge-erosion' && severity?.value === 3,
  );
  const reshaped = decided.filter(({ state, geometry }) => state === 'edited' && geometry.kind === 'mask');
  const drawn = decided.filter(({ origin, type }) => origin === 'human' && type === 'crack');
  expect([named, reshaped, drawn].map((some) => some.length)).toEqual([1, 1, 1]);
  expect(decided.filter(({ state }) => state === 'rejected')).toHaveLength(1);
  expect(drawn[0]?.size?.lengthCm).toMatchObject({ value: expect.any(Number) as number });
}

it('the day goes on a phone too', async () => {
  await using tablet = await onTablet({ width: 390, height: 844 });
  const page = await tablet.open('#/settings');
  const finger = await Finger.on(page);
  await inTheOffice(tablet, page, finger);
  await finger.link('New inspection');
  await finger.button(/^WTG-08/);
  await finger.button('Begin');
  await heading(page, 'Add photos');
  await finger.choose('B');
  await finger.choose('Leading edge');
  await fromFiles(page, finger, [photo]);
  await saved(page, 1);
  await finger.link(/^Done, 1 photo saved/);
  const found = await analysed(page, 1);
  await tablet.context.setOffline(true);
  await finger.link(/^Judge \d+ finding/);
  await finger.button('Leading-edge erosion');
  await finger.choose(/^2, /);
  await nextFinding(page, () => finger.button('Accept change'));
  await finger.link('Blade B');
  await expect.poll(() => progress(page)).toEqual({ judged: 1, total: found });
  await finger.link('Report');
  await signed(page, finger);
  const { inspection, findings } = bundled(await finger.download('Save the bundle'));
  expect(inspection).toMatchObject({ title: 'WTG-08', signature: { by: 'Åse Nørgård' } });
  expect(findings.filter(({ severity }) => severity?.value === 2)).toHaveLength(1);
  expect(await sideways(page)).toBe(0);
  expect(tablet.pageErrors).toEqual([]);
});

/** CSS pixels that the page can be pushed sideways. */
const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
