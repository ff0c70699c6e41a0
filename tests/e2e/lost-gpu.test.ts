import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { softwareWebgpuFlags } from '../../config/chromium.ts';
import { createApp } from '../../server/app.ts';
import { listen, type RunningServer } from '../../server/listen.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, checkedPhotos, toInspection, toPhotos } from './technician.ts';

// The built app with a network that a software GPU runs in milliseconds: a shipped one takes it half a minute a look.
const PACKS = resolve(import.meta.dirname, '../fixtures/packs');
const MODEL = 'Test pack tiny-squares';
// A software GPU is never chosen; from here on it calls itself a real one, and nothing else is changed.
const REAL_BY_NAME =
  "Object.defineProperty(GPUAdapter.prototype, 'info', { get: () => ({ vendor: 'planted', isFallbackAdapter: false }) });";

let dist = '';
let server: RunningServer;

beforeAll(async () => {
  dist = join(await mkdtemp(join(tmpdir(), 'loupe-gpu-')), 'dist');
  await cp(inject('appDist'), dist, { recursive: true });
  await rm(join(dist, 'models'), { recursive: true });
  await cp(PACKS, join(dist, 'models'), { recursive: true });
  const names = (await readdir(join(dist, 'assets'))).filter((name) => /^vision\.worker-.*\.js$/.test(name));
  expect(names).toHaveLength(1);
  const worker = join(dist, 'assets', names[0] ?? '');
  await writeFile(worker, `${REAL_BY_NAME}\n${await readFile(worker, 'utf8')}`);
  server = await listen(createApp({ dist, version: '0.0.0-test' }), 0);
});
afterAll(async () => {
  await server.stop(0);
  await rm(join(dist, '..'), { recursive: true });
});

it('4: the GPU is lost mid-analysis: it is said, the CPU does the whole photo, and its findings are there once', async () => {
  await using tablet = await Tablet.start({ url: server.url, flags: softwareWebgpuFlags });
  const page = await tablet.open();
  await tablet.readyOffline(page);
  await chooseWebgpu(page);
  const large = { name: 'large.png', mimeType: 'image/png', buffer: await paintedPhoto(1600, 1200) };
  const small = { name: 'small.png', mimeType: 'image/png', buffer: await paintedPhoto(400, 300) };

  await page.goto(`${server.url}/#/`);
  await beginInspection(page, 'WTG-54', MODEL);
  await addPhotos(page, [small], 1);
  await expect.poll(() => analysesOf(page, 'WTG-54')).toHaveLength(1);
  await addPhotos(page, [large], 2);
  await toInspection(page);
  await toPhotos(page);
  await inTheMiddleOf(page.getByRole('link', { name: 'large.png' }));
  const devtools = await tablet.context.newCDPSession(page);
  await devtools.send('Browser.crashGpuProcess');

  await page.getByText('The graphics chip stopped while a model ran.').waitFor();
  await analysed(page, 2);
  await expect.poll(() => analysesOf(page, 'WTG-54')).toHaveLength(2);
  const [before, lost] = await analysesOf(page, 'WTG-54');
  expect(before).toMatchObject({ photo: 'small.png', runtime: 'onnx-webgpu' });
  expect(lost).toMatchObject({ photo: 'large.png', runtime: 'onnx-wasm' });

  await page.goto(`${server.url}/#/diagnostics`);
  await page.getByText('WebGPU stopped: models run on the CPU until Loupe is opened again').waitFor();

  // Opened again, as the message says, the GPU is in use; nothing befalls it, and it finds the same.
  await page.reload();
  await page.getByText('WebGPU: models run on the graphics chip').waitFor();
  await page.goto(`${server.url}/#/`);
  await page.getByRole('link', { name: /WTG-54/ }).waitFor();
  expect(await analysesOf(page, 'WTG-54')).toEqual([before, lost]);
  await beginInspection(page, 'WTG-55', MODEL);
  await addPhotos(page, [large], 1);
  await toInspection(page);
  await analysed(page, 1);
  expect(await analysesOf(page, 'WTG-55')).toEqual([{ ...lost, runtime: 'onnx-webgpu' }]);
  expect(lost?.boxes.length).toBeGreaterThan(0);

  expect(await checkedPhotos(page, server.url)).toBe(3);
  expect(tablet.pageErrors).toEqual([]);
  // A software GPU is the first to suffer where the machine does other work.
}, 480_000);

async function chooseWebgpu(page: Page): Promise<void> {
  await page.goto(`${server.url}/#/models`);
  const card = page.getByRole('article').filter({ hasText: MODEL });
  await card.getByRole('button', { name: /^Download, / }).click();
  await card.getByRole('button', { name: 'Test', exact: true }).waitFor();
  await page.goto(`${server.url}/#/diagnostics`);
  await page.getByText('WebGPU: models run on the graphics chip').waitFor();
  const ways = page.getByRole('region', { name: MODEL });
  // By hand, since by its time the CPU would win.
  await ways.getByRole('radio', { name: /^WebGPU, fp32/ }).check();
  await ways.getByRole('radio', { name: /^WebGPU, fp32.*In use/s }).waitFor();
}

/** Resolves once a photo's tile tells that some, and by far not all, of it was looked at. */
async function inTheMiddleOf(tile: Locator): Promise<void> {
  const part = async (): Promise<number> => {
    const [, done, all] = /(\d+) of (\d+)/.exec(await tile.innerText()) ?? [];
    return Number(done) / Number(all);
  };
  await vi.waitUntil(async () => (await part()) > 0.1, { timeout: 150_000, interval: 20 });
  expect(await part()).toBeLessThan(0.9);
}

/** Black with white squares in two corners and the middle, which the test model finds cell by cell. */
async function paintedPhoto(width: number, height: number): Promise<Buffer> {
  const white = { width: 24, height: 24, channels: 3, background: 'white' } as const;
  const places = [
    { left: 20, top: 12 },
    { left: width / 2, top: height / 2 },
    { left: width - 60, top: height - 60 },
  ];
  return sharp({ create: { ...white, width, height, background: 'black' } })
    .composite(places.map((place) => ({ ...place, input: { create: white } })))
    .png()
    .toBuffer();
}

interface KeptAnalysis {
  readonly photo: string;
  readonly runtime: string;
  /** Left and top of every finding of the photo, whichever analysis it is of. */
  readonly boxes: readonly string[];
}

interface Rows {
  readonly inspections: readonly { readonly id: string; readonly title: string }[];
  readonly captures: readonly { readonly id: string; readonly fileName: string }[];
  readonly analyses: readonly {
    readonly inspectionId: string;
    readonly captureId: string;
    readonly runtime: string;
    readonly createdAt: number;
  }[];
  readonly findings: readonly {
    readonly captureId: string;
    readonly geometry: { readonly box: { readonly x: number; readonly y: number } };
  }[];
}

/** What the database holds of an inspection, in the order in which it was analysed. */
async function analysesOf(page: Page, title: string): Promise<readonly KeptAnalysis[]> {
  const { inspections, captures, analyses, findings } = await rows(page);
  const inspection = inspections.find((one) => one.title === title);
  return analyses
    .filter(({ inspectionId }) => inspectionId === inspection?.id)
    .sort((a, b) => a.createdAt - b.createdAt)
    .map(({ captureId, runtime }) => ({
      photo: captures.find(({ id }) => id === captureId)?.fileName ?? '',
      runtime,
      boxes: findings
        .filter((finding) => finding.captureId === captureId)
        .map(({ geometry: { box } }) => `${box.x},${box.y}`)
        .sort(),
    }));
}

const rows = (page: Page): Promise<Rows> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('loupe');
        request.onerror = () => reject(request.error ?? new Error('no error'));
        request.onsuccess = () => {
          const stores = ['inspections', 'captures', 'analyses', 'findings'];
          const transaction = request.result.transaction(stores);
          const read = stores.map((store) => [store, transaction.objectStore(store).getAll()] as const);
          transaction.oncomplete = () => {
            request.result.close();
            resolve(
              Object.fromEntries(read.map(([store, { result }]) => [store, result])) as unknown as Rows,
            );
          };
        };
      }),
  );
