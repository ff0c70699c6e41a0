import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import type { Driven } from './driven.ts';

const DRIVER = '/usr/bin/WebKitWebDriver';
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Path of WebKitGTK's own small browser, where it, its driver and a screen without a screen are installed. */
export function miniBrowserPath(): string | undefined {
  if (!existsSync(DRIVER) || !existsSync('/usr/bin/Xvfb')) return undefined;
  const places = readdirSync('/usr/lib').flatMap((machine) =>
    ['4.1', '4.0'].map((version) => `/usr/lib/${machine}/webkit2gtk-${version}/MiniBrowser`),
  );
  return places.find((path) => existsSync(path));
}

/** WebKitGTK under Xvfb by WebDriver: the nearest to an iPad's engine that runs here. */
export async function startWebKit(binary: string): Promise<Driven> {
  const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x1024x24'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const display = (await firstLine(screen)).trim();
  const port = await freePort();
  const env = { ...process.env, DISPLAY: `:${display}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' };
  const driver = spawn(DRIVER, [`--port=${port}`], { env, stdio: 'ignore' });
  const stop = () => {
    driver.kill();
    screen.kill();
  };
  try {
    return await openSession(`http://127.0.0.1:${port}`, binary, stop);
  } catch (error) {
    stop();
    throw error;
  }
}

async function openSession(driver: string, binary: string, stop: () => void): Promise<Driven> {
  await answers(driver);
  const options = { binary, args: ['--automation'] };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
  const session = (await call(driver, 'POST', 'session', { capabilities })) as {
    readonly sessionId: string;
    readonly capabilities: { readonly browserVersion?: string };
  };
  const at = `${driver}/session/${session.sessionId}`;
  return {
    name: `WebKitGTK ${session.capabilities.browserVersion ?? ''}`.trim(),
    open: async (url) => {
      await call(at, 'POST', 'url', { url });
    },
    reload: async () => {
      await call(at, 'POST', 'refresh', {});
    },
    evaluate: (expression) =>
      call(at, 'POST', 'execute/sync', { script: `return (${expression})`, args: [] }),
    async upload(selector, path) {
      const found = await call(at, 'POST', 'element', { using: 'css selector', value: selector });
      const id = (found as Readonly<Record<string, string>>)[ELEMENT] ?? '';
      await call(at, 'POST', `element/${id}/value`, { text: path });
    },
    async [Symbol.asyncDispose]() {
      await call(driver, 'DELETE', `session/${session.sessionId}`).catch(() => undefined);
      stop();
    },
  };
}

async function call(base: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${base}/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { value } = (await response.json()) as { readonly value: unknown };
  if (!response.ok) throw new Error(`WebDriver ${path}: ${JSON.stringify(value)}`);
  return value;
}

async function answers(driver: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await call(driver, 'GET', 'status').catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('WebKitWebDriver does not answer');
}

const firstLine = (process_: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    process_.stdout?.once('data', (data: Buffer) => resolve(data.toString()));
    process_.once('exit', () => reject(new Error('Xvfb ended')));
  });

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
