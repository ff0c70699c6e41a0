import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { audit } from './audit.ts';
import { bladePhotos } from './photos.ts';
import { arrived, enrolledTablet, go, inspect } from './sync/enrolled-tablet.ts';
import { SyncServer } from './sync/sync-server.ts';
import { analysed, judge } from './technician.ts';

const dist = inject('appDist');
const DAY_MS = 86_400_000;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
/** Pictures of every part of the desk go there, to be looked at. */
const pictures = process.env['LOUPE_PICTURES'];

async function audited(page: Page, name: string): Promise<void> {
  expect(await audit(page, { gloves: false }), name).toEqual([]);
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  for (const [width, height] of [
    [1280, 800],
    [1440, 900],
    [1024, 768],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: join(pictures, `${name}-${width}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function handOver(page: Page, inspection: string): Promise<void> {
  await go(page, `${inspection}/hand-over`);
  await page.getByRole('button', { name: /^Sign( again)?$/ }).click();
  await button(page, 'Sign by name only').click();
  await page.getByText(/^Signed by /).waitFor();
}

it('an inspection made offline two days ago is reviewed at the desk by keyboard, comes back with a note, is mended and approved', async () => {
  await using server = await SyncServer.start(dist);
  // The tablet's clock is two days behind; nothing may depend on it.
  await using first = await enrolledTablet(server.url, await server.code(), {
    inspector: 'Åse',
    clock: Date.now() - 2 * DAY_MS,
  });
  const { page: tablet } = first;
  await first.tablet.readyOffline(tablet);
  // The model is fetched while there is a network, as before any day on site.
  const inspection = await inspect(tablet, 'WTG-81', bladePhotos(2).slice(0, 1));
  const found = await analysed(tablet, 1);
  await first.tablet.context.setOffline(true);
  await go(tablet, `${inspection}/judge`);
  for (let judged = 0; judged < found; judged++) await judge(tablet, 'Accept');
  await handOver(tablet, inspection);
  await first.tablet.context.clock.setSystemTime(Date.now());
  await first.tablet.context.setOffline(false);
  await arrived(tablet);

  await using second = await enrolledTablet(
    server.url,
    await server.code({ roles: ['reviewer', 'admin'], person: 'Grace' }),
    { inspector: 'Grace' },
  );
  const { page: desk } = second;
  await desk.setViewportSize({ width: 1440, height: 900 });
  await arrived(desk);
  await desk.goto(`${server.url}/desk`);
  const row = desk.getByRole('link', { name: 'WTG-81' });
  await row.waitFor();
  await desk
    .getByRole('row', { name: /WTG-81/ })
    .getByText('Received')
    .waitFor();
  await audited(desk, 'inspections');

  // Searched, opened, looked at and decided by keyboard alone.
  await desk.keyboard.press('/');
  await desk.keyboard.type('nothing like it');
  await desk.getByText('No inspection matches').waitFor();
  await desk.getByRole('searchbox').fill('wtg-81');
  await row.focus();
  await desk.keyboard.press('Enter');
  await desk.getByRole('heading', { name: 'Office', exact: true }).waitFor();
  await desk.locator('section.photos img').first().waitFor();
  await audited(desk, 'inspection');
  await go(desk, `${inspection}/findings`);
  await desk.locator('main a[href*="/judge/"]').first().focus();
  await desk.keyboard.press('Enter');
  await desk.locator('main .stage img').first().waitFor();
  await audited(desk, 'judge');
  await go(desk, inspection);
  await desk.getByRole('heading', { name: 'Office', exact: true }).waitFor();
  await desk.keyboard.press('Shift+I');
  const note = desk.getByLabel('Note to the technician');
  await note.waitFor();
  expect(await button(desk, 'Send decision').isDisabled()).toBe(true);
  await note.fill('The tip of blade A is missing.');
  await audited(desk, 'decision');
  await desk.keyboard.press('Control+Enter');
  await desk.getByText('The office found issues').waitFor();
  await audited(desk, 'decided');

  // The note is on the tablet; it is mended there and handed over again.
  await arrived(tablet);
  await go(tablet, inspection);
  await tablet.getByText('The tip of blade A is missing.').waitFor();
  await audited(tablet, 'note');
  await tablet.getByText('Has issues', { exact: true }).first().waitFor();
  await go(tablet, `${inspection}/add`);
  await tablet.getByTestId('files').setInputFiles([...bladePhotos(2).slice(1)]);
  await go(tablet, inspection);
  await analysed(tablet, 2);
  await handOver(tablet, inspection);
  await arrived(tablet);

  await go(desk, '#/sync');
  await arrived(desk);
  await go(desk, inspection);
  await desk.getByText('Revision 2').waitFor();
  await button(desk, 'Approve').click();
  await button(desk, 'Send decision').click();
  await desk.getByText('The office approved it').waitFor();
  await arrived(tablet);
  await go(tablet, inspection);
  await tablet.getByText('Approved', { exact: true }).first().waitFor();

  for (const [tab, heading] of [
    ['map', 'Map'],
    ['campaigns', 'Campaigns'],
    ['agreement', 'Agreement'],
    ['datasets', 'Datasets'],
    ['models', 'Models'],
    ['devices', 'Devices'],
    ['audit', 'Audit trail'],
  ] as const) {
    await go(desk, `#/desk/${tab}`);
    await desk.getByRole('heading', { name: heading, exact: true }).waitFor();
    await desk.getByText(/Asking the server|Reading what is kept/).waitFor({ state: 'hidden' });
    await audited(desk, tab);
  }
  await desk.getByRole('cell', { name: 'Decided on an inspection' }).first().waitFor();

  await go(desk, '#/desk/datasets');
  await button(desk, 'Freeze a version').click();
  await desk.getByRole('button', { name: /^Read it for training/ }).click();
  await desk.getByText(/training\.data\.dataset_api/).waitFor();
  await desk.keyboard.press('Escape');

  await go(desk, '#/desk/devices');
  await button(desk, 'Enrol a device').click();
  await button(desk, 'Make the code').click();
  await desk.getByRole('img', { name: 'QR code of the enrolment' }).waitFor();
  await audited(desk, 'code');
  await button(desk, 'Close').last().click();
  await desk.getByRole('button', { name: 'Revoke Tablet of Åse' }).click();
  await button(desk, 'Revoke').click();
  await desk.getByText(/^Revoked /).waitFor();
  await go(tablet, '#/sync');
  await button(tablet, 'Sync now').click();
  await tablet.getByRole('heading', { name: 'Connect this device again' }).waitFor();

  expect([...first.tablet.pageErrors, ...second.tablet.pageErrors]).toEqual([]);
  expect([...first.tablet.foreignRequests, ...second.tablet.foreignRequests]).toEqual([]);
}, 1_200_000);
