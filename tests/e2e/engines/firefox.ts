import { existsSync } from 'node:fs';
import puppeteer, { type ElementHandle } from 'puppeteer-core';
import type { Driven } from './driven.ts';

export const firefoxPath = (): string | undefined =>
  ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path));

/** By WebDriver BiDi, which is the protocol that Firefox itself speaks. */
export async function startFirefox(executablePath: string): Promise<Driven> {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
  const page = await browser.newPage();
  return {
    name: `Firefox ${await browser.version()}`,
    open: async (url) => {
      await page.goto(url);
    },
    reload: async () => {
      await page.reload();
    },
    evaluate: (expression) => page.evaluate(expression),
    async upload(selector, path) {
      const input = await page.waitForSelector(selector);
      if (!input) throw new Error(`no ${selector}`);
      await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
