import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { publish } from '../../cli/publish/publish.ts';
import { PublisherDevice } from '../../cli/publish/publisher-device.ts';
import { PublisherKey } from '../../cli/publish/publisher-key.ts';
import type { PackFolder } from '../../cli/publish/read-pack.ts';
import { shown } from '../../core/sync-rules/merge.ts';
import { addPublisherKey } from '../../server/repositories/publisher-keys.ts';
import { tinyPack } from '../fixtures/signed-pack.ts';
import { bladePhotos } from './photos.ts';
import { arrived, enrolledTablet, go, inspect } from './sync/enrolled-tablet.ts';
import { picture } from './sync/picture.ts';
import { SyncServer } from './sync/sync-server.ts';
import { analysed } from './technician.ts';

const NAME = 'Test pack tiny-squares';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loupe-publisher-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function audited(page: Page, name: string): Promise<void> {
  const found = [
    ...(await new AxeBuilder({ page }).analyze()).violations,
    ...(await new AxeBuilder({ page }).withRules(['color-contrast-enhanced']).analyze()).violations,
  ];
  expect(
    found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    name,
  ).toEqual([]);
  await picture(page, name);
}

/** The pack's card on the tablet says where it came from, after however many rounds it takes. */
async function cardSays(page: Page, words: readonly string[]): Promise<void> {
  const card = page.getByRole('article').filter({ hasText: NAME });
  for (let tries = 0; ; tries++) {
    await arrived(page);
    await page.getByRole('button', { name: 'Sync now' }).click();
    await go(page, '#/models');
    const isThere = await Promise.all(
      words.map((word) =>
        card
          .getByText(word)
          .first()
          .waitFor({ timeout: 8000 })
          .then(() => true)
          .catch(() => false),
      ),
    );
    if (isThere.every(Boolean)) return;
    if (tries > 5) throw new Error(`not ${words.join(', ')} but ${await page.locator('main').innerText()}`);
  }
}

/** The version by which a photo was analysed, as the server has it from the tablet. */
async function analysedBy(
  server: SyncServer,
  page: Page,
  tag: string,
  photos: readonly string[],
): Promise<string> {
  const inspection = await inspect(page, tag, photos);
  await analysed(page, photos.length);
  return vi.waitFor(
    async () => {
      await arrived(page);
      const records = (await server.records()).filter(({ entity }) => entity === 'analysis');
      const own = records.filter((one) => inspection.endsWith(String(shown(one, 'inspectionId'))));
      expect(own, 'analyses at the server').toHaveLength(photos.length);
      return own.map((one) => JSON.stringify(shown(one, 'model'))).join();
    },
    { timeout: 60_000 },
  );
}

it('a model is published, staged, used by a tablet, replaced, and rolled back at the desk', async () => {
  await using server = await SyncServer.start(inject('appDist'));
  const key = PublisherKey.make();
  const code = await server.code({ roles: ['publisher'], person: 'Ada' });
  const laptop = await PublisherDevice.open(join(folder, 'laptop.json'), `${server.url}/`, code);
  const bring = (pack: PackFolder) =>
    publish(laptop, pack, { key, trust: [], now: Date.now(), log: () => undefined });
  await using old = await tinyPack('1.1.0');
  await using next = await tinyPack('1.2.0', { title: NAME });

  // The desk registers the publisher first: the tablet learns the key when it is enrolled.
  await using office = await enrolledTablet(
    server.url,
    await server.code({ roles: ['reviewer', 'admin', 'publisher'], person: 'Grace' }),
    { inspector: 'Grace' },
  );
  const { page: desk } = office;
  await desk.setViewportSize({ width: 1440, height: 900 });
  await go(desk, '#/desk/models');
  await desk.getByText('No publisher is registered.').waitFor();
  await audited(desk, 'models-none');
  await desk.getByRole('button', { name: 'Register a publisher' }).click();
  await desk.getByLabel('Name of the publisher').fill('Ada');
  await desk.getByLabel('Public key', { exact: true }).fill('too short');
  await desk.getByRole('button', { name: 'Register', exact: true }).click();
  await desk.getByText('This is no public key').waitFor();
  await desk.getByLabel('Public key', { exact: true }).fill(key.publicKey);
  await audited(desk, 'models-register');
  await desk.getByRole('button', { name: 'Register', exact: true }).click();
  await desk.getByRole('cell', { name: key.publicKey }).waitFor();

  await using first = await enrolledTablet(server.url, await server.code(), { inspector: 'Åse' });
  const { page: tablet } = first;
  await first.tablet.readyOffline(tablet);
  await bring(old);
  const reopen = async () => {
    await go(desk, '#/desk/datasets');
    await go(desk, '#/desk/models');
    await desk.getByRole('heading', { name: /tiny-squares/ }).waitFor();
  };
  const give = (share: string, version: string) =>
    desk
      .getByRole('group', { name: `Give to ${version}` })
      .getByRole('button', { name: share, exact: true })
      .click();
  await reopen();
  await desk.getByText('No tablet yet').waitFor();
  await give('100%', '1.1.0');
  await desk.getByText('100% of the tablets').first().waitFor();

  await cardSays(tablet, ['tiny-squares 1.1.0', 'From the office, release 1', 'Kept']);
  await audited(tablet, 'models-tablet');
  await tablet.getByLabel('Turbine').selectOption({ label: NAME });
  const photos = bladePhotos(3);
  expect(await analysedBy(server, tablet, 'WTG-1', photos.slice(0, 1))).toContain('"version":"1.1.0"');

  await bring(next);
  await reopen();
  await give('25%', '1.2.0');
  await desk.getByText('25% of the tablets', { exact: true }).waitFor();
  await audited(desk, 'models-give');
  await give('100%', '1.2.0');
  await cardSays(tablet, ['tiny-squares 1.2.0', 'From the office, release 3']);
  expect(await analysedBy(server, tablet, 'WTG-2', photos.slice(1, 2))).toContain('"version":"1.2.0"');

  await reopen();
  await desk
    .getByRole('row', { name: /1\.2\.0/ })
    .getByText('1 of 1')
    .waitFor();
  await audited(desk, 'models');
  await desk.getByRole('button', { name: /^Roll back .*1\.2\.0/ }).click();
  await desk.getByText('goes back to 1.1.0').waitFor();
  await audited(desk, 'models-roll-back');
  await desk.getByRole('button', { name: 'Roll back', exact: true }).last().click();
  await desk.getByText('by a roll back').waitFor();

  await cardSays(tablet, ['tiny-squares 1.1.0', 'From the office, release 4']);
  await first.tablet.context.setOffline(true);
  await tablet.reload();
  await go(tablet, '#/models');
  await tablet.getByText('From the office, release 4').waitFor();
  await first.tablet.context.setOffline(false);
  expect(await analysedBy(server, tablet, 'WTG-3', photos.slice(2))).toContain('"version":"1.1.0"');

  // A publisher whom the tablet does not know: the office added the key after it was enrolled, without an endorsement.
  const stranger = PublisherKey.make();
  const tenant = await server.tenant();
  const row = { key: stranger.publicKey, name: 'Eve', addedAt: 1, by: 'Eve' };
  await server.parts.database.write((sql) => addPublisherKey(sql, tenant, row));
  await using foreign = await tinyPack('6.6.6');
  const options = {
    key: stranger,
    trust: [key.publicKey],
    now: Date.now(),
    stage: 100,
    log: () => undefined,
  };
  await publish(laptop, foreign, options);
  await vi.waitFor(
    async () => {
      await arrived(tablet);
      await tablet.getByRole('button', { name: 'Sync now' }).click();
      await go(tablet, '#/models');
      await tablet.getByText('signed by somebody this device does not know').waitFor({ timeout: 8000 });
    },
    { timeout: 120_000 },
  );
  await audited(tablet, 'models-refused');
  await tablet.getByText('From the office, release 4').waitFor();
  expect([...first.tablet.pageErrors, ...office.tablet.pageErrors]).toEqual([]);
  expect([...first.tablet.foreignRequests, ...office.tablet.foreignRequests]).toEqual([]);
}, 900_000);
