import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { publish } from '../../../cli/publish/publish.ts';
import { PublisherDevice } from '../../../cli/publish/publisher-device.ts';
import { PublisherKey } from '../../../cli/publish/publisher-key.ts';
import { addPublisherKey } from '../../../server/repositories/publisher-keys.ts';
import { tinyPack } from '../../fixtures/signed-pack.ts';
import { bladePhotos, damagedBladePhotos } from '../photos.ts';
import {
  arrived,
  enrolledTablet,
  go,
  inspect,
  markCrack,
  told,
  type EnrolledTablet,
} from '../sync/enrolled-tablet.ts';
import { FaultyProxy } from '../sync/faulty-proxy.ts';
import { SyncServer } from '../sync/sync-server.ts';
import { addPhotos, analysed, choosePlace, toInspection } from '../technician.ts';

/** A tablet and a desk of one company, with all that can be open between them. */
export interface OfficeDay extends AsyncDisposable {
  readonly tablet: EnrolledTablet;
  readonly desk: EnrolledTablet;
  /** Addresses: one in review, one that came back. */
  readonly inspection: string;
  readonly returned: string;
}

const PARK = `site;country;latitude;longitude;asset;component_position;component_length_m
Risø;DK;55.694;12.088;WTG-07;B;26,5
Sines;PT;37.956;-8.869;WTG-21;A;38,8
Østerild;DK;57.049;8.881;WTG-55;C;61,5
`;
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

export async function officeDay(dist: string): Promise<OfficeDay> {
  const server = await SyncServer.start(dist);
  const proxy = await FaultyProxy.start(server.url, { models: true });
  await releases(server);
  const tablet = await enrolledTablet(proxy.url, await server.code(), { inspector: 'Åse Nørgård' });
  const reviewer = await server.code({ roles: ['reviewer', 'admin', 'publisher'], person: 'Grace' });
  const desk = await enrolledTablet(proxy.url, reviewer, { inspector: 'Grace Okafor' });
  const { page } = tablet;

  const returned = await campaign(page, 'WTG-21', damagedBladePhotos(5).slice(4));
  await campaign(page, 'WTG-07', bladePhotos(1), 'Spring 2025');
  const inspection = await campaign(page, 'WTG-07', damagedBladePhotos(4), 'Autumn 2026');
  for (const grade of [4, 3]) await accept(page, inspection, grade);
  await judgeNext(page, inspection, 'Reject');
  await sign(page, returned);
  await sign(page, inspection);
  const gone = await inspect(page, 'WTG-91', bladePhotos(1));
  await inspect(page, 'WTG-92', bladePhotos(2).slice(1));
  await arrived(page);
  await server.office(
    'WTG-21',
    'has-issues',
    'The tip of blade A is missing. Photograph it from the suction side.',
  );
  await sync(desk.page);
  await go(desk.page, '#/');
  await desk.page.getByRole('link', { name: /WTG-91/ }).waitFor();
  await deleted(page, 'WTG-92');
  await sync(page);

  // Without knowing of each other: two judgements, and one went on with what the other deleted.
  const both = [tablet, desk].map(({ tablet: { context } }) => context);
  for (const one of [tablet, desk]) await one.tablet.readyOffline(one.page);
  for (const context of both) await context.setOffline(true);
  await judgeNext(page, inspection, 'Reject');
  await judgeNext(desk.page, inspection, 'Cannot tell');
  await deleted(page, 'WTG-91');
  await marked(desk.page, gone);
  for (const context of both) await context.setOffline(false);
  for (const one of [page, desk.page, page, desk.page]) await sync(one);
  await told(page, /changed by two people/);

  proxy.fault = ({ path }) =>
    path === '/v1/push'
      ? {
          ...{ kind: 'answered', status: 422 },
          body: JSON.stringify({
            ...{ type: 'about:blank', status: 422 },
            ...{ title: 'A value is wrong: a text holds NUL', detail: 'A value is wrong: a text holds NUL' },
          }),
          headers: { 'Content-Type': 'application/problem+json' },
        }
      : undefined;
  await inspect(page, 'WTG-93', bladePhotos(1));
  await go(page, '#/sync');
  await page.getByRole('heading', { name: /The server did not take/ }).waitFor();
  return {
    ...{ tablet, desk, inspection, returned },
    [Symbol.asyncDispose]: async () => {
      for (const one of [tablet, desk, proxy, server]) await one[Symbol.asyncDispose]();
    },
  };
}

/** One model of the office's in two releases, the newer for a quarter of the tablets. */
async function releases(server: SyncServer): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'loupe-publisher-'));
  const key = PublisherKey.make();
  const tenant = await server.tenant();
  const row = { key: key.publicKey, name: 'Ada Byron', addedAt: Date.now(), by: 'Grace' };
  await server.parts.database.write((sql) => addPublisherKey(sql, tenant, row));
  const code = await server.code({ roles: ['publisher'], person: 'Ada' });
  const laptop = await PublisherDevice.open(join(folder, 'laptop.json'), `${server.url}/`, code);
  for (const [version, stage] of [
    ['1.1.0', 100],
    ['1.2.0', 25],
  ] as const) {
    await using pack = await tinyPack(version);
    await publish(laptop, pack, { key, trust: [], now: Date.now(), stage, log: () => undefined });
  }
  await rm(folder, { recursive: true, force: true });
}

async function campaign(page: Page, tag: string, photos: readonly string[], named = ''): Promise<string> {
  await go(page, '#/new');
  await page.getByRole('heading', { name: 'New inspection' }).waitFor();
  await page.getByTestId('asset-list').setInputFiles({
    ...{ name: 'park.csv', mimeType: 'text/csv', buffer: Buffer.from(PARK) },
  });
  await page.getByText(/assets? taken in/).waitFor();
  await button(page, new RegExp(`^${tag}`))
    .first()
    .click();
  if (named) await page.getByLabel(/^Campaign/).fill(named);
  await button(page, 'Begin').click();
  await page.getByRole('heading', { name: 'Add photos' }).waitFor();
  const inspection = new URL(page.url()).hash.replace(/\/add$/, '');
  await choosePlace(page, 'B', 'Leading edge');
  await addPhotos(page, photos, photos.length);
  await toInspection(page);
  await analysed(page, photos.length);
  return inspection;
}

async function accept(page: Page, inspection: string, grade: number): Promise<void> {
  await go(page, `${inspection}/judge`);
  await page.waitForURL(/judge\/.+/);
  await page.getByRole('radio', { name: new RegExp(`^${grade}, `) }).check({ force: true });
  await judgeNext(page, inspection, /^Accept/);
}

async function judgeNext(page: Page, inspection: string, decision: string | RegExp): Promise<void> {
  if (!page.url().includes(`${inspection}/judge/`)) {
    await go(page, `${inspection}/judge`);
    await page.waitForURL(/judge\/.+/);
  }
  const heading = page.getByRole('heading', { level: 1 });
  const before = await heading.innerText();
  await page.getByRole('button', { name: decision }).first().click();
  await heading.filter({ hasNotText: before }).waitFor();
}

async function sign(page: Page, inspection: string): Promise<void> {
  await go(page, `${inspection}/hand-over`);
  await button(page, /^Sign( again)?$/).click();
  await button(page, 'Sign by name only').click();
  await page.getByText(/^Signed by /).waitFor();
}

async function deleted(page: Page, title: string): Promise<void> {
  await go(page, '#/storage');
  await button(page, new RegExp(`^Delete ${title}`)).click();
  const sure = page.getByRole('dialog').getByRole('button', { name: /^Delete/ });
  const undo = button(page, 'Undo');
  await sure.or(undo).first().waitFor();
  if (await sure.isVisible()) await sure.click();
  await undo.first().waitFor();
}

async function marked(page: Page, inspection: string): Promise<void> {
  await markCrack(page, inspection);
  await page.getByRole('heading', { name: /^\d+ findings?$/ }).waitFor();
}

async function sync(page: Page): Promise<void> {
  await go(page, '#/sync');
  await button(page, 'Sync now').click();
  await page.waitForTimeout(3000);
}
