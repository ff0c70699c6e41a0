import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findPython } from '../../cli/test/find-python.ts';
import { runPython } from '../contract/python.ts';
import { audit } from './audit.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, choosePlace, judge, toInspection } from './technician.ts';
import { unzipped } from './zip.ts';

const url = inject('appUrl');
const photos = bladePhotos(3);
let tablet: Tablet;
let page: Page;
let folder = '';
let found = 0;

/** Without the picker, which no test can answer, files come as downloads. */
const withoutPicker = ({ context }: Tablet) =>
  context.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));

async function downloaded(from: Page, button: string): Promise<{ name: string; path: string }> {
  const [download] = await Promise.all([
    from.waitForEvent('download'),
    from.getByRole('button', { name: button, exact: true }).click(),
  ]);
  const name = download.suggestedFilename();
  const path = join(folder, `${Date.now()}-${name}`);
  await download.saveAs(path);
  return { name, path };
}

async function signByHand(on: Page): Promise<void> {
  await on.getByRole('button', { name: 'Sign', exact: true }).click();
  await on.getByLabel('Name').fill('Åse Nørgård');
  expect(await audit(on), 'signature').toEqual([]);
  const box = await on.getByRole('img', { name: 'Field for the signature' }).boundingBox();
  if (!box) throw new Error('no field to sign in');
  await on.mouse.move(box.x + 40, box.y + 120);
  await on.mouse.down();
  for (let step = 1; step <= 40; step += 1) {
    await on.mouse.move(box.x + 40 + step * 8, box.y + 120 - 60 * Math.sin(step / 3));
  }
  await on.mouse.up();
  await on.getByRole('dialog').getByRole('button', { name: 'Sign', exact: true }).click();
  await on.getByText(/^Signed by Åse Nørgård/).waitFor();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-hand-over-'));
  tablet = await Tablet.start({ url });
  await withoutPicker(tablet);
  page = await tablet.open();
  await beginInspection(page, 'São-07');
  await choosePlace(page, 'B', 'Leading edge');
  await addPhotos(page, photos, 3);
  await toInspection(page);
  found = await analysed(page, 3);
  await page.getByRole('link', { name: /^Judge \d+ finding/ }).click();
  await judge(page, 'Accept');
  await page.getByRole('link', { name: 'Blade B' }).click();
  await page.getByRole('link', { name: 'Report' }).click();
  await page.getByRole('heading', { name: 'Hand over', level: 1 }).waitFor();
});
afterAll(async () => {
  expect(tablet.foreignRequests).toEqual([]);
  expect(tablet.pageErrors).toEqual([]);
  await tablet[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const original = new Set(photos.map((path) => readFileSync(path).toString('base64')));
const images = (files: ReadonlyMap<string, Buffer>) =>
  [...files].filter(([path]) => path.startsWith('images/')).map(([, bytes]) => bytes.toString('base64'));

describe('the buttons of hand over', () => {
  it('CSV begins with the mark by which Excel knows UTF-8 and has a row for every finding', async () => {
    const { name, path } = await downloaded(page, 'CSV');
    expect(name).toBe('São-07.csv');
    const bytes = readFileSync(path);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(bytes.toString().trim().split('\r\n')).toHaveLength(found + 1);
  });

  it.each([
    ['GeoJSON', 'São-07.geojson', { type: 'FeatureCollection' }],
    ['Web Annotation', 'São-07.annotations.jsonld', { type: 'AnnotationPage' }],
  ])('%s is JSON of its kind', async (button, fileName, kind) => {
    const { name, path } = await downloaded(page, button);
    expect(name).toBe(fileName);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject(kind);
  });

  it('YOLO holds every photo to the byte, and a label file for each', async () => {
    const { name, path } = await downloaded(page, 'YOLO');
    expect(name).toBe('São-07.yolo.zip');
    const files = unzipped(path);
    expect(new Set(images(files))).toEqual(original);
    expect([...files.keys()].filter((one) => /^labels\/.+\.txt$/.test(one))).toHaveLength(3);
    expect(files.get('data.yaml')?.toString()).toContain('names:');
  });

  it('COCO holds every photo to the byte, and what was accepted', async () => {
    const { path } = await downloaded(page, 'COCO');
    const files = unzipped(path);
    expect(new Set(images(files))).toEqual(original);
    const coco = JSON.parse(files.get('annotations.json')?.toString() ?? '') as {
      images: { file_name: string }[];
      annotations: unknown[];
    };
    expect(coco.annotations).toHaveLength(1);
    for (const { file_name: image } of coco.images) expect(files.has(`images/${image}`)).toBe(true);
  });

  const python = findPython('pycocotools.coco');
  it.skipIf(!python)('pycocotools reads the COCO file back (skipped: no Python has it)', async () => {
    const { path } = await downloaded(page, 'COCO');
    const json = join(folder, 'annotations.json');
    writeFileSync(json, unzipped(path).get('annotations.json') ?? '');
    const script = `
import json, sys
from pycocotools.coco import COCO
coco = COCO(sys.argv[1])
print(json.dumps({'photos': len(coco.imgs), 'areas': [a['area'] > 0 for a in coco.anns.values()]}))`;
    expect(runPython(python ?? '', script, json)).toEqual({ photos: 3, areas: [true] });
  });
});

const poppler = spawnSync('pdftotext', ['-v']).status === 0;

it('a cover is chosen and the inspection is signed by hand', async () => {
  await page.getByRole('button', { name: 'Cover photo' }).click();
  await page.getByRole('dialog').waitFor();
  expect(await audit(page), 'cover').toEqual([]);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Photo 2/ })
    .click();
  await signByHand(page);
  await page.reload();
  await page.getByText(/^Signed by Åse Nørgård/).waitFor();
});

it.skipIf(!poppler).each([
  ['Dansk', ['Inspektionsrapport', 'Åse Nørgård', 'São-07', 'Forkant']],
  ['Português', ['Relatório de inspeção', 'Åse Nørgård', 'Página 2 de', 'Bordo de ataque']],
  ['English', ['Inspection report', 'Åse Nørgård', 'Leading edge']],
] as const)('the report speaks %s (skipped without poppler)', async (language, words) => {
  await page.getByRole('radio', { name: language }).check({ force: true });
  await page.getByRole('button', { name: 'Make the report' }).click();
  const { name, path } = await downloaded(page, 'Save the PDF');
  if (language === 'Dansk') expect(await audit(page), 'report').toEqual([]);
  expect(name).toBe('São-07.pdf');
  if (process.env['LOUPE_REPORT_OUT']) {
    writeFileSync(join(process.env['LOUPE_REPORT_OUT'], `${language}.pdf`), readFileSync(path));
  }
  const text = spawnSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' }).stdout.toLowerCase();
  for (const word of words) expect(text).toContain(word.toLowerCase());
});

it('a bundle streams to the chosen place, and another tablet takes the same inspection in', async () => {
  const csv = readFileSync((await downloaded(page, 'CSV')).path, 'utf8');
  // The real picker waits for a person; what it gives is a real file handle all the same.
  await page.evaluate(() => {
    Object.assign(window, {
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) => {
        const folder = await navigator.storage.getDirectory();
        return folder.getFileHandle(`chosen ${suggestedName}`, { create: true });
      },
    });
  });
  await page.getByRole('button', { name: 'Save the bundle' }).click();
  const chosenBytes = () =>
    page.evaluate(async () => {
      const folder = await navigator.storage.getDirectory();
      const found = await folder.getFileHandle('chosen São-07.loupe.zip').catch(() => undefined);
      return found ? (await found.getFile()).size : 0;
    });
  // What is written appears in the file at its end, all at once.
  await expect.poll(chosenBytes).toBeGreaterThan(0);
  const base64 = await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle('chosen São-07.loupe.zip')).getFile();
    // Base64 in pieces: one call takes so many arguments and no more.
    const bytes = new Uint8Array(await file.arrayBuffer());
    let binary = '';
    for (let at = 0; at < bytes.length; at += 8192) {
      binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return btoa(binary);
  });
  const bundle = join(folder, 'São-07.loupe.zip');
  writeFileSync(bundle, Buffer.from(base64, 'base64'));

  await using other = await Tablet.start({ url });
  await withoutPicker(other);
  const there = await other.open('#/storage');
  await there.locator('input[type=file]').setInputFiles(bundle);
  await there.getByText('Taken in: São-07.').waitFor();
  await there.goto(`${url}/#/`);
  await there.getByRole('link', { name: /São-07/ }).click();
  await there.getByRole('link', { name: 'Report' }).click();
  await there.getByText(/^Signed by Åse Nørgård/).waitFor();
  expect(readFileSync((await downloaded(there, 'CSV')).path, 'utf8')).toBe(csv);
  const yolo = unzipped((await downloaded(there, 'YOLO')).path);
  expect(new Set(images(yolo))).toEqual(original);
  expect(other.pageErrors).toEqual([]);
});
