import { resolve } from 'node:path';
import { describe, inject, it } from 'vitest';
import { press, says, waitFor, type Driven } from './engines/driven.ts';
import { firefoxPath, startFirefox } from './engines/firefox.ts';
import { miniBrowserPath, startWebKit } from './engines/webkit.ts';

const url = inject('appUrl');
const PHOTO = resolve(import.meta.dirname, '../../public/samples/blade-trailing-side.jpg');

const ENGINES = [
  { engine: 'Firefox', path: firefoxPath(), start: startFirefox },
  { engine: 'WebKitGTK', path: miniBrowserPath(), start: startWebKit },
] as const;

describe.each(ENGINES)("a photo's whole way in $engine", ({ engine, path, start }) => {
  if (!path) console.error(`${engine} is not installed here: its smoke test is left out`);

  it.skipIf(!path)('from an empty device over the model to a judgement that a restart keeps', async () => {
    await using browser = await start(path ?? '');
    await browser.open(url);
    await beginInspection(browser, 'T 7');
    await browser.upload('[data-testid="files"]', PHOTO);
    await waitFor(browser, says('1 photo saved'));
    await press(browser, 'Done');
    await waitFor(browser, `/Judge \\d+ finding/.test(document.body.innerText)`, 200_000);
    await press(browser, 'Judge');
    await press(browser, 'Accept');
    const judged = `JSON.stringify([...document.querySelectorAll('[role="progressbar"]')].map((bar) => bar.getAttribute('aria-valuetext')))`;
    await browser.evaluate(`void (location.hash = '#/')`);
    await browser.reload();
    await waitFor(browser, says('T 7'));
    await browser.evaluate(`void document.querySelector('a[href*="inspections/"]').click()`);
    await waitFor(browser, `/1 of \\d+/.test(${judged})`);
  });
});

async function beginInspection(browser: Driven, tag: string): Promise<void> {
  await press(browser, 'New inspection');
  await waitFor(browser, `Boolean(document.querySelector('form input:not([type=radio])'))`);
  await browser.evaluate(`(() => {
    const label = [...document.querySelectorAll('label')].findLast((one) => one.innerText.trim().startsWith('Turbine'));
    const field = label.querySelector('input') ?? document.getElementById(label.htmlFor);
    field.value = ${JSON.stringify(tag)};
    field.dispatchEvent(new Event('input', { bubbles: true }));
  })()`);
  await press(browser, 'Begin');
  await waitFor(browser, says('Add photos'));
}
