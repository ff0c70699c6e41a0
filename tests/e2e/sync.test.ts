import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { shown } from '../../core/sync-rules/merge.ts';
import { listDevices, revokeDevice } from '../../server/repositories/devices.ts';
import { audit } from './audit.ts';
import { bladePhotos } from './photos.ts';
import { arrived, enrolledTablet, go, inspect, markCrack, told } from './sync/enrolled-tablet.ts';
import { FaultyProxy } from './sync/faulty-proxy.ts';
import { picture } from './sync/picture.ts';
import { SyncServer } from './sync/sync-server.ts';

const dist = inject('appDist');
const DAY_MS = 86_400_000;
const nothing = { entity: 'inspection', id: '', fields: {}, deletions: [] } as const;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function drawFinding(page: Page, inspection: string): Promise<void> {
  await markCrack(page, inspection);
  // Back at the photo, once it is saved.
  await page.getByRole('heading', { name: '1 finding', exact: true }).waitFor();
}

async function judgeFirst(page: Page, inspection: string, decision: string): Promise<void> {
  await go(page, `${inspection}/findings`);
  await page.locator('main a[href*="/judge/"]').first().click();
  const heading = page.getByRole('heading', { level: 1 });
  const before = await heading.innerText();
  await button(page, decision).click();
  // It shows the next one, or that all are judged, once this one is saved.
  await heading.filter({ hasNotText: before }).waitFor();
}

it('two tablets, one offline for two days by a shifted clock: all arrives, both judgements stand until somebody chooses', async () => {
  await using server = await SyncServer.start(dist);
  await using proxy = await FaultyProxy.start(server.url);
  await using first = await enrolledTablet(proxy.url, await server.code(), { inspector: 'Åse' });
  const { page } = first;

  // Captured offline, told why it waits, sent when there is a network again.
  await first.tablet.readyOffline(page);
  await first.tablet.context.setOffline(true);
  const inspection = await inspect(page, 'WTG-71', bladePhotos(2));
  await drawFinding(page, inspection);
  await go(page, inspection);
  await told(page, /^\d+ items wait\.$/);
  await told(page, /No network\.|The server does not answer\./);
  await told(page, '0 of 2 photos confirmed');
  await picture(page, 'waiting');
  await first.tablet.context.setOffline(false);
  await told(page, '2 of 2 photos confirmed');
  expect(await server.whole()).toEqual({ titles: ['WTG-71'], photos: 2, bytesHere: 2 });

  // Another tablet, whose clock is two days ahead, sees it with its photos.
  const clock = Date.now() + 2 * DAY_MS;
  await using second = await enrolledTablet(proxy.url, await server.code(), { inspector: 'Rui', clock });
  const other = second.page;
  await go(other, '#/');
  await other.getByRole('link', { name: /WTG-71/ }).click();
  // Rows and pictures out of sight are not drawn.
  await other.locator('section.photos').scrollIntoViewIfNeeded();
  await other.locator('section.photos ul').hover();
  await other.locator('section.photos img').nth(1).waitFor();
  await other.locator('section.photos a').first().click();
  await other.locator('main img').first().waitFor();
  await go(other, '#/storage');
  await button(other, 'Check all photos').click();
  // Copies of another tablet's photos are no evidence that is kept here.
  await told(other, 'There are no photos to check.');

  // Each judges without knowing of the other.
  await second.tablet.readyOffline(other);
  await Promise.all([first, second].map(({ tablet }) => tablet.context.setOffline(true)));
  await judgeFirst(page, inspection, 'Reject');
  await judgeFirst(other, inspection, 'Cannot tell');
  const third = await inspect(other, 'WTG-72', bladePhotos(1));
  await Promise.all([first, second].map(({ tablet }) => tablet.context.setOffline(false)));
  await arrived(page);
  await arrived(other);
  await go(page, '#/sync');
  await button(page, 'Sync now').click();
  for (const one of [page, other]) {
    await told(one, '1 thing was changed by two people');
    await go(one, '#/conflicts');
    await one.getByRole('heading', { name: 'Two judgements' }).waitFor();
    for (const said of ['Rejected', 'Not assessable', /Åse/, /Rui/]) await told(one, said);
  }
  expect(await audit(page)).toEqual([]);
  await picture(page, 'two-judgements');
  await page
    .locator('.sides > li')
    .filter({ hasText: 'Not assessable' })
    .getByRole('button', { name: 'Take this one' })
    .click();
  await page.getByRole('heading', { name: 'Nobody disagrees' }).waitFor();
  await arrived(page);
  await go(other, '#/sync');
  await button(other, 'Sync now').click();
  await go(other, '#/conflicts');
  await other.getByRole('heading', { name: 'Nobody disagrees' }).waitFor();
  const finding = (await server.records()).find(({ entity }) => entity === 'finding');
  expect(finding && shown(finding, 'state')).toBe('not-assessable');

  // What was made two days ahead is there as well, and newer is still newer.
  await go(page, '#/');
  await page.getByRole('link', { name: /WTG-72/ }).waitFor();
  expect((await server.whole()).titles).toEqual(['WTG-71', 'WTG-72']);

  // The office sends it back with a note; mended and signed it is handed in again.
  await server.office('WTG-72', 'has-issues', 'Photograph the tip again.');
  await go(other, '#/sync');
  await button(other, 'Sync now').click();
  await go(other, third);
  await other.getByRole('heading', { name: 'The office sees issues' }).waitFor();
  await told(other, 'Photograph the tip again.');
  expect(await audit(other)).toEqual([]);
  await picture(other, 'office');
  await other.getByRole('link', { name: 'Hand in again' }).click();
  await button(other, 'Sign').click();
  await other.getByLabel('Name').fill('Rui');
  await button(other, 'Sign by name only').click();
  await told(other, /^Signed by Rui/);
  // Polled, since the screen may still say that all had arrived before.
  const onServer = async (title: string) =>
    shown((await server.records()).find((one) => shown(one, 'title') === title) ?? nothing, 'status');
  await expect.poll(() => onServer('WTG-72'), { timeout: 60_000 }).toBe('received');
  await arrived(other);
  expect([...first.tablet.pageErrors, ...second.tablet.pageErrors]).toEqual([]);
});

it('a refused change, an app that is too old and a device that was removed are told with what to do, and nothing goes', async () => {
  await using server = await SyncServer.start(dist);
  await using proxy = await FaultyProxy.start(server.url);
  await using one = await enrolledTablet(proxy.url, await server.code(), { inspector: 'Åse' });
  const { page } = one;
  const problem = (status: number, title: string) => ({
    kind: 'answered' as const,
    status,
    body: JSON.stringify({ type: 'about:blank', status, title, detail: title }),
    headers: { 'Content-Type': 'application/problem+json' },
  });

  proxy.fault = ({ path }) =>
    path === '/v1/push' ? problem(426, 'This server is newer than the app') : undefined;
  await inspect(page, 'WTG-73', bladePhotos(1));
  await told(page, /The server is newer than this app\./);
  await go(page, '#/sync');
  await told(page, 'Update the app.');
  proxy.fault = () => undefined;
  await page.reload();
  await arrived(page);

  // Refused by the server: said in words, opened, and sent once more as it is now.
  proxy.fault = ({ path }) =>
    path === '/v1/push' ? problem(422, 'A value is wrong: a text holds NUL') : undefined;
  await inspect(page, 'WTG-74', []);
  await go(page, '#/sync');
  await page.getByRole('heading', { name: 'The server did not take 1 change' }).waitFor();
  await told(page, 'A text holds characters that cannot be stored. Type it again.');
  expect(await audit(page)).toEqual([]);
  await picture(page, 'refused');
  proxy.fault = () => undefined;
  await button(page, 'Send again').click();
  await arrived(page);
  expect((await server.whole()).titles).toEqual(['WTG-73', 'WTG-74']);

  // Paused by a person.
  await button(page, 'Pause').click();
  await inspect(page, 'WTG-75', []);
  await told(page, /Paused by you\./);
  await go(page, '#/sync');
  await button(page, 'Go on').click();
  await arrived(page);

  // Removed from the company: everything stays, and goes on with a new code.
  const tenant = await server.tenant();
  for (const { id } of await server.parts.database.read((sql) => listDevices(sql, tenant))) {
    await server.parts.database.write((sql) => revokeDevice(sql, tenant, id, Date.now()));
  }
  await inspect(page, 'WTG-76', []);
  await told(page, /The server does not know this device any more\./);
  await go(page, '#/sync');
  await page.getByRole('heading', { name: 'Connect this device again' }).waitFor();
  await page.getByLabel('Code', { exact: true }).fill('0000-0000-0000');
  await button(page, 'Connect').click();
  await told(page, /The server does not know this code/);
  await page.getByLabel('Code', { exact: true }).fill(`https://elsewhere.example/#/sync?code=ABCDEFGHJKLM`);
  await button(page, 'Connect').click();
  await told(page, /This code belongs to the Loupe at elsewhere\.example/);
  expect(await audit(page)).toEqual([]);
  await picture(page, 'enrol');
  await page.getByLabel('Code', { exact: true }).fill(await server.code());
  await button(page, 'Connect').click();
  await arrived(page);
  expect((await server.whole()).titles).toEqual(['WTG-73', 'WTG-74', 'WTG-75', 'WTG-76']);

  await button(page, 'Disconnect').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('heading', { name: 'Connect this device' }).waitFor();
  await go(page, '#/');
  for (const tag of ['WTG-73', 'WTG-76']) await page.getByRole('link', { name: new RegExp(tag) }).waitFor();
  expect(one.tablet.pageErrors).toEqual([]);
});
