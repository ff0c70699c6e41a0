import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { audit } from './audit.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, toInspection } from './technician.ts';

const url = inject('appUrl');
const PIN = 'blade 27';

/** Up to the moment when everything begins to be encrypted. */
async function turnOn(page: Page): Promise<string> {
  await page.goto(`${url}/#/storage`);
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByLabel('New PIN').waitFor();
  expect(await audit(page), 'turning the lock on').toEqual([]);
  await page.getByLabel('New PIN').fill(PIN);
  await page.getByLabel('The same again').fill(PIN);
  await page.getByRole('button', { name: 'Next: the rescue code' }).click();
  const code = await page.getByText(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$/).innerText();
  await page.getByLabel('I have written it down').check();
  await page.getByRole('button', { name: 'Encrypt now' }).click();
  return code;
}

async function open(page: Page, pin = PIN): Promise<void> {
  await page.getByRole('heading', { name: 'Loupe is locked' }).waitFor();
  await page.getByLabel('PIN', { exact: true }).fill(pin);
  await page.getByRole('button', { name: 'Open' }).click();
}

async function expectWhole(page: Page, photos: number): Promise<void> {
  await page.goto(`${url}/#/storage`);
  await page.getByRole('button', { name: 'Check all photos' }).click();
  await page.getByText(`All ${photos} photos are exactly as they were saved.`).waitFor();
}

it('the PIN lock: nothing opens without it, and with it all work goes on without a network', async () => {
  await using tablet = await Tablet.start({ url });
  const photos = bladePhotos(3);
  const page = await tablet.open();
  await beginInspection(page, 'WTG-31');
  await addPhotos(page, photos.slice(0, 2), 2);
  await toInspection(page);
  await analysed(page, 2);
  const code = await turnOn(page);
  await page.getByText('The PIN lock is on.').waitFor();
  await tablet.readyOffline(page);

  await tablet.kill();
  await tablet.startBrowser({ offline: true });
  const again = await tablet.open();
  await open(again, 'blade 28');
  await again.getByText('That is not the PIN.').waitFor();
  expect(await audit(again), 'locked').toEqual([]);
  expect(await again.getByText('WTG-31').count()).toBe(0);
  await open(again);
  await again.getByRole('link', { name: /WTG-31/ }).click();
  await analysed(again, 2);
  await again.getByRole('link', { name: 'Add photos' }).click();
  await addPhotos(again, photos.slice(2), 1);
  await toInspection(again);
  await analysed(again, 3);
  const inspection = new URL(again.url()).hash;
  await again.goto(`${url}/${inspection}/hand-over`);
  await again.getByRole('button', { name: 'Make the report' }).click();
  await again.getByRole('button', { name: 'Save the PDF' }).waitFor();
  await expectWhole(again, 3);

  // Forgotten: the code gives a new PIN.
  await again.getByRole('button', { name: 'Lock now' }).click();
  await again.getByRole('button', { name: 'Forgot the PIN?' }).click();
  await again.getByLabel('Rescue code').fill(code.toLowerCase());
  await again.getByLabel('New PIN').fill('another pin');
  await again.getByRole('button', { name: 'Open' }).click();
  await again.getByRole('heading', { name: 'Storage' }).waitFor();

  await again.getByRole('button', { name: 'Turn off' }).click();
  await again.getByLabel('PIN', { exact: true }).fill('another pin');
  await again.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
  await again.getByText('The PIN lock is off.').waitFor();
  await again.reload();
  await expectWhole(again, 3);
  expect(tablet.pageErrors).toEqual([]);
});

it('SIGKILL while everything is being encrypted: it goes on at the next start, and all is whole', async () => {
  await using tablet = await Tablet.start({ url });
  const photos = bladePhotos(16);
  const page = await tablet.open();
  await beginInspection(page, 'WTG-32');
  await addPhotos(page, photos, 16);
  await turnOn(page);
  const progress = (on: Page) => on.getByText(/^\d+ of \d+$/).or(on.getByText('The PIN lock is on.'));
  await progress(page).first().waitFor();
  for (const pause of [0, 150, 400]) {
    await tablet.kill();
    await tablet.startBrowser();
    const again = await tablet.open('#/storage');
    await open(again);
    await again.getByRole('heading', { name: 'Storage' }).waitFor();
    await again.waitForTimeout(pause);
  }
  const [last] = tablet.context.pages();
  if (!last) throw new Error('no page');
  await last.getByText('Records and photos are encrypted.').waitFor();
  await expectWhole(last, 16);
  expect(tablet.pageErrors).toEqual([]);
});
