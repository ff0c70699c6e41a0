import { heading, paragraph, table, textCell, type Cell, type Column } from './blocks.ts';
import { severityMark } from './marks.ts';
import { isConfirmed, type ReportData, type ReportFinding } from './report-data.ts';
import type { Sheet } from './sheet.ts';
import { COLOUR, CONTENT, SIZE } from './style.ts';
import { measuredText, placeText, typeText, type Words } from './words.ts';

/** Every finding that counts or waits, one row each; names of those with a page of their own lead there. */
export function drawFindingsList(sheet: Sheet, { findings }: ReportData, words: Words): void {
  const { t } = words;
  sheet.newPage();
  sheet.group('Sect', () => {
    heading(sheet, t('report.list.title'));
    if (findings.length === 0) {
      paragraph(sheet, t('report.list.none'));
      return;
    }
    paragraph(sheet, t('report.list.more'), COLOUR.soft);
    sheet.y += 6;
    const columns: Column[] = [
      { title: t('report.list.name'), width: 34 },
      { title: t('report.list.severity'), width: 34 },
      { title: t('report.list.type'), width: 158 },
      { title: t('report.list.size'), width: 94 },
      { title: t('report.list.decision'), width: 86 },
      { title: t('report.list.action'), width: CONTENT - 34 - 34 - 158 - 94 - 86 },
    ];
    table(
      sheet,
      columns,
      findings.map((item) => row(sheet, item, columns, words)),
    );
  });
}

function row(sheet: Sheet, item: ReportFinding, columns: readonly Column[], words: Words): Cell[] {
  const { finding, place, name, hasPage } = item;
  const { t, day } = words;
  const [first, , third, fourth, fifth, sixth] = columns as readonly [
    Column,
    Column,
    Column,
    Column,
    Column,
    Column,
  ];
  const due = finding.due && t('report.finding.due', { date: day(finding.due) });
  const action = finding.action ? t(`report.action.${finding.action}`) : '';
  const decision = isConfirmed(finding) ? t(`state.${finding.state}`) : t('report.finding.undecided');
  return [
    textCell(sheet, name, first, {
      weight: 'semibold',
      ...(hasPage ? { goTo: name, colour: COLOUR.accent } : {}),
    }),
    markCell(sheet, finding.severity?.value),
    twoLines(sheet, typeText(words, finding), placeText(words, place, true), third),
    textCell(sheet, sizeText(item, words), fourth),
    textCell(
      sheet,
      decision,
      fifth,
      isConfirmed(finding) ? {} : { weight: 'semibold', colour: COLOUR.warnInk },
    ),
    textCell(sheet, [action, due].filter(Boolean).join(', '), sixth),
  ];
}

const markCell = (sheet: Sheet, value: number | undefined): Cell => ({
  height: 17,
  draw: (x, y) => severityMark(sheet.doc, value, [x + 8.5, y + 8], 16),
});

function twoLines(sheet: Sheet, first: string, second: string, column: Column): Cell {
  const strong = textCell(sheet, first, column, { weight: 'semibold', size: SIZE.small + 0.5 });
  const soft = textCell(sheet, second, column, { colour: COLOUR.soft });
  return {
    height: strong.height + soft.height,
    draw: (x, y) => {
      strong.draw(x, y);
      soft.draw(x, y + strong.height);
    },
  };
}

function sizeText({ finding: { size, type } }: ReportFinding, words: Words): string {
  const main = type === 'crack' && size?.crackWidthMm !== 'not-measurable' ? size?.crackWidthMm : undefined;
  const texts = [measuredText(words, size?.lengthCm, 'cm')];
  if (size?.lengthCm !== undefined && size.lengthCm !== 'not-measurable') {
    if (main) texts.push(measuredText(words, main, 'mm'));
    else if (size.areaCm2 !== 'not-measurable') texts.push(measuredText(words, size.areaCm2, 'cm²'));
  }
  return texts.join('\n');
}
