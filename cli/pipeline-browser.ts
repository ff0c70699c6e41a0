import { readFile } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumFlags, findChromium, softwareWebgpuFlags } from '../config/chromium.ts';
import type { Capabilities, RuntimeId } from '../core/contract/runtime.ts';
import type { PackStatus, Prepared, PrepareRequest, VisionFailure } from '../core/contract/vision-worker.ts';
import type { Outcome } from '../core/domain/outcome.ts';
import packageJson from '../package.json' with { type: 'json' };
import { createApp } from '../server/app.ts';
import { listen } from '../server/listen.ts';
import { buildIfNeeded } from './build-if-needed.ts';
import type { PipelineOptions } from './options.ts';
import type { PipelineRequest, PipelineResult } from './page/pipeline-api.ts';

export interface BrowserOptions {
  readonly runtime?: RuntimeId | undefined;
  /** Where progress goes; never to stdout, which carries the result. */
  readonly log: (line: string) => void;
}

/** What a command line asks of the pipeline, beside its threshold, which means different things to each. */
export const requestOf = ({ model, runtime, precision, thorough }: PipelineOptions): PipelineRequest => ({
  modelId: model,
  ...(runtime ? { runtime } : {}),
  ...(precision ? { precision } : {}),
  ...(thorough ? { thorough } : {}),
});

/** The app's own pipeline in headless Chromium, fed from the file system. Close it, or the process stays. */
export class PipelineBrowser implements AsyncDisposable {
  readonly version: string;
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #close: () => Promise<void>;

  private constructor(browser: Browser, page: Page, close: () => Promise<void>) {
    this.#browser = browser;
    this.#page = page;
    this.version = browser.version();
    this.#close = close;
  }

  static async open({ runtime, log }: BrowserOptions): Promise<PipelineBrowser> {
    const dist = await buildIfNeeded(log);
    const server = await listen(createApp({ dist, version: packageJson.version }), 0);
    const webgpu = runtime === 'onnx-webgpu' || runtime === 'tfjs-webgpu';
    const software = webgpu && process.env['LOUPE_GPU'] !== 'hardware';
    const browser = await chromium.launch({
      executablePath: findChromium().path,
      args: [
        ...chromiumFlags,
        ...(software ? softwareWebgpuFlags : webgpu ? ['--enable-unsafe-webgpu'] : []),
      ],
    });
    const close = async () => {
      await browser.close();
      await server.stop(0);
    };
    try {
      const page = await browser.newPage();
      page.on('pageerror', (error) => log(`page: ${error.message}`));
      await page.goto(`${server.url}/pipeline.html${software ? '?gpu=fallback' : ''}`);
      await page.locator('html[data-ready]').waitFor({ state: 'attached' });
      return new PipelineBrowser(browser, page, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** MiB that page and worker hold, as the system counts them: shared pages by their share. Linux only. */
  async memoryMb(): Promise<number> {
    const session = await this.#browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    const kib = await Promise.all(renderers.map(({ id }) => proportionalKib(id)));
    return kib.reduce((sum, each) => sum + each, 0) / 1024;
  }

  capabilities(): Promise<Capabilities> {
    return this.#page.evaluate(() => globalThis.loupePipeline.capabilities());
  }

  packs(): Promise<Outcome<readonly PackStatus[], VisionFailure>> {
    return this.#page.evaluate(() => globalThis.loupePipeline.packs());
  }

  prepare(request: PrepareRequest): Promise<Outcome<Prepared, VisionFailure>> {
    return this.#page.evaluate((asked) => globalThis.loupePipeline.prepare(asked), request);
  }

  /** Hands the page the next photos; `analyse` then counts from 0 in them. */
  async give(paths: readonly string[]): Promise<void> {
    await this.#page.setInputFiles('#files', [...paths]);
  }

  analyse(index: number, request: PipelineRequest): Promise<Outcome<PipelineResult, VisionFailure>> {
    return this.#page.evaluate(([at, asked]) => globalThis.loupePipeline.analyse(at, asked), [
      index,
      request,
    ] as const);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

async function proportionalKib(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? NaN);
}
