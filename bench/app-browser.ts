import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { chromium, type BrowserContext } from 'playwright-core';
import { buildIfNeeded } from '../cli/build-if-needed.ts';
import { chromiumFlags, findChromium } from '../config/chromium.ts';
import packageJson from '../package.json' with { type: 'json' };
import { createApp } from '../server/app.ts';
import { listen } from '../server/listen.ts';

interface Parts {
  readonly url: string;
  readonly asked: readonly string[];
  readonly dist: string;
  readonly profile: string;
  readonly flags: readonly string[];
  readonly stop: () => Promise<void>;
}

/** The built app behind its server, and a browser with a profile on disk that can be started again. */
export class AppBrowser implements AsyncDisposable {
  readonly url: string;
  /** Paths of the files that the server gave, in order. */
  readonly asked: readonly string[];
  readonly dist: string;
  readonly #parts: Parts;
  #context: BrowserContext | undefined;

  private constructor(parts: Parts) {
    this.url = parts.url;
    this.asked = parts.asked;
    this.dist = parts.dist;
    this.#parts = parts;
  }

  static async open(log: (line: string) => void, flags: readonly string[] = []): Promise<AppBrowser> {
    const dist = await buildIfNeeded(log);
    const asked: string[] = [];
    const app = new Hono();
    app.use(async (c, next) => {
      await next();
      // A file that has not changed is not downloaded.
      if (c.res.status === 200) asked.push(c.req.path);
    });
    app.route('/', createApp({ dist, version: packageJson.version }));
    const server = await listen(app, 0);
    const profile = await mkdtemp(join(tmpdir(), 'loupe-bench-'));
    const stop = () => server.stop(0);
    return new AppBrowser({ url: server.url, asked, dist, profile, flags, stop });
  }

  get version(): string {
    return this.#context?.browser()?.version() ?? '';
  }

  async start(): Promise<BrowserContext> {
    await this.#context?.close();
    this.#context = await chromium.launchPersistentContext(this.#parts.profile, {
      executablePath: findChromium().path,
      args: [...chromiumFlags, ...this.#parts.flags],
      viewport: { width: 1024, height: 768 },
    });
    this.#context.setDefaultTimeout(90_000);
    return this.#context;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context?.close();
    await this.#parts.stop();
    await rm(this.#parts.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
