import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { BAD_IMAGES, type BadImage } from '../fixtures/bad-images.ts';
import { Tablet } from './tablet.ts';
import { beginInspection, toInspection, toPhotos } from './technician.ts';

const url = inject('appUrl');
const HUGE_BYTES = 500_000_000;
let folder = '';
let tablet: Tablet;
let page: Page;

const kinds = (kind: BadImage['expected']['kind']) =>
  BAD_IMAGES.filter(({ expected }) => expected.kind === kind);
const kept = [...kinds('analysed'), ...kinds('kept-broken')];

/** All of them at once, as from a folder of somebody else's. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loupe-bad-images-'));
  const paths = await Promise.all(
    BAD_IMAGES.map(async ({ name, make }) => {
      const path = join(folder, name);
      await writeFile(path, await make());
      return path;
    }),
  );
  tablet = await Tablet.start({ url });
  page = await tablet.open();
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => tablet.pageErrors.push('a script ran')));
  await beginInspection(page, 'WTG-41');
  await page.getByTestId('files').setInputFiles(paths);
  await page.getByText(`${kept.length} photos saved`, { exact: true }).waitFor({ timeout: 120_000 });
});
afterAll(async () => {
  await tablet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('a bad image among photos', () => {
  it.each(BAD_IMAGES)('$name is $expected.kind', async ({ name, expected }) => {
    const problem = page
      .getByRole('region', { name: /files? needs? a look/ })
      .getByRole('listitem')
      .filter({ hasText: name });
    if (expected.kind === 'analysed') {
      expect(await problem.count()).toBe(0);
      return;
    }
    await problem.filter({ hasText: expected.said }).waitFor();
  });

  it('each that can be opened is analysed, the broken one is said to need a look, and no script ran', async () => {
    await toInspection(page);
    const done = page.locator('section.photos li').filter({ hasText: /to judge|None found|\d findings?/ });
    const seen = async (tiles: typeof done) => {
      await toPhotos(page);
      return tiles.count();
    };
    await expect.poll(() => seen(done), { timeout: 200_000 }).toBe(kinds('analysed').length);
    const broken = page.locator('section.photos li').filter({ hasText: 'Needs a look' });
    await expect.poll(() => seen(broken)).toBeGreaterThan(0);
    expect(tablet.pageErrors).toEqual([]);
  });

  it('a file of 500 MB is kept or refused in words, and work goes on', async () => {
    const path = join(folder, 'huge.jpg');
    const file = await open(path, 'w');
    await file.write(Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'));
    await file.truncate(HUGE_BYTES);
    await file.close();
    await page.getByRole('link', { name: 'Add photos' }).click();
    await page.getByTestId('files').setInputFiles([path]);
    await page.getByRole('listitem').filter({ hasText: 'huge.jpg' }).first().waitFor({ timeout: 200_000 });
    await page.goto(`${url}/#/`);
    await page.getByRole('link', { name: /WTG-41/ }).waitFor();
    expect(tablet.pageErrors).toEqual([]);
  });
});
