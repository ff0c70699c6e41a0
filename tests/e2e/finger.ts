import { readFileSync } from 'node:fs';
import type { CDPSession, Locator, Page } from 'playwright-core';

type Point = readonly [x: number, y: number];

/** A finger on the glass: it taps and drags as touch events, and counts what it did. */
export class Finger {
  #taps = 0;
  readonly #page: Page;
  readonly #devtools: CDPSession;

  private constructor(page: Page, devtools: CDPSession) {
    this.#page = page;
    this.#devtools = devtools;
  }

  static async on(page: Page): Promise<Finger> {
    // Choosers are caught from now on, not from a moment that a fast tap may come before.
    page.on('filechooser', () => undefined);
    return new Finger(page, await page.context().newCDPSession(page));
  }

  async tap(target: Locator): Promise<void> {
    await target.tap();
    this.#taps += 1;
  }
  button(name: string | RegExp): Promise<void> {
    return this.tap(this.#page.getByRole('button', { name, exact: true }).first());
  }
  /** The button's file, as it is saved. */
  async download(name: string): Promise<Buffer> {
    const [download] = await Promise.all([this.#page.waitForEvent('download'), this.button(name)]);
    return readFileSync(await download.path());
  }
  link(name: string | RegExp): Promise<void> {
    return this.tap(this.#page.getByRole('link', { name }).first());
  }
  /** A choice lies invisible over its label. */
  choose(name: string | RegExp): Promise<void> {
    return this.tap(this.#page.getByRole('radio', { name, exact: true }).first().locator('..'));
  }
  /** A tap into the field, then the keyboard of the tablet. */
  async type(label: string | RegExp, text: string): Promise<void> {
    const field = this.#page.getByLabel(label).last();
    await this.tap(field);
    await field.fill(text);
  }

  /** Points are shares of the target's width and height; several make one stroke. */
  async touch(target: Locator, points: readonly Point[]): Promise<void> {
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (!box) throw new Error('nothing to touch');
    const at = ([x, y]: Point) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
    for (const [index, point] of points.entries()) {
      await this.#send(index === 0 ? 'touchStart' : 'touchMove', [at(point)]);
    }
    await this.#send('touchEnd', []);
    this.#taps += 1;
  }

  /** How many taps the work took. */
  async counted(work: () => Promise<void>): Promise<number> {
    const before = this.#taps;
    await work();
    return this.#taps - before;
  }

  #send(type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) {
    return this.#devtools.send('Input.dispatchTouchEvent', { type, touchPoints });
  }
}
