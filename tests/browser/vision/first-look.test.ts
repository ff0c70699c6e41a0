import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Box } from '../../../core/contract/geometry.ts';
import { ModelManifest } from '../../../core/contract/model-manifest.ts';
import type { AnalysisEvent } from '../../../core/contract/vision-worker.ts';
import { analysePhoto } from '../../../workers/vision/analyse-photo.ts';
import { CancelPoint } from '../../../workers/vision/cancel-point.ts';
import { onCpu, type RunInputs } from '../../../workers/runtimes/runtime.ts';
import { checkPhoto } from '../../../workers/vision/decode-photo.ts';
import type { LoadedModel } from '../../../workers/vision/model-loader.ts';
import { PhotoSource } from '../../../workers/vision/photo-source.ts';
import { TileReader } from '../../../workers/vision/tile-reader.ts';
import { paintPhoto } from './paint-photo.ts';
import { packsUrl } from './test-bridge.ts';

const SIDE = 64;
const SCOUT_CELL = 4;

/** A pack of tests/fixtures with advice for a first look, run by a model in a few lines. */
async function openModel(pack: string, cell: number, doubt?: number): Promise<LoadedModel> {
  const raw: unknown = await (await fetch(`${packsUrl}${pack}/1.0.0/manifest.json`)).json();
  const manifest = v.parse(ModelManifest, raw);
  const advice = { zoom: 0.25, overlap: 0.1, minScore: 0.05, margin: 8 };
  const scout = { ...advice, zoom: 0.5, name: 'suspicion', stride: SCOUT_CELL, doubt: doubt ?? 1 };
  const firstLook = doubt === undefined ? advice : { ...advice, scout };
  const advised = { ...manifest, tiling: { ...manifest.tiling, firstLook } };
  const [file] = manifest.files;
  if (!file) throw new Error('a pack without files');
  return {
    manifest: advised,
    file,
    sha256: file.sha256,
    session: {
      inputs: [],
      outputs: [],
      run: (inputs) => Promise.resolve({ output: answer(valuesOf(inputs['images']), cell, manifest.task) }),
      dispose: () => Promise.resolve(),
    },
    reader: new TileReader(advised.input),
    ...(doubt !== undefined && {
      scout: {
        session: {
          inputs: [],
          outputs: [],
          run: (inputs) =>
            Promise.resolve({ suspicion: answer(valuesOf(inputs['images']), SCOUT_CELL, 'segment') }),
          dispose: () => Promise.resolve(),
        },
      },
    }),
    runtime: 'onnx-wasm',
    threads: 1,
    selfTest: {
      model: manifest,
      runtime: 'onnx-wasm',
      precision: 'fp32',
      verdict: 'passed',
      worstError: 0,
      cases: 0,
      medianMs: 0,
      at: 0,
    },
    loadMs: 0,
  };
}

const valuesOf = (tensor: RunInputs[string] | undefined) => tensor && onCpu('images', tensor).data;

/** Bright cells: a box each, or a logit each. */
function answer(pixels: ArrayLike<number> = [], cell: number, task: string) {
  const count = SIDE / cell;
  const rows = Array.from({ length: count * count }, (_, at) => {
    let sum = 0;
    for (let y = 0; y < cell; y++) {
      for (let x = 0; x < cell; x++) {
        sum += pixels[(Math.floor(at / count) * cell + y) * SIDE + (at % count) * cell + x] ?? 0;
      }
    }
    const bright = sum / cell ** 2;
    return task === 'detect' ? [0.5, 0.5, 0, 0, bright, 1] : [20 * (bright - 0.5)];
  });
  const shape = task === 'detect' ? [1, rows.length, 6] : [1, 1, count, count];
  return { shape, data: Float32Array.from(rows.flat()) };
}

async function analyse(model: LoadedModel, squares: readonly Box[], thorough: boolean) {
  const photo = await paintPhoto({ width: 900, height: 700 }, squares);
  const checked = await checkPhoto(photo, 'painted.png');
  if (!checked.ok) throw new Error(checked.kind);
  const events: AnalysisEvent[] = [];
  const done = await analysePhoto(model, new PhotoSource(checked.value), {
    minScore: undefined,
    thorough,
    wantFeatures: false,
    onEvent: (event) => events.push(event),
    cancelPoint: new CancelPoint(() => false),
  });
  if (!done.ok) throw new Error(done.kind);
  return { ...done.value, events };
}

const squares = [
  { x: 20, y: 12, width: 24, height: 24 },
  { x: 640, y: 430, width: 40, height: 40 },
];

describe.each([
  ['tiny-squares', 8],
  ['tiny-mask', 2],
])('%s', (pack, cell) => {
  it('finds the same with a third of the tiles', async () => {
    const model = await openModel(pack, cell);
    const whole = await analyse(model, squares, true);
    const quick = await analyse(model, squares, false);
    expect(whole.findings.length).toBeGreaterThan(0);
    expect(whole.skipped).toBe(0);
    // A tile elsewhere has its cells elsewhere: within one cell it is the same.
    for (const square of squares) {
      for (const { findings } of [quick, whole]) {
        expect(findings.some(({ box }) => near(box, square, cell))).toBe(true);
      }
    }
    for (const { box } of quick.findings)
      expect(squares.some((square) => near(box, square, cell))).toBe(true);
    expect(quick.tiles * 3).toBeLessThan(whole.tiles);
    expect(quick.skipped).toBeGreaterThan(0);
    const tiles = quick.events.filter(({ kind }) => kind === 'tile');
    expect(tiles).toHaveLength(quick.tiles);
    expect(tiles.at(-1)).toMatchObject({ done: quick.tiles, tiles: quick.tiles });
  });

  it('finds the same by a scout, whose looks are no tiles', async () => {
    const model = await openModel(pack, cell, 1);
    const whole = await analyse(model, squares, true);
    const quick = await analyse(model, squares, false);
    for (const square of squares)
      expect(quick.findings.some(({ box }) => near(box, square, cell))).toBe(true);
    expect(quick.tiles).toBe(whole.tiles - quick.skipped);
    expect(quick.tiles).toBeLessThan(10);
    expect(quick.events.at(-1)).toMatchObject({ kind: 'tile' });
    const nothing = await analyse(model, [], false);
    expect(nothing).toMatchObject({ findings: [], tiles: 0, skipped: whole.tiles });
  });

  it('looks no closer where there is nothing', async () => {
    const { findings, tiles, skipped, events } = await analyse(await openModel(pack, cell), [], false);
    expect({ findings, tiles, skipped: skipped > 100 }).toEqual({ findings: [], tiles: 12, skipped: true });
    expect(events.at(-1)).toMatchObject({ kind: 'tile', done: 12, tiles: 12 });
  });
});

it.each([
  ['is lost where nothing is looked at twice', 1, [0, 1]],
  ['gets a second look from elsewhere', 0.5, [1, 2]],
  ['gets none where it misses it by more', 0.9, [0, 1]],
])('what just misses its threshold %s', async (_, doubt, [found, tiles]) => {
  const model = await openModel('tiny-squares', 8, doubt);
  const seen: number[] = [];
  const shy: LoadedModel = {
    ...model,
    session: {
      ...model.session,
      async run(inputs) {
        const { output } = await model.session.run(inputs);
        if (!output) throw new Error('no output');
        seen.push(seen.length);
        const share = seen.length === 1 ? 0.6 * model.manifest.thresholds.default : 1;
        return {
          output: { ...output, data: output.data.map((value, at) => (at % 6 === 4 ? value * share : value)) },
        };
      },
    },
  };
  const { findings, ...done } = await analyse(shy, squares.slice(1), false);
  expect([findings.length > 0 ? 1 : 0, done.tiles]).toEqual([found, tiles]);
  expect(done.events.at(-1)).toMatchObject({ kind: 'tile' });
});

/** Inside, but for a cell's width on each side. */
const near = (box: Box, square: Box, cell: number): boolean =>
  box.x >= square.x - cell &&
  box.y >= square.y - cell &&
  box.x + box.width <= square.x + square.width + cell &&
  box.y + box.height <= square.y + square.height + cell;
