import type { ReportInput } from './report-input.ts';
import { BLADES, isConfirmed, LEVELS, type ReportData } from './report-data.ts';
import { BLADE_MAP_HEIGHT, drawBladeMap } from './blade-map.ts';
import { heading, paragraph, subheading, table, textCell, type Column } from './blocks.ts';
import { severityMark } from './marks.ts';
import type { Sheet } from './sheet.ts';
import { COLOUR, CONTENT, PAGE, SIZE } from './style.ts';
import { placeText, type Words } from './words.ts';

export function drawSummary(sheet: Sheet, input: ReportInput, data: ReportData, words: Words): void {
  sheet.newPage();
  sheet.group('Sect', () => {
    heading(sheet, words.t('report.summary.title'));
    subheading(sheet, words.t('report.summary.bySeverity'), 0);
    drawSeverities(sheet, data, words);
    if (input.inspection.asset.type === 'turbine') {
      subheading(sheet, words.t('report.map.title'), 18);
      sheet.ensure(BLADE_MAP_HEIGHT);
      drawBladeMap(sheet, input, data, words);
      drawByBlade(sheet, data, words);
    }
    drawDecisions(sheet, data, words);
    drawClean(sheet, input, words);
  });
}

/** A bar for every level, the gravest first; its length is the number of confirmed findings. */
function drawSeverities(sheet: Sheet, { bySeverity }: ReportData, words: Words): void {
  const most = Math.max(1, ...bySeverity.values());
  const levels = LEVELS.filter(
    (level) => (level !== undefined && level > 0) || (bySeverity.get(level) ?? 0) > 0,
  );
  sheet.group('L', () => {
    for (const level of levels) drawLevel(sheet, level, bySeverity.get(level) ?? 0, most, words);
  });
}

function drawLevel(
  sheet: Sheet,
  level: (typeof LEVELS)[number],
  count: number,
  most: number,
  { t, number }: Words,
): void {
  const { y, doc } = sheet;
  const [left, full] = [PAGE.margin + 90, CONTENT - 130];
  sheet.artifact(() => {
    severityMark(doc, level, [PAGE.margin + 9, y + 9], 16);
    doc.rect(left, y + 4, full, 10).fill(COLOUR.sunken);
    if (count === 0) return;
    const fill = level === undefined ? COLOUR.white : COLOUR.severity[level];
    doc
      .lineWidth(0.7)
      .rect(left, y + 4, (full * count) / most, 10)
      .fillAndStroke(fill, COLOUR.ink);
  });
  sheet.group('LI', () => {
    const label =
      level === undefined ? t('report.summary.noSeverity') : t('report.summary.severity', { value: level });
    sheet.tag('Lbl', () => {
      sheet.text(label, PAGE.margin + 25, y + 3.6, 64, { size: SIZE.small, lines: 1 });
    });
    sheet.tag('LBody', () => {
      sheet.text(number(count), left + full + 8, y + 2.6, 32, { weight: 'semibold', align: 'right' });
    });
  });
  sheet.y += 21;
}

function drawByBlade(sheet: Sheet, { findings }: ReportData, { t, number }: Words): void {
  const confirmed = findings.filter(({ finding }) => isConfirmed(finding));
  if (confirmed.length === 0) return;
  const levels = [5, 4, 3, 2, 1, 0, undefined] as const;
  const columns: Column[] = [
    { title: t('report.summary.blade'), width: 115 },
    ...levels.map((level) => ({
      title: level === undefined ? t('report.summary.noSeverity') : String(level),
      width: level === undefined ? 80 : 41,
      align: 'right' as const,
    })),
    { title: t('report.summary.total'), width: CONTENT - 115 - 80 - 6 * 41, align: 'right' },
  ];
  const groups = [...BLADES, undefined].map((blade) => ({
    name: blade === undefined ? t('report.summary.elsewhere') : t('report.place.blade', { blade }),
    own: confirmed.filter(({ place }) => place.component === blade),
    shown: blade !== undefined,
  }));
  subheading(sheet, t('report.summary.byBlade'));
  table(
    sheet,
    columns,
    groups
      .filter(({ own, shown }) => shown || own.length > 0)
      .map(({ name, own }) => {
        const counts = levels.map(
          (level) => own.filter(({ finding }) => finding.severity?.value === level).length,
        );
        return [name, ...counts.map((count) => (count === 0 ? '–' : number(count))), number(own.length)].map(
          (text, index) =>
            textCell(sheet, text, columns[index] ?? { title: '', width: 40 }, {
              weight: index === 0 || index === columns.length - 1 ? 'semibold' : 'regular',
            }),
        );
      }),
  );
}

function drawDecisions(sheet: Sheet, { states }: ReportData, { t, number }: Words): void {
  const all = Object.values(states).reduce((sum, count) => sum + count, 0);
  subheading(sheet, t('report.summary.decisions'));
  const parts = (['accepted', 'edited', 'rejected', 'not-assessable', 'proposed'] as const)
    .filter((state) => states[state] > 0)
    .map((state) => `${t(`state.${state}`)} ${number(states[state])}`);
  paragraph(
    sheet,
    `${t('report.summary.of', { count: all })}${parts.length > 0 ? `: ${parts.join(' · ')}` : ''}.`,
  );
}

function drawClean(sheet: Sheet, { inspection }: ReportInput, words: Words): void {
  const { t, date } = words;
  const sides = inspection.cleanSides ?? [];
  subheading(sheet, t('report.summary.clean'));
  if (sides.length === 0) {
    paragraph(sheet, t('report.summary.cleanNone'), COLOUR.soft);
    return;
  }
  for (const { component, side, by, at } of sides) {
    const where = placeText(words, { side, ...(component && { component }) });
    paragraph(sheet, t('report.summary.cleanBy', { side: where, name: by, date: date(at) }));
  }
}
