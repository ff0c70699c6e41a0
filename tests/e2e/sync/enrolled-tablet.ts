import type { Page } from 'playwright-core';
import { Tablet } from '../tablet.ts';
import { addPhotos, toInspection } from '../technician.ts';

export interface EnrolledTablet extends AsyncDisposable {
  readonly tablet: Tablet;
  readonly page: Page;
}

/** A tablet with a person's name, made a device of the server by its link. */
export async function enrolledTablet(
  url: string,
  code: string,
  { inspector, clock }: { readonly inspector: string; readonly clock?: number },
): Promise<EnrolledTablet> {
  const tablet = await Tablet.start({ url });
  if (clock !== undefined) await tablet.context.clock.install({ time: clock });
  const page = await tablet.open('#/settings');
  await page.getByLabel('Inspector').fill(inspector);
  await page.getByLabel('Inspector').blur();
  await page.goto(`${url}/#/sync?code=${code}`);
  await page.getByLabel('Name of this device').fill(`Tablet of ${inspector}`);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: 'How it stands' }).waitFor();
  return { tablet, page, [Symbol.asyncDispose]: () => tablet[Symbol.asyncDispose]() };
}

export const go = (page: Page, hash: string): Promise<string> =>
  page.evaluate((next) => (location.hash = next), hash);

/** An inspection with photos; resolves with its address. */
export async function inspect(page: Page, tag: string, photos: readonly string[]): Promise<string> {
  await go(page, '#/new');
  await page.getByRole('heading', { name: 'New inspection' }).waitFor();
  await page.getByLabel('Turbine', { exact: true }).last().fill(tag);
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('heading', { name: 'Add photos' }).waitFor();
  const inspection = new URL(page.url()).hash.replace(/\/add$/, '');
  if (photos.length > 0) {
    await addPhotos(page, [...photos], photos.length);
    await toInspection(page);
  } else {
    await go(page, inspection);
    await page.getByRole('heading', { name: tag, level: 1 }).waitFor();
  }
  return inspection;
}

/** Marks a crack in the middle of the inspection's first photo; whoever asks waits for it to be saved. */
export async function markCrack(page: Page, inspection: string): Promise<void> {
  await go(page, inspection);
  await page.locator('section.photos a').first().click();
  await page.getByRole('link', { name: 'Mark missed damage' }).click();
  for (const name of ['Put a box in the middle', 'Choose its type', 'Crack']) {
    await page.getByRole('button', { name, exact: true }).click();
  }
}

/** Waits until the screen says so; when it does not, the error says what it says instead. */
export async function told(page: Page, words: RegExp | string): Promise<void> {
  const isSaid = await page
    .getByText(words)
    .first()
    .waitFor({ timeout: 60_000 })
    .then(
      () => true,
      () => false,
    );
  if (!isSaid) throw new Error(`not ${String(words)} but: ${await page.locator('body').innerText()}`);
}

/** Asks for rounds, as a person does who does not want to wait, until one has told what others did and all has arrived. */
export async function arrived(page: Page): Promise<void> {
  await go(page, '#/sync');
  const now = page.getByRole('button', { name: 'Sync now' });
  const isSoon = (waited: Promise<unknown>): Promise<boolean> =>
    waited.then(
      () => true,
      () => false,
    );
  for (let tries = 0; tries < 60; tries++) {
    // It cannot be pressed while a round is on its way, whose answer would be taken for that of the next.
    await now.click({ trial: true });
    const pulled = page.waitForResponse(
      (response) => response.ok() && new URL(response.url()).pathname.endsWith('/v1/changes'),
      { timeout: 5000 },
    );
    const isPulled = isSoon(pulled);
    await now.click();
    const all = page.getByText('Everything has arrived', { exact: true });
    if ((await isPulled) && (await isSoon(all.waitFor({ timeout: 3000 })))) return;
  }
  throw new Error(`it does not arrive: ${await page.locator('main').innerText()}`);
}
