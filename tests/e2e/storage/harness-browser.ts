import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../../config/chromium.ts';
import type { Acknowledged, StorageHarness } from './harness-api.ts';

type Method = keyof StorageHarness;
const START_MS = 30_000;

/** A Chromium with a profile on disk that can be killed with all its processes, and started again. */
export class HarnessBrowser {
  /** Saves that the page called durable, in order, over all runs. */
  readonly acknowledged: Acknowledged[] = [];
  readonly profile: string;
  readonly #url: string;
  #process: ChildProcess | undefined;
  #browser: Browser | undefined;
  #page: Page | undefined;

  private constructor(url: string, profile: string) {
    this.#url = url;
    this.profile = profile;
  }

  static async create(url: string): Promise<HarnessBrowser> {
    return new HarnessBrowser(url, await mkdtemp(join(tmpdir(), 'loupe-profile-')));
  }

  get page(): Page {
    if (!this.#page) throw new Error('the browser is not running');
    return this.#page;
  }

  async start(): Promise<void> {
    // A process group of its own, so that one signal ends every process of this browser and no other.
    const child = spawn(
      findChromium().path,
      [
        ...chromiumFlags,
        '--headless=new',
        '--remote-debugging-port=0',
        `--user-data-dir=${this.profile}`,
        'about:blank',
      ],
      { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#process = child;
    this.#browser = await chromium.connectOverCDP(await debuggingUrl(child));
    await this.openPage();
  }

  /** A new tab with the harness in place of the one that was there. */
  async openPage(): Promise<void> {
    const [context] = this.#browser?.contexts() ?? [];
    if (!context) throw new Error('Chromium opened without a window');
    const before = this.#page;
    this.#page = await context.newPage();
    await before?.close();
    await this.#page.exposeFunction('acknowledged', (save: Acknowledged) => {
      this.acknowledged.push(save);
    });
    await this.#page.goto(this.#url);
    await this.#page.waitForFunction(() => 'storageHarness' in globalThis);
  }

  /** Calls the harness in the page. */
  async call<Name extends Method>(
    name: Name,
    ...args: Parameters<StorageHarness[Name]>
  ): Promise<Awaited<ReturnType<StorageHarness[Name]>>> {
    return this.page.evaluate(
      ([method, values]) => {
        const harness: unknown = Reflect.get(globalThis, 'storageHarness');
        return (harness as Record<string, (...values: unknown[]) => never>)[method]?.(...values) as never;
      },
      [name, args] as const,
    );
  }

  get version(): string {
    return this.#browser?.version() ?? 'not running';
  }

  /** DevTools' slow-down of the page; workers of the page are slowed with it. */
  async slowDown(times: number): Promise<void> {
    await (await this.devtools()).send('Emulation.setCPUThrottlingRate', { rate: times });
  }

  async devtools(): Promise<CDPSession> {
    return this.page.context().newCDPSession(this.page);
  }

  /** SIGKILL to every process of the browser at once. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await exited;
    await this.#browser?.close().catch(() => undefined);
    this.#process = undefined;
    this.#page = undefined;
  }

  async dispose(): Promise<void> {
    await this.kill();
    if (!process.env['LOUPE_KEEP_PROFILE'])
      await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function debuggingUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Chromium did not start: ${said}`)), START_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
