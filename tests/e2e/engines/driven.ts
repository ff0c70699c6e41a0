/** A browser of any engine, as far as a smoke test needs it. */
export interface Driven extends AsyncDisposable {
  readonly name: string;
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Evaluates an expression in the page; what it gives must survive JSON. */
  evaluate(expression: string): Promise<unknown>;
  upload(selector: string, path: string): Promise<void>;
}

/** Waits until the expression is truthy and returns it; errors say what the page showed instead. */
export async function waitFor(browser: Driven, expression: string, limitMs = 60_000): Promise<unknown> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await browser.evaluate(expression).catch(() => undefined);
    if (value) return value;
    if (Date.now() > end) {
      const shown = await browser.evaluate('document.body.innerText').catch(String);
      throw new Error(`${browser.name} never showed ${expression}; it shows: ${String(shown)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const named = (text: string): string =>
  `[...document.querySelectorAll('a, button, label')].find((one) => !one.disabled && one.checkVisibility() && ` +
  `(one.getAttribute('aria-label') ?? one.innerText).trim().startsWith(${JSON.stringify(text)}))`;

/** Presses the first link, button or label that begins with this text, once there is one. */
export async function press(browser: Driven, text: string): Promise<void> {
  await waitFor(browser, `Boolean(${named(text)})`);
  await browser.evaluate(`void ${named(text)}.click()`);
}

export const says = (text: string): string =>
  `document.body.innerText.toLowerCase().includes(${JSON.stringify(text.toLowerCase())})`;
