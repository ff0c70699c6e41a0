import type { Page } from 'playwright-core';
import { photoWithLargestDamage } from '../fake-camera.ts';
import { bladePhotos } from '../photos.ts';
import { recordFilm } from '../record-film.ts';
import type { OfficeDay } from './office-day.ts';
import type { SampleDay } from './sample-day.ts';

/** A screen in one of its states: its address, and what is pressed once it is there. */
export interface Scene {
  readonly name: string;
  readonly hash: string;
  readonly then?: (page: Page) => Promise<void>;
}

const press = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole('button', { name, exact: true }).first().click();
};
const dialog = (name: string | RegExp) => async (page: Page) => {
  await press(name)(page);
  await page.getByRole('dialog').waitFor();
};
const inTurn =
  (...steps: readonly ((page: Page) => Promise<void>)[]) =>
  async (page: Page) => {
    for (const step of steps) await step(page);
  };
const choose = (name: string) => (page: Page) => page.getByRole('radio', { name }).check({ force: true });
const seen = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole('button', { name, exact: true }).first().waitFor();
};

/** Every screen, and the states in which it looks otherwise. */
export const scenesOf = ({ inspection, photo, finding }: SampleDay): readonly Scene[] => [
  { name: 'inspections', hash: '#/' },
  { name: 'new', hash: '#/new' },
  { name: 'add', hash: `${inspection}/add` },
  { name: 'camera', hash: `${inspection}/add`, then: inTurn(press('Open the camera'), playing) },
  {
    name: 'camera-gallery',
    hash: `${inspection}/add`,
    then: inTurn(press('Open the camera'), playing, dialog(/^Blade A, photos so far/)),
  },
  { name: 'film', hash: `${inspection}/add`, then: film },
  { name: 'inspection', hash: inspection },
  { name: 'photo', hash: photo },
  { name: 'photo-scale', hash: photo, then: press(/mm per pixel/) },
  { name: 'mark', hash: photo.replace('/photos/', '/mark/') },
  { name: 'mark-outline', hash: photo.replace('/photos/', '/mark/'), then: press('Outline') },
  { name: 'judge', hash: finding },
  { name: 'judge-fix', hash: finding, then: press('Fix shape') },
  { name: 'judge-brush', hash: finding, then: inTurn(press('Fix shape'), press('Brush')) },
  { name: 'judge-type', hash: finding, then: dialog(/^(Change type|Another type)$/) },
  { name: 'judge-explain', hash: finding, then: dialog('What the model saw') },
  { name: 'judge-explained', hash: finding, then: inTurn(dialog('What the model saw'), explained) },
  { name: 'compare', hash: finding.replace('/judge/', '/compare/') },
  { name: 'compare-swipe', hash: finding.replace('/judge/', '/compare/'), then: choose('Swipe') },
  { name: 'findings', hash: `${inspection}/findings` },
  { name: 'findings-charts', hash: `${inspection}/findings`, then: charts },
  { name: 'hand-over', hash: `${inspection}/hand-over` },
  { name: 'hand-over-sign', hash: `${inspection}/hand-over`, then: dialog('Sign') },
  { name: 'hand-over-cover', hash: `${inspection}/hand-over`, then: dialog('Cover photo') },
  {
    name: 'hand-over-ready',
    hash: `${inspection}/hand-over`,
    then: inTurn(press('Make the report'), seen('Save the PDF')),
  },
  { name: 'models', hash: '#/models' },
  { name: 'models-card', hash: '#/models', then: dialog('Model card') },
  { name: 'diagnostics', hash: '#/diagnostics' },
  { name: 'storage', hash: '#/storage' },
  { name: 'storage-lock', hash: '#/storage', then: dialog('Turn on') },
  { name: 'settings', hash: '#/settings' },
  { name: 'sync', hash: '#/sync' },
  { name: 'conflicts', hash: '#/conflicts' },
  { name: 'about', hash: '#/about' },
  { name: 'help', hash: finding, then: help },
  { name: 'tour', hash: '#/', then: inTurn(help, press('The day in five steps')) },
  { name: 'not-found', hash: '#/nowhere' },
  {
    name: 'demo',
    hash: '#/demo',
    then: (page) => page.locator('svg .track, main .stage svg').first().waitFor(),
  },
];

async function playing(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Take photo', exact: true }).and(page.locator(':enabled')).waitFor();
}

type Addresses = Pick<OfficeDay, 'inspection' | 'returned'>;

/** A tablet of a company: something is refused, something disagreed about, something in the trash. */
export const tabletScenes = ({ inspection, returned }: Addresses): readonly Scene[] => [
  { name: 'office-inspections', hash: '#/' },
  { name: 'office-sync', hash: '#/sync' },
  { name: 'office-conflicts', hash: '#/conflicts' },
  { name: 'office-storage', hash: '#/storage' },
  { name: 'office-inspection', hash: inspection },
  { name: 'office-returned', hash: returned },
  { name: 'office-models', hash: '#/models' },
];

/** The desk, in the eyes of a reviewer who may enrol devices and register publishers. */
export const deskScenes = ({ inspection }: Addresses): readonly Scene[] => [
  ...['inspections', 'map', 'campaigns', 'agreement', 'datasets', 'models', 'devices', 'audit'].map(
    (tab) => ({
      name: `desk-${tab}`,
      hash: `#/desk/${tab}`,
      then: answered,
    }),
  ),
  { name: 'desk-conflicts', hash: '#/conflicts' },
  { name: 'desk-review', hash: inspection },
  { name: 'desk-decision', hash: inspection, then: press(/^Has issues/) },
  { name: 'desk-findings', hash: `${inspection}/findings` },
  { name: 'desk-judge', hash: `${inspection}/judge` },
  { name: 'desk-enrol', hash: '#/desk/devices', then: dialog('Enrol a device') },
  {
    name: 'desk-freeze',
    hash: '#/desk/datasets',
    then: inTurn(answered, press('Freeze a version'), seen(/^Read it for training/)),
  },
];

async function answered(page: Page): Promise<void> {
  await page.getByText(/Asking the server|Reading what is kept/).waitFor({ state: 'hidden' });
}

async function explained(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'How sure it is, by kind' }).waitFor();
}

/** Beside the list where there is room, folded above it elsewhere. */
async function charts(page: Page): Promise<void> {
  const folded = page.getByText('Charts and threshold', { exact: true });
  if (await folded.isVisible()) await folded.click();
  await page.getByRole('heading', { name: 'Model against people' }).waitFor();
}

/** Recorded once for all sizes and themes. */
let recorded: Promise<Buffer> | undefined;

async function film(page: Page): Promise<void> {
  recorded ??= recordFilm(page, photoWithLargestDamage() ?? bladePhotos(1)[0] ?? '');
  const buffer = await recorded;
  await page.getByTestId('film').setInputFiles({ name: 'blade A.webm', mimeType: 'video/webm', buffer });
  await page.getByRole('button', { name: /^Keep \d+ frames? as/ }).waitFor({ timeout: 180_000 });
  await page.getByRole('region', { name: 'Damage in the video' }).scrollIntoViewIfNeeded();
}

async function help(page: Page): Promise<void> {
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
}
