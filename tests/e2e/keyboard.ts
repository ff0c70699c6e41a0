import type { Page } from 'playwright-core';

/** More stops than any screen has. */
const MOST_STOPS = 120;

/** What has the focus, by the name that a screen reader says, and whether one can see that it has. */
interface Focused {
  readonly name: string;
  readonly isSeen: boolean;
  /** Takes text. */
  readonly isField: boolean;
}

/** Hands on the keyboard: no pointer, and no focus but by Tab and by what the app itself does. */
export class Keyboard {
  readonly #page: Page;
  #last = '';
  /** Names of stops at which no outline showed where one is. */
  readonly unseen = new Set<string>();
  /** Keys, and where they were pressed, after which nothing had the focus. */
  readonly lost = new Set<string>();

  constructor(page: Page) {
    this.#page = page;
    // Choosers are caught from now on, not from a moment that a fast key may come before.
    page.on('filechooser', () => undefined);
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#page.keyboard.press(key);
      if (this.#last !== '' && (await this.#isLost())) this.lost.add(`${key} at ${this.#last}`);
    }
  }

  /** Tabs on until the control of this name has the focus; round the screen once at most. */
  async tabTo(name: string | RegExp, { field = false } = {}): Promise<void> {
    const fits = (said: string) => (typeof name === 'string' ? said === name : name.test(said));
    const passed: string[] = [];
    for (let left = MOST_STOPS; left > 0; left--) {
      const { name: said, isSeen, isField } = await this.#focused();
      if (said !== '' && !isSeen) this.unseen.add(said);
      this.#last = said;
      if (fits(said) && (isField || !field)) return;
      passed.push(said);
      await this.#page.keyboard.press('Tab');
    }
    throw new Error(`no ${String(name)} among ${[...new Set(passed)].join(' | ')}`);
  }

  async activate(name: string | RegExp): Promise<void> {
    await this.tabTo(name);
    await this.press('Enter');
  }

  async type(name: string | RegExp, text: string): Promise<void> {
    await this.tabTo(name, { field: true });
    await this.press('Control+a');
    await this.#page.keyboard.type(text);
  }

  /** The file of a button, as it is saved. */
  async download(name: string): Promise<string> {
    await this.tabTo(name);
    const [download] = await Promise.all([this.#page.waitForEvent('download'), this.press('Enter')]);
    return download.path();
  }

  async choose(name: string, files: readonly string[]): Promise<void> {
    await this.tabTo(name);
    const [chooser] = await Promise.all([this.#page.waitForEvent('filechooser'), this.press('Enter')]);
    await chooser.setFiles([...files]);
  }

  /** What a press takes away may leave the focus nowhere for a frame or two, and not for longer. */
  #isLost(): Promise<boolean> {
    return this.#page.evaluate(async () => {
      for (let frame = 0; frame < 20; frame++) {
        if (document.activeElement !== document.body) return false;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return true;
    });
  }

  #focused(): Promise<Focused> {
    return this.#page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body)
        return { name: '', isSeen: true, isField: false };
      const label = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels?.[0] : undefined; // prettier-ignore
      const name = element.ariaLabel ?? label?.innerText ?? element.innerText;
      // The label of an invisible choice, or the heading that a new screen begins with, shows it in its place.
      const shown = [element, label, element.closest('label')].filter((one) => one instanceof Element);
      const isSeen = shown.some((one) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
        return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
      });
      const isField = element instanceof HTMLInputElement && element.type !== 'radio';
      return { name: name.trim().replace(/\s+/g, ' '), isSeen: isSeen || element.tabIndex < 0, isField };
    });
  }
}
