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

/** From the press on a link to the frame in which what it leads to is painted, in ms. */
export const opened = (page: Page, link: string, shown: string): Promise<number> =>
  page.evaluate(
    async ([from, to]) => {
      const pressed = document.querySelector<HTMLElement>(from);
      if (!pressed) throw new Error(`nothing to press: ${from}`);
      // No function with a name in here: tsx would wrap it in a helper that the page does not have.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const start = performance.now();
      pressed.click();
      while (!document.querySelector(to)) await new Promise((resolve) => requestAnimationFrame(resolve));
      // Once more: the frame that holds it is then painted.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now() - start;
    },
    [link, shown] as const,
  );
