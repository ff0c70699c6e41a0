import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../../cli/evaluate/dataset.ts';
import { evaluatorFor } from '../../../cli/evaluate/evaluator.ts';
import { readMask } from '../../../cli/evaluate/read-mask.ts';
import { msPerImage } from '../../../cli/evaluate/timing.ts';
import { parseEvaluateOptions, type EvaluateOptions } from '../../../cli/options.ts';
import type { PipelineResult } from '../../../cli/page/pipeline-api.ts';
import type { ModelManifest } from '../../../core/contract/model-manifest.ts';
import type { RawFinding } from '../../../core/contract/vision-worker.ts';

let data = '';
const size = { width: 10, height: 10 };
const options = (format: EvaluateOptions['format'], ...more: readonly string[]) =>
  parseEvaluateOptions(['--model', 'm', '--data', data, '--format', format, ...more]);

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'loupe-evaluate-'));
  for (const folder of ['images', 'labels', 'annotations', 'masks']) await mkdir(join(data, folder));
  for (const name of ['b.png', 'a.jpg', 'notes.md']) await writeFile(join(data, 'images', name), '');
  await writeFile(join(data, 'labels/a.txt'), '0 0.25 0.25 0.5 0.5\n');
  await writeFile(join(data, 'labels/b.txt'), '');
  const box = '<bndbox><xmin>0</xmin><ymin>0</ymin><xmax>5</xmax><ymax>5</ymax></bndbox>';
  const object = `<object><name>Rolled-in_Scale</name>${box}</object>`;
  await writeFile(join(data, 'annotations/a.xml'), `<annotation>${object}</annotation>`);
  await writeFile(
    join(data, 'annotations.json'),
    JSON.stringify({
      images: [{ id: 1, file_name: 'somewhere/a.jpg', ...size }],
      categories: [{ id: 7, name: 'rolled-in scale' }],
      annotations: [{ image_id: 1, category_id: 7, bbox: [0, 0, 5, 5] }],
    }),
  );
  const mask = Buffer.alloc(100);
  mask.fill(128, 0, 50);
  mask.fill(127, 50, 60);
  await sharp(mask, { raw: { ...size, channels: 1 } })
    .png()
    .toFile(join(data, 'masks/a.png'));
});
afterAll(() => rm(data, { recursive: true }));

const manifest = (task: ModelManifest['task']) =>
  ({
    id: 'm',
    task,
    labels: [{ index: 0, name: 'rolled-in-scale', damageType: 'rolled-in-scale' }],
    thresholds: { default: 0.5, perLabel: {}, nmsIou: 0.5 },
  }) as unknown as ModelManifest;

const finding = (x: number, score: number): RawFinding => {
  const box = { x, y: 0, width: 5, height: 5 };
  return {
    label: 'rolled-in-scale',
    labelIndex: 0,
    damageType: 'rolled-in-scale',
    score,
    box,
    geometry: { kind: 'box', box },
  };
};

const result = (findings: readonly RawFinding[], probability?: Uint8Array): PipelineResult =>
  ({
    photo: size,
    findings,
    ...(probability ? { probabilityBase64: Buffer.from(probability).toString('base64') } : {}),
  }) as unknown as PipelineResult;

describe('the data set', () => {
  it('is the photos by name, each with its label', async () => {
    expect(await openDataset(options('yolo'))).toEqual([
      { path: join(data, 'images/a.jpg'), label: join(data, 'labels/a.txt') },
      { path: join(data, 'images/b.png'), label: join(data, 'labels/b.txt') },
    ]);
    expect(await openDataset(options('mask', '--limit', '1'))).toEqual([
      { path: join(data, 'images/a.jpg'), label: join(data, 'masks/a.png') },
    ]);
  });

  it('may lie anywhere', async () => {
    const args = ['--images', join(data, 'images'), '--labels', join(data, 'masks'), '--limit', '1'];
    expect(await openDataset(options('mask', ...args))).toHaveLength(1);
  });

  it('names the folder that is missing', async () => {
    const args = ['--images', join(data, 'no-such')];
    await expect(openDataset(options('yolo', ...args))).rejects.toThrow('no-such');
  });
});

describe('a detector', () => {
  it.each(['yolo', 'voc', 'coco'] as const)('is compared with %s boxes', async (format) => {
    const given = options(format);
    const evaluator = evaluatorFor(manifest('detect'), given);
    const [photo] = await openDataset(given);
    const right = result([finding(0, 0.9), finding(5, 0.4)]);
    expect(await evaluator.add(photo!, right)).toMatchObject({ ok: true });
    // The wrong finding lies below the pack's threshold, and below the right one in the ranking.
    const { mAP50, mAP50_95, ...shown } = evaluator.metrics();
    expect(mAP50).toBeCloseTo(1, 12);
    expect(mAP50_95).toBeCloseTo(1, 12);
    expect(shown).toMatchObject({ F1: 1, precision_: 1, recall: 1 });
  });

  it('takes a photo without labels as clean, and tells clean from damaged photos', async () => {
    const evaluator = evaluatorFor(manifest('detect'), options('yolo'));
    const [a, b] = await openDataset(options('yolo'));
    await evaluator.add(a!, result([finding(0, 0.9)]));
    await evaluator.add(b!, result([finding(0, 0.7)]));
    expect(evaluator.metrics()).toMatchObject({ F1: 2 / 3, precision_: 0.5, recall: 1, AUROC: 1 });
  });

  it('refuses a class that the model does not have', async () => {
    const evaluator = evaluatorFor(manifest('detect'), options('yolo'));
    const label = join(data, 'labels/foreign.txt');
    await writeFile(label, '3 0.5 0.5 0.1 0.1\n');
    const added = await evaluator.add({ path: 'foreign.jpg', label }, result([]));
    expect(added).toMatchObject({ ok: false, kind: 'bad-labels' });
    await rm(label);
  });

  it('has nothing to compare with masks', () => {
    expect(() => evaluatorFor(manifest('detect'), options('mask'))).toThrow('finds boxes');
  });
});

describe('a segmenter', () => {
  const half = Uint8Array.from({ length: 100 }, (_, i) => (i < 40 ? 255 : i < 50 ? 127 : 0));

  it('is compared with masks: above 127 is damage, at the threshold is found', async () => {
    const evaluator = evaluatorFor(manifest('segment'), options('mask'));
    const [photo] = await openDataset(options('mask'));
    await evaluator.add(photo!, result([], half));
    // 50 true pixels, 40 found: 127 of 255 is below 0.5.
    const { F1, IoU, areaError } = evaluator.metrics();
    expect(IoU).toBeCloseTo(0.8, 12);
    expect(F1).toBeCloseTo(8 / 9, 12);
    expect(areaError).toBeCloseTo(10, 12);
  });

  it('is compared with what an outline or a box encloses, whatever its class', async () => {
    const evaluator = evaluatorFor(manifest('segment'), options('yolo'));
    const label = join(data, 'labels/outline.txt');
    await writeFile(label, '4 0 0 1 0 1 0.4 0 0.4\n');
    await evaluator.add({ path: 'outline.jpg', label }, result([], half));
    expect(evaluator.metrics()).toMatchObject({ F1: 1, IoU: 1 });
    await rm(label);
  });
});

describe('a mask file', () => {
  it('of another size than its photo is refused', async () => {
    const read = await readMask(join(data, 'masks/a.png'), { width: 20, height: 10 });
    expect(read).toMatchObject({ ok: false, kind: 'bad-labels' });
  });

  it('that is no image is refused', async () => {
    expect(await readMask(join(data, 'labels/a.txt'), size)).toMatchObject({ ok: false });
  });
});

describe('the time per photo', () => {
  it('is a median, a 95th percentile and medians by stage', () => {
    const times = [10, 20, 30].map((infer) => ({ decode: 1, pack: 2, infer, merge: 3, total: infer + 6 }));
    const stages = { decode: 1, pack: 2, infer: 20, merge: 3 };
    expect(msPerImage(times)).toEqual({ median: 26, p95: 35, stages });
  });
});
