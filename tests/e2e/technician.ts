import type { Locator, Page } from 'playwright-core';

/** What a technician does, by the names that are on the screen; each step ends in a state one can see. */

/** With another model than the one proposed where it is named. */
export async function beginInspection(page: Page, tag: string, model?: string): Promise<void> {
  await page.getByRole('link', { name: 'New inspection' }).click();
  await page.getByLabel('Turbine', { exact: true }).last().fill(tag);
  if (model !== undefined) await page.getByRole('radio', { name: model }).check();
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('heading', { name: 'Add photos' }).waitFor();
}

export async function choosePlace(page: Page, blade: 'A' | 'B' | 'C', side: string): Promise<void> {
  await page.getByRole('group', { name: 'Blade' }).getByRole('radio', { name: blade }).check();
  await page.getByRole('group', { name: 'Side' }).getByRole('radio', { name: side }).check();
}

type Files = Parameters<Locator['setInputFiles']>[0];

/** Chooses files and waits until as many of them as are photos are saved. */
export async function addPhotos(page: Page, files: Files, saved: number): Promise<void> {
  await page.getByTestId('files').setInputFiles(files);
  await page.getByText(counted(saved, 'photo saved', 'photos saved'), { exact: true }).waitFor();
}

export async function toInspection(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^(Done, |To the inspection)/ }).click();
  await page.getByRole('heading', { name: 'Progress' }).waitFor();
}

/** Waits until every photo's analysis has ended; returns how many findings there are to judge. */
export async function analysed(page: Page, photos: number): Promise<number> {
  const end = Date.now() + 200_000;
  while ((await doneTiles(page)) < photos) {
    if (Date.now() > end) throw new Error(`${await doneTiles(page)} of ${photos} photos are analysed`);
    await page.waitForTimeout(200);
  }
  return (await progress(page)).total;
}

/** Rows out of sight are not in the page, and what stands above the list grows while findings come. */
export const toPhotos = (page: Page): Promise<void> =>
  page.locator('section.photos').evaluate(async (section) => {
    section.scrollIntoView();
    await new Promise((resolve) => requestAnimationFrame(resolve));
  });

const doneTiles = (page: Page): Promise<number> =>
  toPhotos(page).then(() =>
    page.evaluate(() => {
      const tiles = [...document.querySelectorAll<HTMLElement>('section.photos li')];
      return tiles.filter(({ innerText }) => /to judge|None found|\d findings?/.test(innerText)).length;
    }),
  );

export interface Progress {
  readonly judged: number;
  readonly total: number;
}

/** Judged findings of all, as the inspection's overview tells. */
export async function progress(page: Page): Promise<Progress> {
  const said = await page.getByRole('progressbar', { name: 'Progress' }).getAttribute('aria-valuetext');
  const [, judged, total] = /(\d+) of (\d+)/.exec(said ?? '') ?? [];
  return { judged: Number(judged), total: Number(total) };
}

/** What the storage screen says of every photo; resolves with how many there are. */
export async function checkedPhotos(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/#/storage`);
  await page.getByRole('button', { name: 'Check all photos' }).click();
  const said = page.getByText(/(photo is|photos are) exactly as/);
  await said.waitFor({ timeout: 120_000 });
  return Number(/\d+/.exec(await said.innerText())?.[0] ?? 0);
}

export async function judge(page: Page, decision: 'Accept' | 'Reject'): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  const before = await heading.innerText();
  await page.getByRole('button', { name: decision, exact: true }).click();
  await heading.filter({ hasNotText: before }).waitFor();
}

const counted = (count: number, one: string, other: string): string =>
  `${count} ${count === 1 ? one : other}`;
