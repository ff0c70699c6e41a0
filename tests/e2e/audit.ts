import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const THEMES = ['light', 'dark', 'contrast'] as const;
const DIALOG = '[role=dialog]';
const CONTRAST = ['color-contrast', 'color-contrast-enhanced'];

/**
 * What is wrong with the screen as it stands, one line each: WCAG 2.2 AA and best practice, text of 7:1 in every
 * theme as the screens promise for sunlight, controls too small for a glove, and what moves although the device
 * asks for less motion.
 */
export async function audit(page: Page, { gloves = true } = {}): Promise<readonly string[]> {
  // Colours that are on their way from one theme to the next are nobody's.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await settled(page);
  const worn = await page.evaluate(() => document.documentElement.dataset['theme'] ?? 'light');
  const found = [...(gloves ? await small(page) : []), ...(await moving(page))];
  // What lies behind a dialog cannot be used, and shows through its backdrop.
  const isDialog = (await page.locator(DIALOG).count()) > 0;
  const axe = () => (isDialog ? new AxeBuilder({ page }).include(DIALOG) : new AxeBuilder({ page }));
  try {
    found.push(...(await violations(axe())));
    for (const theme of THEMES) {
      await wear(page, theme);
      const seen = await violations(axe().withRules(CONTRAST));
      found.push(...seen.map((line) => `${theme}: ${line}`));
    }
  } finally {
    await wear(page, worn);
    await page.emulateMedia({ reducedMotion: null });
  }
  return found;
}

/** A theme whose transitions, and those that they began, have ended. */
const wear = (page: Page, theme: string): Promise<void> =>
  page.evaluate(async (next) => {
    document.documentElement.dataset['theme'] = next;
    do for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
    while (document.getAnimations().some(({ playState }) => playState === 'running'));
  }, theme);

/**
 * A screen that has stood still for a third of a second, or has had five seconds to: axe measures where things lie
 * once, and takes what moves while it reads for text on another's ground.
 */
const settled = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const still = () => setTimeout(resolve, 333);
        let timer = still();
        const observer = new MutationObserver(() => {
          clearTimeout(timer);
          timer = still();
        });
        observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        setTimeout(resolve, 5000);
      }),
  );

async function violations(builder: AxeBuilder): Promise<readonly string[]> {
  return (await builder.analyze()).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

/** Controls smaller than a gloved finger: 72 CSS px for the one next step, 56 for all others. */
const small = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a.button, input, select, summary')].flatMap(
      (control) => {
        // A choice is as large as its label; a frame on the photo is as large as what it frames.
        const target = control.closest('label') ?? control;
        if (control.matches('.whole, [type=file]') || !target.checkVisibility()) return [];
        const { width, height } = target.getBoundingClientRect();
        const least = control.classList.contains('primary') ? 72 : 56;
        const name = control.ariaLabel ?? control.innerText;
        return Math.min(width, height) >= least - 0.5 || width === 0
          ? []
          : [`small: ${name.trim()} ${Math.round(width)} x ${Math.round(height)}`];
      },
    ),
  );

/** Seconds are what computed styles count in; a hundredth of a millisecond is the app's "not at all". */
const moving = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) =>
      [undefined, '::before', '::after'].flatMap((part) => {
        const { animationDuration, transitionDuration } = getComputedStyle(element, part);
        const durations = `${animationDuration}, ${transitionDuration}`.split(', ').map(parseFloat);
        const longest = Math.max(...durations);
        return longest > 0.001
          ? [`moves: ${element.tagName} ${element.getAttribute('class') ?? ''}${part ?? ''} ${longest} s`]
          : [];
      }),
    ),
  );
