import type { Capture } from '../../../core/contract/records.ts';
import { heading } from './blocks.ts';
import { fit } from './marks.ts';
import type { Picture } from './pictures.ts';
import type { ReportFinding } from './report-data.ts';
import type { Sheet } from './sheet.ts';
import { COLOUR, CONTENT, PAGE, SIZE } from './style.ts';
import { placeText, type Words } from './words.ts';

const COLUMNS = 4;
const GAP = 12;
const CELL = (CONTENT - GAP * (COLUMNS - 1)) / COLUMNS;
const THUMB = { width: CELL, height: CELL * 0.72 } as const;
const ROW = THUMB.height + 76;

export interface IndexEntry {
  readonly capture: Capture;
  readonly thumbnail: Picture | undefined;
  readonly findings: readonly ReportFinding[];
}

/** All photos in the order they were taken. Thumbnails come one by one, so that a big day needs no big memory. */
export async function drawPhotoIndex(
  sheet: Sheet,
  entries: AsyncIterable<IndexEntry>,
  words: Words,
): Promise<void> {
  sheet.newPage();
  heading(sheet, words.t('report.photos.title'));
  let column = 0;
  for await (const entry of entries) {
    if (column === 0) sheet.ensure(ROW);
    drawEntry(sheet, entry, PAGE.margin + column * (CELL + GAP), words);
    column = (column + 1) % COLUMNS;
    if (column === 0) sheet.y += ROW;
  }
  if (column > 0) sheet.y += ROW;
}

function drawEntry(
  sheet: Sheet,
  { capture, thumbnail, findings }: IndexEntry,
  x: number,
  words: Words,
): void {
  const { doc, y } = sheet;
  const { t } = words;
  const names = findings.map(({ name }) => name).join(', ');
  sheet.artifact(() => doc.rect(x, y, THUMB.width, THUMB.height).fill(COLOUR.sunken));
  if (thumbnail) {
    const size = fit(thumbnail.size, THUMB);
    const [left, top] = [x + (THUMB.width - size.width) / 2, y + (THUMB.height - size.height) / 2];
    sheet.tag('Figure', () => doc.image(doc.openImage(thumbnail.jpeg), left, top, size), {
      alt: capture.fileName,
      bbox: [left, top, left + size.width, top + size.height],
      placement: 'Block',
    });
  }
  const flags = capture.quality?.flags ?? [];
  const lines = [
    { text: capture.fileName, style: { weight: 'semibold', lines: 1 } as const },
    { text: placeText(words, capture.place, true), style: { lines: 2 } },
    { text: names || t('report.photos.none'), style: { colour: COLOUR.soft, lines: 1 } },
    { text: capture.sha256.slice(0, 16), style: { colour: COLOUR.soft, lines: 1 } },
    ...(flags.length === 0
      ? []
      : [
          {
            text: t('report.photos.quality', {
              flags: flags.map((flag) => t(`report.photos.${flag}`)).join(', '),
            }),
            style: { colour: COLOUR.warnInk, lines: 1 },
          },
        ]),
  ];
  sheet.tag('P', () => {
    let top = y + THUMB.height + 4;
    for (const { text, style } of lines) {
      top += sheet.text(text, x, top, CELL, { size: SIZE.tiny, ...style }) + 0.5;
    }
  });
}
