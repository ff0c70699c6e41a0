import type { Locator, Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { bladePhotos } from './photos.ts';
import { arrived, enrolledTablet, go, inspect } from './sync/enrolled-tablet.ts';
import { SyncServer } from './sync/sync-server.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, checkedPhotos } from './technician.ts';

const url = inject('appUrl');
const rowOf = (page: Page, title: string): Locator =>
  page
    .getByRole('region', { name: 'Inspections on this device' })
    .getByRole('listitem')
    .filter({ hasText: title });
const question = (page: Page): Locator => page.getByRole('dialog', { name: 'Delete this inspection?' });
const deleteNamed = (page: Page, title: string): Promise<void> =>
  page.getByRole('button', { name: `Delete ${title}` }).click();

it('what is nowhere else is deleted on a second plain question only, and comes back by undo or within ten minutes', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  await beginInspection(page, 'WTG-81');
  await addPhotos(page, bladePhotos(2), 2);
  await page.goto(`${url}/#/storage`);
  const row = rowOf(page, 'WTG-81');
  await row.getByText('Only on this device').waitFor();
  await row.getByText(/^2 photos, [\d.]+ [kM]B/).waitFor();
  await page.getByText(/2 are on no server yet/).waitFor();
  await page.getByText(/used, [\d.]+ GB free/).waitFor();

  await deleteNamed(page, 'WTG-81');
  await question(page).getByText('2 photos are only on this device and go with it.').waitFor();
  await question(page).getByRole('button', { name: 'Keep it' }).click();
  await question(page).waitFor({ state: 'detached' });
  expect(await row.count()).toBe(1);

  await deleteNamed(page, 'WTG-81');
  await question(page).getByRole('button', { name: 'Delete it' }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await row.waitFor();

  await deleteNamed(page, 'WTG-81');
  await question(page).getByRole('button', { name: 'Delete it' }).click();
  await row.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('button', { name: 'Bring back WTG-81' }).click();
  await row.waitFor();
  expect(await checkedPhotos(page, url)).toBe(2);
  expect(tablet.pageErrors).toEqual([]);
});

it('what is safe on a server says so, and is deleted without a question', async () => {
  await using server = await SyncServer.start(inject('appDist'));
  await using enrolled = await enrolledTablet(server.url, await server.code(), { inspector: 'Åse' });
  const { page } = enrolled;
  await inspect(page, 'WTG-82', bladePhotos(2));
  await analysed(page, 2);
  await arrived(page);
  await go(page, '#/storage');
  const row = rowOf(page, 'WTG-82');
  await row.getByText('Safe on the server').waitFor();
  await deleteNamed(page, 'WTG-82');
  await row.waitFor({ state: 'detached' });
  expect(await question(page).count()).toBe(0);
});

it('the browser is asked not to clear what is kept, and its answer is told', async () => {
  await using tablet = await Tablet.start({ url });
  await tablet.context.addInitScript(() => {
    let asked = false;
    StorageManager.prototype.persist = () => Promise.resolve((asked = true));
    StorageManager.prototype.persisted = () => Promise.resolve(asked);
  });
  const page = await tablet.open('#/storage');
  await page.getByText('The browser may clear it when space is short').waitFor();
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByText('The browser keeps it even when space is short').waitFor();
});
