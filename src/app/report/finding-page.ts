import type { Scale, SeverityScale } from '../../../core/contract/records.ts';
import { fields } from './blocks.ts';
import { decisionFacts, sizeFacts } from './finding-facts.ts';
import { fit, outline, severityMark } from './marks.ts';
import { around, type Picture } from './pictures.ts';
import { boundingBox } from '../../../core/export/export-set.ts';
import type { ReportFinding } from './report-data.ts';
import type { Sheet } from './sheet.ts';
import { COLOUR, CONTENT, PAGE, SIZE } from './style.ts';
import { placeText, typeText, type Words } from './words.ts';

const CROP = { width: CONTENT, height: 330 } as const;
const LOCATOR = { width: 140, height: 140 } as const;

export interface FindingPictures {
  readonly crop: Picture;
  readonly locator: Picture;
}

/** What to cut from a finding's photo for its page. */
export const findingWishes = (item: ReportFinding) =>
  [
    {
      shows: (photo: { width: number; height: number }) =>
        around(boundingBox(item.finding.geometry), photo, CROP.width / CROP.height),
      longestSide: 1400,
    },
    { longestSide: 420 },
  ] as const;

/** One page: what, where, how large, how grave, who decided; nothing runs over to a second. */
export function drawFindingPage(
  sheet: Sheet,
  item: ReportFinding,
  pictures: FindingPictures | undefined,
  words: Words,
): void {
  sheet.newPage();
  sheet.group('Sect', () => {
    drawTitle(sheet, item, words);
    drawCrop(sheet, item, pictures?.crop, words);
    const top = sheet.y;
    const right = PAGE.margin + LOCATOR.width + 24;
    const width = CONTENT - LOCATOR.width - 24;
    drawLocator(sheet, item, pictures, words, top);
    sheet.y = top;
    drawSeverity(sheet, item, words, right, width);
    sheet.y += fields(sheet, sizeFacts(item.finding, words), { x: right, y: sheet.y, width, columns: 3 });
    sheet.y += fields(sheet, decisionFacts(item, words), { x: right, y: sheet.y, width, columns: 2 });
    sheet.y = Math.max(sheet.y, top + LOCATOR.height + 40);
    drawNote(sheet, item, words);
  });
}

function drawTitle(sheet: Sheet, item: ReportFinding, words: Words): void {
  const { name, finding, place } = item;
  const title = `${name}  ${typeText(words, finding)}`;
  sheet.doc.addNamedDestination(name, 'XYZ', 0, 0, null);
  sheet.doc.outline.addItem(title);
  // The severity is said in words further down.
  sheet.artifact(() => {
    severityMark(sheet.doc, finding.severity?.value, [PAGE.margin + 17, sheet.y + 19], 34);
  });
  sheet.tag('H2', () => {
    sheet.text(title, PAGE.margin + 46, sheet.y, CONTENT - 46, {
      size: SIZE.title,
      weight: 'semibold',
      lines: 1,
    });
  });
  sheet.tag('P', () => {
    sheet.text(placeText(words, place), PAGE.margin + 46, sheet.y + 23, CONTENT - 46, {
      colour: COLOUR.soft,
      lines: 1,
    });
  });
  sheet.y += 50;
}

function drawCrop(sheet: Sheet, item: ReportFinding, crop: Picture | undefined, words: Words): void {
  const { doc } = sheet;
  const top = sheet.y;
  if (!crop) {
    sheet.artifact(() => doc.roundedRect(PAGE.margin, top, CONTENT, 60, 6).fill(COLOUR.sunken));
    sheet.tag('P', () => {
      sheet.text(words.t('report.noPhoto'), PAGE.margin + 16, top + 22, CONTENT - 32, {
        colour: COLOUR.soft,
      });
    });
    sheet.y = top + 76;
    return;
  }
  const size = fit(crop.size, CROP);
  const at = [PAGE.margin + (CONTENT - size.width) / 2, top] as const;
  sheet.tag(
    'Figure',
    () => {
      doc.image(doc.openImage(crop.jpeg), at[0], at[1], size);
      outline(doc, item.finding.geometry, { at: [...at], width: size.width, shows: crop.shows });
      if (item.capture?.scale) drawScaleBar(sheet, item.capture.scale, [...at], size, crop, words);
    },
    {
      alt: words.t('report.finding.crop', { type: typeText(words, item.finding) }),
      bbox: [at[0], at[1], at[0] + size.width, at[1] + size.height],
      placement: 'Block',
    },
  );
  sheet.y = top + size.height + 18;
}

/** A bar of a round length, about a fifth of the picture, in its lower left corner. */
function drawScaleBar(
  sheet: Sheet,
  { mmPerPixel }: Scale,
  [x, y]: [number, number],
  size: { readonly width: number; readonly height: number },
  crop: Picture,
  { t, upTo }: Words,
): void {
  const cmPerPoint = ((crop.shows.width / size.width) * mmPerPixel) / 10;
  const rough = cmPerPoint * size.width * 0.2;
  const power = 10 ** Math.floor(Math.log10(rough));
  const length = ([5, 2, 1].find((factor) => factor * power <= rough) ?? 1) * power;
  const points = length / cmPerPoint;
  const [left, base] = [x + 12, y + size.height - 14];
  const { doc } = sheet;
  doc
    .save()
    .roundedRect(left - 6, base - 18, points + 12, 25, 4)
    .fillColor(COLOUR.ink, 0.72)
    .fill();
  doc.restore().save().lineWidth(1.6).strokeColor(COLOUR.white);
  doc
    .moveTo(left, base - 4)
    .lineTo(left, base)
    .lineTo(left + points, base)
    .lineTo(left + points, base - 4)
    .stroke();
  doc.restore();
  const label = t('report.finding.scaleBar', { length: upTo(length, 2) });
  const wide = Math.max(points, 50);
  sheet.text(label, left + points / 2 - wide / 2, base - 15, wide, {
    size: SIZE.small,
    weight: 'semibold',
    colour: COLOUR.white,
    align: 'center',
  });
}

function drawLocator(
  sheet: Sheet,
  item: ReportFinding,
  pictures: FindingPictures | undefined,
  words: Words,
  top: number,
): void {
  sheet.y = top;
  if (pictures) {
    const { locator, crop } = pictures;
    const { doc } = sheet;
    const size = fit(locator.size, LOCATOR);
    sheet.tag(
      'Figure',
      () => {
        doc.image(doc.openImage(locator.jpeg), PAGE.margin, top, size);
        const frame = crop.shows;
        const box = { kind: 'box', box: frame } as const;
        outline(doc, box, { at: [PAGE.margin, top], width: size.width, shows: locator.shows });
      },
      {
        alt: words.t('report.finding.locator'),
        bbox: [PAGE.margin, top, PAGE.margin + size.width, top + size.height],
        placement: 'Block',
      },
    );
    sheet.y = top + size.height + 6;
  }
  const { capture } = item;
  if (!capture) return;
  sheet.tag('P', () => {
    const name = words.t('report.finding.photoFile', { name: capture.fileName });
    const style = { size: SIZE.tiny, colour: COLOUR.soft, lines: 2 };
    const used = sheet.text(name, PAGE.margin, sheet.y, LOCATOR.width, style);
    sheet.text(words.dateTime(capture.createdAt), PAGE.margin, sheet.y + used, LOCATOR.width, style);
  });
}

/** Scales whose text could not be read first-hand. */
const GUIDANCE: readonly SeverityScale[] = ['EPRI-5', 'IEA-T46', 'AASHTO-CW'];

/** Scale, value, how far it may be off, and what matched. */
function drawSeverity(
  sheet: Sheet,
  { finding }: ReportFinding,
  words: Words,
  x: number,
  width: number,
): void {
  const { t } = words;
  const { severity } = finding;
  const put = (text: string, style: Parameters<Sheet['text']>[4]) => {
    sheet.tag('P', () => {
      sheet.y += sheet.text(text, x, sheet.y, width, style);
    });
  };
  put(t('report.finding.severity'), { size: SIZE.small, colour: COLOUR.soft });
  if (!severity) {
    put(t('report.finding.noSeverity'), { colour: COLOUR.soft });
    sheet.y += 8;
    return;
  }
  const { scale, value, uncertainty, criteria } = severity;
  const off = uncertainty > 0 ? `, ${t('report.finding.uncertainty', { count: uncertainty })}` : '';
  const name = GUIDANCE.includes(scale) ? t('report.finding.guided', { scale }) : scale;
  const top = scale === 'AASHTO-CW' ? 4 : 5;
  put(`${t('report.finding.scale', { scale: name, value, top })}${off}`, { weight: 'semibold' });
  const matched = criteria.length > 0 ? criteria.join('; ') : t('report.finding.noCriteria');
  put(matched, { size: SIZE.small, lines: 4 });
  sheet.y += 10;
}

const SCALE_TEXT = { 'two-taps': 'scaleTaps', chord: 'scaleChord', camera: 'scaleCamera' } as const;

function drawNote(sheet: Sheet, { finding, capture, reviews }: ReportFinding, words: Words): void {
  const { t, number } = words;
  const put = (text: string, lines: number, style: Parameters<Sheet['text']>[4] = {}) => {
    const room = Math.floor((PAGE.bottom - sheet.y) / 14);
    if (room < 1) return;
    sheet.tag('P', () => {
      sheet.y +=
        sheet.text(text, PAGE.margin, sheet.y, CONTENT, { ...style, lines: Math.min(lines, room) }) + 3;
    });
  };
  const note = finding.note ?? reviews.at(-1)?.reason;
  if (note) {
    put(t('report.finding.note'), 1, { size: SIZE.small, colour: COLOUR.soft });
    put(note, 12);
    sheet.y += 6;
  }
  if (finding.ndtRecommended) put(t('report.finding.ndt'), 1, { weight: 'semibold' });
  if (finding.growthCm) {
    const { value, uncertainty } = finding.growthCm;
    put(t('report.finding.growth', { value: number(value, 1), uncertainty: number(uncertainty, 1) }), 1);
  }
  const soft = { size: SIZE.small, colour: COLOUR.soft };
  const { scale } = capture ?? {};
  if (scale) {
    const digits = scale.uncertainty < 0.01 ? 3 : 2;
    const mm = `${number(scale.mmPerPixel, digits)} ± ${number(scale.uncertainty, digits)}`;
    put(t(`report.finding.${SCALE_TEXT[scale.method]}`, { mm }), 1, soft);
  } else put(t('report.finding.noScale'), 1, soft);
  if (reviews.length > 1) put(t('report.finding.history', { count: reviews.length }), 1, soft);
}
