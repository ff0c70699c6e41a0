import { join, resolve } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { describeFailure } from '../../cli/describe-failure.ts';
import type { PipelineRequest } from '../../cli/page/pipeline-api.ts';
import { PipelineBrowser } from '../../cli/pipeline-browser.ts';
import { chromiumFlags, findChromium } from '../../config/chromium.ts';
import type { Box } from '../../core/contract/geometry.ts';
import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import { boxIou } from '../../core/vision/box.ts';
import { planTiles } from '../../core/vision/tiles.ts';
import { cutOut, labelledScene } from '../labelled-scene.ts';
import { interleave, type Variants } from '../interleave.ts';
import { openNative } from '../peers/native.ts';
import { missingPeers, servePeers } from '../peers/serve.ts';
import { benchPhoto } from '../photos.ts';
import { spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

/** As the app runs a photo by itself, with every tile, and with the runtime of most peers. */
const OURS = {
  Loupe: {},
  'Loupe, every tile': { thorough: true },
  'Loupe, every tile by onnxruntime-web': { thorough: true, runtime: 'onnx-wasm', precision: 'fp32' },
} as const satisfies Readonly<Record<string, Omit<PipelineRequest, 'modelId'>>>;
const NATIVE = 'native onnxruntime-node';
/** Its 48 tiles take some of them minutes: a few rounds tell a ratio of this size. */
const MOST_ROUNDS = { '640 px': Infinity, '12 MP': 3 };
const PAGES = {
  'plain onnxruntime-web page': 'plain',
  '@huggingface/transformers': 'transformers',
  'LiteRT.js': 'litert',
};

/** Two boxes that overlap as much are one finding. */
const SAME_IOU = 0.5;

interface Run {
  readonly ms: number;
  readonly findings: readonly Box[];
}

/** The same photos, weights, tiles, threshold and threads in each; LiteRT.js has its weights in fp16, as ours may. */
export const peers: Subset = {
  name: 'peers',
  measures: 'the same photo with the same weights: ours, other ways in the browser, and native onnxruntime',
  async run({ model, rounds, log }): Promise<SubsetReport> {
    const missing = missingPeers();
    if (missing) throw new Error(missing);
    const scene = await labelledScene(log);
    const photos = {
      '640 px': scene ? await cutOut(scene, 640) : await benchPhoto(640, 640),
      '12 MP': scene?.path ?? (await benchPhoto(4000, 3000)),
    };
    await using browser = await PipelineBrowser.open({ log });
    for (const [name, way] of Object.entries(OURS)) {
      log(`loading ${name}`);
      const ready = await browser.prepare({ modelId: model, ...way });
      if (!ready.ok) throw new Error(describeFailure(ready));
    }
    const prepared = await browser.prepare({ modelId: model });
    if (!prepared.ok) throw new Error(describeFailure(prepared));
    const { manifest, threads, runtime, precision } = prepared.value;
    const models = { onnx: fileOf(manifest, 'onnx', 'fp32'), tflite: fileOf(manifest, 'tflite', 'fp16') };
    await browser.give(Object.values(photos));

    const server = await servePeers(models);
    const others = await chromium.launch({ executablePath: findChromium().path, args: [...chromiumFlags] });
    try {
      const native = await openNative(models.onnx, manifest, threads);
      const pages = new Map<string, Page>();
      for (const [name, page] of Object.entries(PAGES)) {
        log(`loading ${name}`);
        pages.set(name, await openPeer(await others.newPage(), join(server.url, `${page}.html`), threads));
      }
      const runs: Record<string, Readonly<Record<string, readonly Run[]>>> = {};
      for (const [at, name] of (['640 px', '12 MP'] as const).entries()) {
        const path = photos[name];
        const ours = (way: Omit<PipelineRequest, 'modelId'>) => async (): Promise<Run> => {
          // Another runtime may hold the model: loading it, and being slow at first, is no part of a photo.
          await browser.prepare({ modelId: model, ...way });
          await browser.analyse(0, { modelId: model, ...way });
          const outcome = await browser.analyse(at, { modelId: model, ...way });
          if (!outcome.ok) throw new Error(describeFailure(outcome));
          return { ms: outcome.value.pageMs, findings: outcome.value.findings.map(({ box }) => box) };
        };
        const variants = {
          ...Object.fromEntries(Object.entries(OURS).map(([called, way]) => [called, ours(way)])),
          ...(await pageVariants(pages, path, manifest)),
          [NATIVE]: () => native(path),
        };
        // The second photo finds all of them warm.
        runs[name] = await interleave(logged(variants, name, log), {
          rounds: Math.min(rounds, MOST_ROUNDS[name]),
          warmUps: at === 0 ? 1 : 0,
        });
      }
      return reportOf(runs, {
        chromium: browser.version,
        model: `${manifest.id} ${manifest.version}`,
        'Loupe runs': `${runtime} ${precision}`,
        threads,
      });
    } finally {
      await others.close();
      server.stop();
    }
  },
};

async function pageVariants(
  pages: ReadonlyMap<string, Page>,
  path: string,
  manifest: ModelManifest,
): Promise<Variants<Run>> {
  const plan = await planFor(path, manifest);
  for (const page of pages.values()) await page.locator('input').setInputFiles(path);
  return Object.fromEntries(
    [...pages].map(([name, page]) => [
      name,
      () => page.evaluate((asked) => globalThis.peer.analyse(asked), plan),
    ]),
  );
}

/** One line a run: on a slow machine the whole takes long. */
function logged(variants: Variants<Run>, photo: string, log: (line: string) => void): Variants<Run> {
  const tell = (name: string, run: () => Promise<Run>) => async () => {
    const result = await run();
    log(`${photo}, ${name}: ${result.ms.toFixed(0)} ms, ${result.findings.length} findings`);
    return result;
  };
  return Object.fromEntries(Object.entries(variants).map(([name, run]) => [name, tell(name, run)]));
}

function fileOf({ id, version, files }: ModelManifest, format: string, precision: string): string {
  const file = files.find((each) => each.format === format && each.precision === precision);
  if (!file) throw new Error(`${id} ${version} has no ${format} file in ${precision}`);
  return resolve(import.meta.dirname, '../../models', id, version, file.path);
}

interface PeerPlan {
  readonly tiles: ReturnType<typeof planTiles>;
  readonly side: number;
  readonly strides: readonly number[];
  readonly threshold: number;
  readonly nmsIou: number;
  readonly input: string;
  readonly output: string;
}

declare global {
  var peer: {
    load(options: { readonly model: string; readonly threads: number }): Promise<void>;
    analyse(plan: PeerPlan): Promise<Run>;
  };
}

async function openPeer(page: Page, url: string, threads: number): Promise<Page> {
  page.on('pageerror', (error) => console.error(`${url}: ${error.message}`));
  await page.goto(url);
  await page.waitForFunction(() => 'peer' in globalThis);
  await page.evaluate((count) => globalThis.peer.load({ model: '/model.onnx', threads: count }), threads);
  return page;
}

/** A peer has every tile of our own plan: how it covers a photo is not what is compared. */
async function planFor(
  path: string,
  { input, output, tiling, thresholds }: ModelManifest,
): Promise<PeerPlan> {
  if (output.kind !== 'yolox') throw new Error('the peers run detectors only');
  const { width, height } = await sharp(path).metadata();
  return {
    tiles: planTiles({ width, height }, input, tiling),
    side: input.width,
    strides: output.strides,
    threshold: thresholds.default,
    nmsIou: thresholds.nmsIou,
    input: input.name,
    output: output.name,
  };
}

function reportOf(
  runs: Readonly<Record<string, Readonly<Record<string, readonly Run[]>>>>,
  about: Readonly<Record<string, string | number>>,
): SubsetReport {
  const of = (name: string, peer: string) => runs[name]?.[peer] ?? [];
  const pairs = Object.entries(runs).flatMap(([name, byPeer]) =>
    Object.keys(byPeer)
      .filter((peer) => !(peer in OURS))
      .flatMap((peer) => Object.keys(OURS).map((ours) => ({ name, peer, ours }))),
  );
  return {
    ms: Object.fromEntries(
      Object.entries(runs).map(([name, byPeer]) => [
        name,
        Object.fromEntries(
          Object.entries(byPeer).map(([peer, list]) => [peer, spread(list.map(({ ms }) => ms))]),
        ),
      ]),
    ),
    ratios: Object.fromEntries(
      pairs.map(({ name, peer, ours }) => [
        `${name}: ${ours} / ${peer}`,
        spread(of(name, peer).map(({ ms }, at) => (of(name, ours)[at]?.ms ?? NaN) / ms)),
      ]),
    ),
    about: {
      ...about,
      ...Object.fromEntries(
        Object.entries(runs).flatMap(([name, byPeer]) =>
          Object.entries(byPeer).map(([peer, list]) => [
            `findings of ${name}, ${peer}`,
            found(list[0]?.findings ?? [], byPeer['Loupe, every tile']?.[0]?.findings ?? []),
          ]),
        ),
      ),
    },
  };
}

/** How many of Loupe's own a way finds as well: the same weights see the same, whoever runs them. */
function found(findings: readonly Box[], ours: readonly Box[]): string {
  const shared = ours.filter((box) => findings.some((other) => boxIou(box, other) >= SAME_IOU));
  return `${findings.length} (${shared.length} of ${ours.length})`;
}
