import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import sharp from 'sharp';
import { createServer, type ViteDevServer } from 'vite';
import { chromiumFlags, findChromium } from '../../../config/chromium.ts';
import type { FixturePhoto } from './fixture-inspection.ts';

const folder = join('..', 'shared', 'data', 'wind-blade', 'valid');
const PHOTOS = 14;

/** Real photos with their labelled boxes where ../shared/data is, else two that are drawn here. */
export async function fixturePhotos(): Promise<{ photo: FixturePhoto; bytes: Buffer }[]> {
  if (!existsSync(folder)) return Promise.all([drawn(1200, 900), drawn(700, 1100)]);
  const names = readdirSync(join(folder, 'images')).slice(-PHOTOS);
  return Promise.all(
    names.map(async (name, index) => {
      const bytes = readFileSync(join(folder, 'images', name));
      const { width, height } = await sharp(bytes).metadata();
      const lines = readFileSync(join(folder, 'labels', name.replace(/\.jpg$/, '.txt')), 'utf8').trim();
      const boxes = lines
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ').slice(1, 5).map(Number) as [number, number, number, number]);
      return { photo: { url: `/photo/${index}.jpg`, width, height, boxes }, bytes };
    }),
  );
}

async function drawn(width: number, height: number) {
  const blade = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#9fb8cc"/>
    <path d="M${width * 0.4} 0 L${width * 0.6} 0 L${width * 0.55} ${height} L${width * 0.45} ${height}Z" fill="#e8ecec"/>
    <ellipse cx="${width / 2}" cy="${height / 2}" rx="30" ry="12" fill="#554b40"/></svg>`;
  const bytes = await sharp(Buffer.from(blade)).jpeg().toBuffer();
  const boxes = [[0.5, 0.5, 80 / width, 40 / height]] as const;
  return { photo: { url: `/photo/${width === 1200 ? 0 : 1}.jpg`, width, height, boxes }, bytes };
}

/** A page of real Chromium that serves src/ unbuilt and answers /photo/N.jpg with the given bytes. */
export class ReportBrowser {
  readonly #server: ViteDevServer;
  readonly #browser: Browser;
  readonly page: Page;

  private constructor(server: ViteDevServer, browser: Browser, page: Page) {
    [this.#server, this.#browser, this.page] = [server, browser, page];
  }

  static async open(photos: readonly Buffer[]): Promise<ReportBrowser> {
    const server = await createServer({
      configFile: false,
      logLevel: 'error',
      appType: 'custom',
      cacheDir: 'node_modules/.vite-report-test',
      optimizeDeps: { include: ['pdfkit', 'i18next', 'valibot'], entries: [] },
      server: { port: 0, hmr: false, watch: null },
      plugins: [
        {
          name: 'report-page',
          configureServer: ({ middlewares }) => {
            middlewares.use((request, response, next) => {
              const photo = /^\/photo\/(\d+)\.jpg$/.exec(request.url ?? '');
              const bytes = photo && photos[Number(photo[1])];
              if (bytes) response.setHeader('content-type', 'image/jpeg').end(bytes);
              else if (request.url === '/report.html')
                response.setHeader('content-type', 'text/html').end(PAGE);
              else next();
            });
          },
        },
      ],
    });
    await server.listen();
    const browser = await chromium.launch({ executablePath: findChromium().path, args: [...chromiumFlags] });
    const page = await browser.newPage();
    await page.goto(`${server.resolvedUrls?.local[0] ?? ''}report.html`);
    await page.waitForFunction(() => 'renderReport' in window);
    return new ReportBrowser(server, browser, page);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }
}

const PAGE = '<!doctype html><script type="module" src="/tests/contract/report/render-in-page.ts"></script>';
