import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { toPhotos } from './technician.ts';

const url = inject('appUrl');
const SIZES = [
  { width: 820, height: 1180 },
  { width: 1180, height: 820 },
  { width: 390, height: 844 },
] as const;

/** What a longer language breaks: text cut off by its own box, text over text, a page wider than the screen. */
const spoiled = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const said = (element: Element) => element.textContent.trim().slice(0, 40);
    const wrong: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth + 1) wrong.push(`the page is ${scrollWidth - clientWidth} px too wide`);
    const leaves: { element: Element; box: DOMRect }[] = [];
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      const own = [...element.childNodes].filter((node) => node.nodeType === 3 && node.nodeValue?.trim());
      if (own.length === 0 || element.closest('.visually-hidden, .roomy, svg, option, select')) continue;
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      const style = getComputedStyle(element);
      const isMeant = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
      const isCut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
      if (isCut && style.overflowX !== 'visible' && !isMeant) wrong.push(`cut off: ${said(element)}`);
      const range = document.createRange();
      range.selectNodeContents(element);
      const button = element.closest('button, a.button, label');
      const box = range.getBoundingClientRect();
      const outer = button?.getBoundingClientRect();
      if (outer && (box.right > outer.right + 1 || box.left < outer.left - 1)) {
        wrong.push(`out of its button: ${said(element)}`);
      }
      if (box.width > 0) leaves.push({ element, box });
    }
    // Bars that stay in place and tags on a photo lie over what scrolls; all else must stand apart.
    const isOver = (element: Element) =>
      element.closest('header, footer, .top, .stage, .live, .screen > footer, .mark') !== null;
    const flow = leaves.filter(({ element }) => !isOver(element));
    flow.forEach((a, index) => {
      for (const b of flow.slice(index + 1)) {
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (across > 3 && down > 6) wrong.push(`overlap: ${said(a.element)} / ${said(b.element)}`);
      }
    });
    return wrong;
  });

it('a third more text in every word leaves nothing cut off or overlapping', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open('?language=en-XA');
  await page.locator('html[lang="en-XA"]').waitFor({ state: 'attached' });
  const found: Record<string, readonly string[]> = {};
  const look = async (screen: string) => {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const wrong = await spoiled(page);
      if (wrong.length > 0) found[`${screen} ${size.width}`] = wrong;
    }
  };
  const go = async (hash: string) => {
    await page.evaluate((next) => (location.hash = next), hash);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
    await look(hash.replace(/[0-9a-f-]{36}/g, 'ID'));
  };
  await look('first');
  for (const hash of [
    ...['#/new', '#/models', '#/storage', '#/settings', '#/about', '#/nowhere'],
    ...['#/sync', '#/conflicts'],
  ])
    await go(hash);
  // Plain English here would mean that nothing longer was looked at.
  expect(await page.locator('h1').first().textContent()).toMatch(/[^ -~]/);
  await page.evaluate(() => (location.hash = '#/new'));
  await page
    .locator('input[autocomplete="off"], main input[type="text"], main input:not([type])')
    .first()
    .fill('WTG-1');
  await page.locator('button.primary').click();
  await page.getByTestId('files').waitFor({ state: 'attached' });
  await look('add');
  await page.getByTestId('files').setInputFiles([...bladePhotos(2)]);
  const inspection = new URL(page.url()).hash.replace(/\/add$/, '');
  await page.evaluate((next) => (location.hash = next), inspection);
  const done = page.locator('section.photos li .open, section.photos li .clear, section.photos li .judged');
  // Rows out of sight are not drawn.
  const seen = async () => {
    await toPhotos(page);
    return done.count();
  };
  await expect.poll(seen, { timeout: 180_000 }).toBe(2);
  await look('inspection');
  for (const screen of ['findings', 'judge', 'hand-over', 'add']) await go(`${inspection}/${screen}`);
  expect(found).toEqual({});
  // The look itself is looked at: a text that does not fit is found.
  await page.locator('main').evaluate((main) => {
    main.insertAdjacentHTML(
      'beforeend',
      '<button style="inline-size:60px;white-space:nowrap">planted text too long</button>',
    );
  });
  expect(await spoiled(page)).toContain('out of its button: planted text too long');
  expect(tablet.pageErrors).toEqual([]);
});

it('the language is switched in the settings, kept, and there without a network', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open('#/settings');
  await tablet.readyOffline(page);
  await page.context().setOffline(true);
  await page.getByRole('radio', { name: 'Português' }).check({ force: true });
  await page.getByRole('heading', { name: 'Definições', level: 1 }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('value'))).toBe('pt');
  await page.reload();
  await page.getByRole('heading', { name: 'Definições', level: 1 }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('pt');
  await expect.poll(() => page.title()).toContain('Definições');
  await page.getByRole('radio', { name: 'Dansk' }).check({ force: true });
  await page.getByRole('heading', { name: 'Indstillinger', level: 1 }).waitFor();
  expect(tablet.pageErrors).toEqual([]);
});

it('the address may name the language, as in a demo link', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open('?language=da');
  await page.getByRole('link', { name: 'Prøv demoen' }).waitFor();
});
