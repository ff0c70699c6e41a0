import type { PDFDocument } from 'pdfkit';
import type { Point } from '../../../core/contract/geometry.ts';
import type { ReportInput } from './report-input.ts';
import { BLADES, type ReportData, type ReportFinding } from './report-data.ts';
import { severityMark } from './marks.ts';
import type { Sheet } from './sheet.ts';
import { COLOUR, CONTENT, PAGE, SIZE } from './style.ts';
import { typeText, placeText, type Words } from './words.ts';

const ROW = 75;
const ROOT = 36;
const MARK = 15;
/** Size of a finding's number, in points. */
const NAME = 6.5;
/** Offsets of marks that would cover each other; the last is the uppermost. */
const LANES = [0, 23.5, -23.5];
const LEFT = PAGE.margin + 22;
const LENGTH = CONTENT - 34;

export const BLADE_MAP_HEIGHT = ROW * BLADES.length + 60;

/** Three blades from root to tip with their findings where they were measured to be. */
export function drawBladeMap(sheet: Sheet, input: ReportInput, data: ReportData, words: Words): void {
  const { t, upTo } = words;
  const lengthM = input.inspection.bladeLengthM;
  const note = lengthM ? t('report.map.note') : t('report.map.noLength');
  sheet.tag('P', () => {
    sheet.y += sheet.text(note, PAGE.margin, sheet.y, CONTENT, { size: SIZE.small, colour: COLOUR.soft }) + 8;
  });
  const top = sheet.y;
  const onMap = data.findings.filter(
    ({ place }) => along(place.fromRootM, place.toRootM, lengthM) !== undefined,
  );
  const placed = onMap.filter(({ place }) => place.component !== undefined);
  const listed = placed.map(
    (item) => `${item.name}: ${typeText(words, item.finding)}, ${placeText(words, item.place)}.`,
  );
  sheet.tag(
    'Figure',
    () => {
      BLADES.forEach((blade, index) => {
        const photographed = data.captures.some(({ place }) => place.component === blade);
        const y = top + index * ROW + ROW / 2;
        drawBlade(sheet, y, blade, photographed ? undefined : t('report.map.none'));
        const own = placed.filter(({ place }) => place.component === blade);
        drawMarks(sheet.doc, own, y, lengthM ?? 1);
      });
      if (lengthM) drawAxis(sheet, top + ROW * BLADES.length, lengthM, upTo);
    },
    {
      alt: t('report.map.alt', { findings: listed.length > 0 ? listed.join(' ') : t('report.map.altNone') }),
      bbox: [PAGE.margin, top, PAGE.margin + CONTENT, top + ROW * BLADES.length + 16],
      placement: 'Block',
    },
  );
  sheet.y = top + ROW * BLADES.length + (lengthM ? 22 : 6);
  const unplaced = data.findings.filter((item) => !placed.includes(item));
  if (unplaced.length === 0) return;
  sheet.tag('P', () => {
    const names = unplaced.map(({ name }) => name).join(', ');
    const text = t('report.map.unplaced', { count: unplaced.length, names });
    sheet.y += sheet.text(text, PAGE.margin, sheet.y, CONTENT, {
      size: SIZE.small,
      colour: COLOUR.soft,
      lines: 3,
    });
  });
}

function along(
  from: number | undefined,
  to: number | undefined,
  lengthM: number | undefined,
): number | undefined {
  if (from === undefined || !lengthM) return undefined;
  return Math.min(1, Math.max(0, (from + (to ?? from)) / 2 / lengthM));
}

function drawBlade(sheet: Sheet, y: number, blade: string, missing: string | undefined): void {
  const { doc } = sheet;
  doc.font('semibold').fontSize(SIZE.lead).fillColor(COLOUR.ink);
  doc.text(blade, PAGE.margin, y - 7, { lineBreak: false });
  const [x, end, half] = [LEFT, LEFT + LENGTH, ROOT / 2];
  doc.save().moveTo(x, y - half * 0.72);
  doc.bezierCurveTo(
    x + LENGTH * 0.1,
    y - half * 0.95,
    x + LENGTH * 0.2,
    y - half * 1.12,
    x + LENGTH * 0.32,
    y - half,
  );
  doc.bezierCurveTo(
    x + LENGTH * 0.6,
    y - half * 0.7,
    x + LENGTH * 0.9,
    y - half * 0.28,
    end - 4,
    y - half * 0.2,
  );
  doc.bezierCurveTo(end + 1, y - half * 0.1, end + 1, y + half * 0.12, end - 4, y + half * 0.14);
  doc.bezierCurveTo(x + LENGTH * 0.6, y + half * 0.55, x + LENGTH * 0.3, y + half * 0.95, x, y + half * 0.72);
  doc.closePath().lineWidth(0.9);
  if (missing) doc.dash(3, { space: 2.5 }).strokeColor(COLOUR.strong).stroke().undash();
  else doc.fillAndStroke(COLOUR.blade, COLOUR.strong);
  doc.restore();
  if (missing)
    sheet.text(missing, LEFT, y - 5, LENGTH * 0.8, {
      size: SIZE.small,
      align: 'center',
      colour: COLOUR.soft,
    });
}

/**
 * The gravest first, since they come in that order: what would cover one that is drawn goes above or below it,
 * and where three stand already it is counted above them.
 */
function drawMarks(doc: PDFDocument, findings: readonly ReportFinding[], y: number, lengthM: number): void {
  const drawn: { readonly x: number; readonly lane: number; more: number }[] = [];
  for (const item of findings) {
    const x = LEFT + LENGTH * (along(item.place.fromRootM, item.place.toRootM, lengthM) ?? 0);
    const near = drawn.filter((other) => Math.abs(other.x - x) < MARK + 2);
    const lane = LANES.findIndex((_, at) => near.every((other) => other.lane !== at));
    const full = near.find((other) => other.lane === LANES.length - 1);
    if (lane < 0 && full) full.more++;
    if (lane < 0) continue;
    drawn.push({ x, lane, more: 0 });
    const middle: Point = [x, y + (LANES[lane] ?? 0)];
    severityMark(doc, item.finding.severity?.value, middle, MARK);
    drawName(doc, item.name, x, middle[1] + MARK / 2 + 0.5);
  }
  const above = y + (LANES.at(-1) ?? 0) - MARK / 2 - NAME - 1.5;
  for (const { x, more } of drawn) if (more > 0) drawName(doc, `+${more}`, x, above);
}

function drawName(doc: PDFDocument, name: string, x: number, y: number): void {
  doc.font('semibold').fontSize(NAME).fillColor(COLOUR.ink);
  const width = doc.widthOfString(name);
  doc.rect(x - width / 2 - 1, y - 0.3, width + 2, NAME + 1).fill(COLOUR.white);
  doc.fillColor(COLOUR.ink).text(name, x - width / 2, y, { lineBreak: false });
}

function drawAxis(sheet: Sheet, y: number, lengthM: number, upTo: Words['upTo']): void {
  const { doc } = sheet;
  doc.save().lineWidth(0.6).strokeColor(COLOUR.strong);
  doc
    .moveTo(LEFT, y)
    .lineTo(LEFT + LENGTH, y)
    .stroke();
  const step = niceStep(lengthM);
  const ticks = Array.from({ length: Math.floor(lengthM / step) + 1 }, (_, index) => index * step);
  if (lengthM - (ticks.at(-1) ?? 0) > step * 0.35) ticks.push(lengthM);
  for (const tick of ticks) {
    const x = LEFT + (LENGTH * tick) / lengthM;
    doc
      .moveTo(x, y)
      .lineTo(x, y + 3)
      .stroke();
    const label = tick === ticks.at(-1) ? `${upTo(tick, 1)} m` : upTo(tick, 1);
    sheet.text(label, x - 25, y + 5, 50, { size: SIZE.tiny, align: 'center', colour: COLOUR.soft });
  }
  doc.restore();
}

/** 1, 2 or 5 times a power of ten that gives four to eight steps. */
function niceStep(length: number): number {
  const rough = length / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}
