import { chromium, type BrowserContext, type Page } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { expect, inject, it } from 'vitest';
import { chromiumFlags, findChromium } from '../../config/chromium.ts';
import { bladePhotos } from './photos.ts';
import { addPhotos, analysed, beginInspection, choosePlace, toInspection } from './technician.ts';

const url = inject('appUrl');
const PHOTOS = 12;

it('a batch goes on behind another tab, and after the browser froze the page', async () => {
  await using browser = await startHidingBrowser();
  const { context } = browser;
  const page = await context.newPage();
  const pageErrors: Error[] = [];
  page.on('pageerror', (error) => pageErrors.push(error));
  await page.goto(url);
  await beginInspection(page, 'WTG-41');
  await choosePlace(page, 'C', 'Suction side');
  await addPhotos(page, bladePhotos(PHOTOS), PHOTOS);
  await toInspection(page);
  const told = await listen(page);
  expect(await told()).toEqual(['visible']);

  const other = await context.newPage();
  await other.bringToFront();
  await expect.poll(told).toEqual(['visible', 'hidden']);
  expect(await waiting(page)).toBeGreaterThan(1);
  const session = await context.newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await other.waitForTimeout(3000);
  await session.send('Page.setWebLifecycleState', { state: 'active' });

  expect(await waiting(page)).toBeGreaterThan(0);
  await expect.poll(() => waiting(page), { timeout: 150_000 }).toBe(0);
  expect(await told()).toEqual(['visible', 'hidden', 'freeze', 'resume']);

  // Rows are drawn only where they are seen.
  await page.bringToFront();
  expect(await analysed(page, PHOTOS)).toBeGreaterThan(0);
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(pageErrors).toEqual([]);
});

interface HidingBrowser extends AsyncDisposable {
  readonly context: BrowserContext;
}

/**
 * A browser that hides a tab behind another as a person's does. Playwright's own tells every page that it is seen
 * and has the focus, and is told by flags to slow no hidden tab down.
 */
async function startHidingBrowser(): Promise<HidingBrowser> {
  const launched = await puppeteer.launch({
    executablePath: findChromium().path,
    args: [...chromiumFlags],
    ignoreDefaultArgs: [
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
  });
  const browser = await chromium.connectOverCDP(launched.wsEndpoint(), { noDefaults: true });
  const [context] = browser.contexts();
  if (!context) throw new Error('the browser has no context');
  context.setDefaultTimeout(90_000);
  return { context, [Symbol.asyncDispose]: () => launched.close() };
}

/** What the browser tells the page from now on: whether it is seen, then each change of that and of its life. */
async function listen(page: Page): Promise<() => Promise<readonly string[]>> {
  const heard = await page.evaluateHandle(() => {
    const heard: string[] = [document.visibilityState];
    document.addEventListener('visibilitychange', () => heard.push(document.visibilityState));
    for (const kind of ['freeze', 'resume']) document.addEventListener(kind, () => heard.push(kind));
    return heard;
  });
  return () => heard.jsonValue();
}

/** Photos that are not analysed yet, as the inspection's overview tells: nothing once there are none. */
async function waiting(page: Page): Promise<number> {
  const said = await page.getByText(/^\d+ photos? left/).allInnerTexts();
  return Number(/\d+/.exec(said[0] ?? '')?.[0] ?? 0);
}
