import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixturePhotos, ReportBrowser } from './report-browser.ts';
import type { RenderWish } from './render-in-page.ts';

let browser: ReportBrowser;
let photos: RenderWish['photos'] = [];
let folder = '';

beforeAll(async () => {
  const fixture = await fixturePhotos();
  photos = fixture.map(({ photo }) => photo);
  browser = await ReportBrowser.open(fixture.map(({ bytes }) => bytes));
  folder = mkdtempSync(join(tmpdir(), 'loupe-report-'));
}, 120_000);
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

async function render(name: string, wish: Partial<RenderWish> = {}) {
  const result = await browser.page.evaluate((all) => window.renderReport(all), { photos, ...wish });
  const file = join(process.env['LOUPE_REPORT_OUT'] ?? folder, `${name}.pdf`);
  if (result.pdf) writeFileSync(file, Buffer.from(result.pdf, 'base64'));
  return { ...result, file };
}

const poppler = spawnSync('pdftotext', ['-v']).status === 0;
const run = (tool: string, ...args: string[]) => spawnSync(tool, args, { encoding: 'utf8' }).stdout;

describe('report', () => {
  test('is a tagged PDF/UA whose every text is in the catalogue', async () => {
    const { pdf, file, missing, progress } = await render('report');
    expect(missing).toEqual([]);
    expect(pdf).toBeDefined();
    const raw = readFileSync(file, 'latin1');
    expect(raw).toMatch(/^%PDF-1\.7/);
    expect(raw).toMatch(/\/Marked true/);
    expect(raw).toContain('/StructTreeRoot');
    expect(raw).toContain('pdfuaid:part');
    expect(raw).toContain('/FontFile2');
    expect(progress.at(-1)).toBe(1);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
  });

  test.skipIf(!poppler)(
    'reads back as text with its Danish and Portuguese letters (skipped without poppler)',
    async () => {
      const { file } = await render('letters');
      const text = run('pdftotext', '-layout', file, '-');
      for (const word of ['Åse Nørgård', 'São João Energia Eólica', 'Risø', 'João Conceição']) {
        expect(text).toContain(word);
      }
      expect(text.replace(/\s+/g, ' ')).toContain('ÆØÅ æøå ÃÕÇ ãõç áéíóú âêô à ü');
      const fonts = run('pdffonts', file).split('\n').slice(2).filter(Boolean);
      expect(fonts.length).toBeGreaterThan(0);
      // emb, sub and uni of pdffonts: embedded, subset, with a map to Unicode
      for (const font of fonts) expect(font).toMatch(/yes yes yes/);
    },
  );

  test.skipIf(!poppler).each([
    ['da-DK', ['Inspektionsrapport', 'Længde', '19,1 m', '14. september 2026', 'Højeste alvor']],
    ['pt-PT', ['Relatório de inspeção', 'Página 2 de', '19,1 m', 'Índice de fotografias']],
  ] as const)('speaks %s, numbers and dates too (skipped without poppler)', async (locale, words) => {
    const { file, missing } = await render(locale, { locale });
    expect(missing).toEqual([]);
    const text = run('pdftotext', '-layout', file, '-').toLowerCase();
    for (const word of words) expect(text).toContain(word.toLowerCase());
  });

  test.skipIf(!poppler)('shows a hostile file name as text and no bidi control', async () => {
    const { file } = await render('hostile');
    const text = run('pdftotext', file, '-');
    expect(text).not.toContain('\u202E');
    expect(text.replace(/\s+/g, '')).toContain('<imgsrc=xon');
  });

  test('an inspection with nothing in it still makes a report', async () => {
    const { pdf, missing } = await render('empty', { empty: true, unsigned: true });
    expect(missing).toEqual([]);
    expect(pdf).toBeDefined();
  });

  test('photos that are gone leave their place, not the report', async () => {
    const gone = photos.map((photo) => ({ ...photo, url: '/gone.bin' }));
    const { pdf } = await render('gone', { photos: gone });
    expect(pdf).toBeDefined();
  });

  test('stops when asked to', async () => {
    const { failure } = await render('stopped', { abortAfter: 1 });
    expect(failure).toEqual({ ok: false, kind: 'cancelled' });
  });
});
