import type { Page } from 'playwright-core';

/** Intervals between frames in ms while the page scrolls at a steady fling, and how many rows were in the page. */
export interface Scrolled {
  readonly intervals: readonly number[];
  readonly mostRows: number;
}

/** Scrolls down for so long, so many CSS pixels each second, as a finger that flings again and again. */
export const scrolled = (page: Page, forMs: number, pixelsPerSecond: number): Promise<Scrolled> =>
  page.evaluate(
    async ([duration, speed]) => {
      const intervals: number[] = [];
      let mostRows = 0;
      const start = performance.now();
      let before = start;
      while (before - start < duration) {
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        intervals.push(now - before);
        scrollBy(0, (speed * (now - before)) / 1000);
        before = now;
        mostRows = Math.max(mostRows, document.querySelectorAll('main ul > li').length);
      }
      return { intervals: intervals.slice(2), mostRows };
    },
    [forMs, pixelsPerSecond] as const,
  );

/** What was not seen by then was never drawn. */
const PATIENCE_MS = 60_000;

/**
 * From the press on a link to the frame in which what it leads to is painted, in ms. `shown` is to be on the first
 * screen: what lies below it is not drawn until somebody scrolls there.
 */
export const opened = (page: Page, link: string, shown: string): Promise<number> =>
  page.evaluate(
    async ([from, to, patience]) => {
      const pressed = document.querySelector<HTMLElement>(from);
      if (!pressed) throw new Error(`nothing to press: ${from}`);
      // No function with a name in here: tsx would wrap it in a helper that the page does not have.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const start = performance.now();
      pressed.click();
      while (!document.querySelector(to)) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (performance.now() - start > patience) throw new Error(`${from} led to no ${to}`);
      }
      // Once more: the frame that holds it is then painted.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now() - start;
    },
    [link, shown, PATIENCE_MS] as const,
  );

/**
 * From a choice or a text in a field to the frame in which a heading tells another count, in ms. The value must
 * leave another number of rows than before.
 */
export const answered = (page: Page, field: string, value: string, heading: string): Promise<number> =>
  page.evaluate(
    async ([asked, next, told, patience]) => {
      const control = document.querySelector<HTMLInputElement | HTMLSelectElement>(asked);
      const before = document.querySelector(told)?.textContent;
      if (!control || before === undefined) throw new Error(`no ${asked} or no ${told}`);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const start = performance.now();
      control.value = next;
      for (const type of ['input', 'change']) control.dispatchEvent(new Event(type, { bubbles: true }));
      while (document.querySelector(told)?.textContent === before) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (performance.now() - start > patience) throw new Error(`${asked} = ${next} changed nothing`);
      }
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now() - start;
    },
    [field, value, heading, PATIENCE_MS] as const,
  );
