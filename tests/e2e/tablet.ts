import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../config/chromium.ts';

export interface TabletOptions {
  readonly url: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Taps come from fingers, and the page is told so. */
  readonly touch?: boolean;
  readonly flags?: readonly string[];
}

/**
 * A tablet with the app on it: a browser with a profile on disk, which can lose its network, be killed and
 * be started again. Every request to another origin than the app's is remembered.
 */
export class Tablet implements AsyncDisposable {
  readonly foreignRequests: string[] = [];
  readonly pageErrors: string[] = [];
  readonly #options: TabletOptions;
  readonly profile: string;
  #context: BrowserContext | undefined;

  private constructor(options: TabletOptions, profile: string) {
    this.#options = options;
    this.profile = profile;
  }

  static async start(options: TabletOptions): Promise<Tablet> {
    const tablet = new Tablet(options, await mkdtemp(join(tmpdir(), 'loupe-tablet-')));
    await tablet.startBrowser();
    return tablet;
  }

  get context(): BrowserContext {
    if (!this.#context) throw new Error('the browser is not running');
    return this.#context;
  }

  async startBrowser({ offline = false } = {}): Promise<void> {
    const { viewport = { width: 1024, height: 768 }, touch = false, flags = [], url } = this.#options;
    this.#context = await chromium.launchPersistentContext(this.profile, {
      executablePath: findChromium().path,
      args: [...chromiumFlags, ...flags],
      viewport,
      hasTouch: touch,
      serviceWorkers: 'allow',
    });
    // A busy machine is no fault of the app.
    this.#context.setDefaultTimeout(90_000);
    await this.#context.setOffline(offline);
    const origin = new URL(url).origin;
    this.#context.on('request', (request) => {
      const asked = new URL(request.url());
      const local = asked.protocol === 'blob:' || asked.protocol === 'data:' || asked.origin === origin;
      if (!local) this.foreignRequests.push(asked.href);
    });
    this.#context.on('weberror', (error) => this.pageErrors.push(String(error.error())));
  }

  /** Opens the app at a path such as '#/demo' in the tab that is there. */
  async open(path = ''): Promise<Page> {
    const page = this.context.pages()[0] ?? (await this.context.newPage());
    await page.goto(`${this.#options.url}/${path}`);
    return page;
  }

  /** Resolves when the service worker holds the app, so that it opens without a network. */
  async readyOffline(page: Page): Promise<void> {
    // Not waitForFunction: to it the promise is truth enough.
    await page.evaluate(async () => {
      const { active } = await navigator.serviceWorker.ready;
      if (active?.state === 'activated') return;
      await new Promise<void>((resolve) => {
        active?.addEventListener('statechange', () => active.state === 'activated' && resolve());
      });
    });
  }

  /** SIGKILL to the browser and all its processes, as when the system takes the app away. */
  async kill(): Promise<void> {
    const context = this.context;
    const closed = new Promise((resolve) => context.once('close', resolve));
    this.#context = undefined;
    for (const pid of await processesOf(this.profile)) kill(pid);
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context?.close();
    // Chromium's last writes may still arrive.
    await rm(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** A child may have followed its parent before its turn comes. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The process that was started with this profile, and all that descend from it; the parent first. */
async function processesOf(profile: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const all = await Promise.all(
    pids.map(async (pid) => {
      const [command, status] = await Promise.all(
        ['cmdline', 'stat'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      // "pid (name) state parent ...", and a name may hold anything.
      const parent = Number(status?.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
      return { pid, parent, own: command?.includes(`--user-data-dir=${profile}`) ?? false };
    }),
  );
  const found = new Set(all.filter(({ own }) => own).map(({ pid }) => pid));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}
