import type { Capture } from '../../../core/contract/records.ts';
import type { ReportInput } from './report-input.ts';
import type { ReportData } from './report-data.ts';
import { fields, type Field } from './blocks.ts';
import { severityMark } from './marks.ts';
import type { Picture } from './pictures.ts';
import type { Sheet } from './sheet.ts';
import { COLOUR, CONTENT, PAGE, SIZE } from './style.ts';
import { assetAndSite, placeText, type Words } from './words.ts';

/** Of the cover's photo, in points. */
export const COVER_PHOTO = { width: PAGE.width, height: 400 } as const;

export function drawCover(
  sheet: Sheet,
  input: ReportInput,
  data: ReportData,
  words: Words,
  picture: Picture | undefined,
): void {
  sheet.newPage();
  const { inspection } = input;
  const { t } = words;
  drawPhoto(sheet, coverCapture(input, data), words, picture);
  sheet.y = (picture ? COVER_PHOTO.height : 120) + 30;
  sheet.tag('P', () => {
    sheet.y += sheet.text(t('report.title'), PAGE.margin, sheet.y, CONTENT, {
      size: SIZE.lead,
      weight: 'semibold',
      colour: COLOUR.accent,
    });
  });
  sheet.tag('H1', () => {
    const title = assetAndSite(inspection);
    sheet.y += sheet.text(title, PAGE.margin, sheet.y, CONTENT, {
      size: SIZE.cover,
      weight: 'semibold',
      lines: 2,
    });
  });
  sheet.tag('P', () => {
    sheet.y +=
      sheet.text(inspection.campaign, PAGE.margin, sheet.y + 2, CONTENT, { size: SIZE.title, lines: 2 }) + 14;
  });
  if (data.states.proposed > 0) drawDraftNote(sheet, t('report.draft', { count: data.states.proposed }));
  drawFigures(sheet, data, words);
  const grid = { x: PAGE.margin, y: sheet.y + 20, width: CONTENT, columns: 3 };
  sheet.y += 20 + fields(sheet, coverFields(input, data, words), grid);
}

/** The chosen photo, else that of the gravest finding, else the first. */
export function coverCapture({ inspection, captures }: ReportInput, data: ReportData): Capture | undefined {
  const chosen = captures.find(({ id }) => id === inspection.coverCaptureId);
  return chosen ?? data.findings[0]?.capture ?? data.captures[0];
}

function drawPhoto(
  sheet: Sheet,
  capture: Capture | undefined,
  { t, ...words }: Words,
  picture: Picture | undefined,
): void {
  const { doc } = sheet;
  if (!picture) {
    sheet.artifact(() => doc.rect(0, 0, PAGE.width, 120).fill(COLOUR.accent));
    return;
  }
  const place = capture ? placeText({ t, ...words }, capture.place) : '';
  sheet.tag('Figure', () => doc.image(doc.openImage(picture.jpeg), 0, 0, COVER_PHOTO), {
    alt: t('report.cover.photo', { place }),
    bbox: [0, 0, COVER_PHOTO.width, COVER_PHOTO.height],
  });
  sheet.artifact(() => doc.rect(0, COVER_PHOTO.height, PAGE.width, 5).fill(COLOUR.accent));
}

function drawDraftNote(sheet: Sheet, text: string): void {
  const width = sheet.widthOf(text, { weight: 'semibold' }) + 24;
  const top = sheet.y;
  sheet.artifact(() =>
    sheet.doc.roundedRect(PAGE.margin, top, Math.min(width, CONTENT), 24, 6).fill(COLOUR.warnWash),
  );
  sheet.tag('P', () => {
    sheet.text(text, PAGE.margin + 12, top + 5.5, CONTENT - 24, {
      weight: 'semibold',
      colour: COLOUR.warnInk,
      lines: 1,
    });
  });
  sheet.y += 36;
}

/** Stands for the severity mark, and for itself where there is none. */
const MARK = '–';

/** Photos, findings, highest severity: the three numbers that are asked for first. */
function drawFigures(sheet: Sheet, { captures, states, highest }: ReportData, { t, number }: Words): void {
  const confirmed = states.accepted + states.edited;
  const top = sheet.y;
  const column = CONTENT / 3;
  const figure = (index: number, value: string, label: string) => {
    const x = PAGE.margin + index * column;
    sheet.group('LI', () => {
      sheet.tag('Lbl', () => {
        sheet.text(label, x, top + 38, column - 12, { colour: COLOUR.soft });
      });
      sheet.tag('LBody', () => {
        if (value === MARK && highest !== undefined) severityMark(sheet.doc, highest, [x + 17, top + 18], 32);
        else sheet.text(value, x, top, column, { size: 28, weight: 'semibold' });
      });
    });
  };
  sheet.group('L', () => {
    figure(0, number(captures.length), t('report.cover.photos', { count: captures.length }));
    figure(1, number(confirmed), t('report.cover.confirmed', { count: confirmed }));
    figure(2, MARK, t('report.cover.highest'));
  });
  sheet.y = top + 56;
}

function coverFields({ inspection: i }: ReportInput, { captures }: ReportData, words: Words): Field[] {
  const { t, number, date } = words;
  const maker = [i.asset.maker, i.asset.model].filter(Boolean).join(' ');
  const serials = (i.components ?? []).map(({ position, serial }) =>
    [position, serial].filter(Boolean).join(' '),
  );
  const at = captures[0]?.createdAt ?? i.createdAt;
  const known: readonly (readonly [name: string, value: string | undefined])[] = [
    ['site', [i.site, i.country].filter(Boolean).join(', ')],
    ['asset', i.asset.tag],
    ['date', date(at)],
    ['inspector', i.inspector],
    ['method', t(`method.${i.method}`)],
    ['assetState', i.assetState && t(`report.assetState.${i.assetState}`)],
    ['weather', i.weather],
    ['operator', i.operator],
    ['model', maker],
    ['serial', [i.asset.serial, ...serials].filter(Boolean).join('\n')],
    ['bladeLength', i.bladeLengthM === undefined ? undefined : `${number(i.bladeLengthM, 1)} m`],
    ['position', i.position && `${number(i.position.latitude, 5)}°, ${number(i.position.longitude, 5)}°`],
  ];
  return known.flatMap(([name, value]) => (value ? [{ name: t(`report.field.${name}`), value }] : []));
}
