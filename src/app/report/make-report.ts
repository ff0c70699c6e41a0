import type { PDFDocument } from 'pdfkit';
import type { CaptureId } from '../../../core/contract/ids.ts';
import { plainText } from '../../../core/export/plain-text.ts';
import { fail, succeed, type Outcome } from '../../../core/domain/outcome.ts';
import { COVER_PHOTO, coverCapture, drawCover } from './cover.ts';
import { drawFindingPage, findingWishes } from './finding-page.ts';
import { drawFindingsList } from './findings-list.ts';
import { drawMethod } from './method.ts';
import { drawPhotoIndex, type IndexEntry } from './photo-index.ts';
import { cutPictures, filling, type Picture } from './pictures.ts';
import { grouped, reportData, type ReportData } from './report-data.ts';
import type { ReportFailure, ReportInput, ReportOptions } from './report-input.ts';
import { Sheet } from './sheet.ts';
import { COLOUR, CONTENT, PAGE, SIZE } from './style.ts';
import { drawSummary } from './summary.ts';
import { assetAndSite, wordsOf, type Words } from './words.ts';

const INDEX_THUMB = 320;

/**
 * The inspection as a tagged PDF (PDF/UA-1), made on the device from what is passed in. Photos are opened one
 * at a time; what is finished is held as Blob parts. The library and its fonts load on the first call.
 */
export async function makeReport(
  input: ReportInput,
  { pageFromScore, onProgress, signal }: ReportOptions = {},
): Promise<Outcome<Blob, ReportFailure>> {
  try {
    const data = reportData(input, pageFromScore);
    const job = new Job(input, data, onProgress, signal);
    return succeed(await job.run());
  } catch (cause) {
    if (signal?.aborted) return fail({ kind: 'cancelled' });
    return fail({ kind: 'report-failed', detail: cause instanceof Error ? cause.message : String(cause) });
  }
}

class Job {
  readonly #input: ReportInput;
  readonly #data: ReportData;
  readonly #words: Words;
  readonly #onProgress: ReportOptions['onProgress'];
  readonly #signal: AbortSignal | undefined;
  readonly #steps: number;
  #done = 0;

  constructor(
    input: ReportInput,
    data: ReportData,
    onProgress: ReportOptions['onProgress'],
    signal: AbortSignal | undefined,
  ) {
    this.#input = input;
    this.#data = data;
    this.#words = wordsOf(input);
    this.#onProgress = onProgress;
    this.#signal = signal;
    this.#steps = data.findings.filter(({ hasPage }) => hasPage).length + data.captures.length + 2;
  }

  async run(): Promise<Blob> {
    const [{ PDFDocument }, { registerFonts }] = await Promise.all([import('pdfkit'), import('./fonts.ts')]);
    const doc = new PDFDocument(documentOptions(this.#input, this.#words));
    const finished = collect(doc);
    await registerFonts(doc);
    const sheet = new Sheet(doc);
    await this.#drawAll(sheet);
    numberPages(sheet, this.#input, this.#words);
    sheet.end();
    return finished;
  }

  async #drawAll(sheet: Sheet): Promise<void> {
    const [input, data, words] = [this.#input, this.#data, this.#words];
    const cover = coverCapture(input, data)?.id;
    const aspect = COVER_PHOTO.width / COVER_PHOTO.height;
    const wish = { shows: (photo: Picture['photo']) => filling(photo, aspect), longestSide: 1600 };
    const pictures = cover && (await this.#cut(cover, [wish]));
    drawCover(sheet, input, data, words, pictures?.[0]);
    drawSummary(sheet, input, data, words);
    drawFindingsList(sheet, data, words);
    this.#step();
    for (const item of data.findings.filter(({ hasPage }) => hasPage)) {
      const [crop, locator] = (item.capture && (await this.#cut(item.capture.id, findingWishes(item)))) ?? [];
      drawFindingPage(sheet, item, crop && locator && { crop, locator }, words);
      this.#step();
    }
    await drawPhotoIndex(sheet, this.#indexEntries(), words);
    drawMethod(sheet, input, words);
    this.#step();
  }

  async *#indexEntries(): AsyncGenerator<IndexEntry> {
    const findings = grouped(this.#data.findings, ({ finding }) => finding.captureId);
    for (const capture of this.#data.captures) {
      const small = (await this.#input.thumbnail(capture.id)) ?? (await this.#input.photo(capture.id));
      const pictures = small && (await cutPictures(small, [{ longestSide: INDEX_THUMB }]));
      yield { capture, thumbnail: pictures?.[0], findings: findings.get(capture.id) ?? [] };
      this.#step();
    }
  }

  async #cut(id: CaptureId, wishes: Parameters<typeof cutPictures>[1]) {
    const photo = await this.#input.photo(id);
    return photo && cutPictures(photo, wishes);
  }

  #step(): void {
    this.#signal?.throwIfAborted();
    this.#done += 1;
    this.#onProgress?.(this.#done, this.#steps);
  }
}

function documentOptions({ inspection, locale, madeAt, appVersion }: ReportInput, { t }: Words) {
  const asset = plainText(inspection.asset.tag);
  return {
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    // Pages stay open until the last, since each names how many there are.
    bufferPages: true,
    pdfVersion: '1.7',
    subset: 'PDF/UA',
    tagged: true,
    displayTitle: true,
    lang: locale,
    font: null,
    info: {
      Title: t('report.document', { asset, campaign: plainText(inspection.campaign) }),
      Author: plainText(inspection.inspector),
      Creator: `Loupe ${appVersion}`,
      CreationDate: new Date(madeAt),
      ModDate: new Date(madeAt),
    },
  } as const;
}

/** The document's bytes, kept as Blob parts, which browsers may hold on disk. */
function collect(doc: PDFDocument): Promise<Blob> {
  let blob = new Blob([], { type: 'application/pdf' });
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const flush = () => {
    blob = new Blob([blob, ...parts], { type: 'application/pdf' });
    [parts, size] = [[], 0];
  };
  return new Promise((resolve) => {
    doc.on('data', (chunk) => {
      parts.push(chunk);
      size += chunk.byteLength;
      if (size > 4_000_000) flush();
    });
    doc.on('end', () => {
      flush();
      resolve(blob);
    });
  });
}

/** Running head and foot of every page but the cover. */
function numberPages(sheet: Sheet, { inspection, madeAt, appVersion }: ReportInput, words: Words): void {
  const { t } = words;
  const { start, count } = sheet.doc.bufferedPageRange();
  const style = { size: SIZE.tiny, colour: COLOUR.soft, lines: 1 } as const;
  for (let page = start + 1; page < start + count; page += 1) {
    sheet.doc.switchToPage(page);
    sheet.artifact(() => {
      const head = [assetAndSite(inspection), inspection.campaign].filter(Boolean).join('  ·  ');
      sheet.text(head, PAGE.margin, 32, CONTENT, style);
      const foot = t('report.madeBy', { version: appVersion, date: words.dateTime(madeAt) });
      sheet.text(foot, PAGE.margin, PAGE.height - 38, CONTENT / 2, style);
      const number = t('report.page', { page: page - start + 1, pages: count });
      sheet.text(number, PAGE.margin + CONTENT / 2, PAGE.height - 38, CONTENT / 2, {
        ...style,
        align: 'right',
      });
    }, 'Pagination');
  }
}
