import type { Analysis } from '../../../core/contract/records.ts';
import { strokePath } from '../stroke-path.ts';
import { heading, paragraph, subheading, table, textCell, type Column } from './blocks.ts';
import { fit } from './marks.ts';
import type { ReportInput } from './report-input.ts';
import type { Sheet } from './sheet.ts';
import { COLOUR, CONTENT, PAGE, SIZE } from './style.ts';
import type { Words } from './words.ts';

/** How the figures came about: enough to repeat them. */
export function drawMethod(sheet: Sheet, input: ReportInput, words: Words): void {
  const { t } = words;
  sheet.newPage();
  sheet.group('Sect', () => {
    heading(sheet, t('report.method.title'));
    subheading(sheet, t('report.method.inspection'), 0);
    paragraph(sheet, t('report.method.inspectionText'));
    drawModels(sheet, input, words);
    drawSelfTests(sheet, input, words);
    subheading(sheet, t('report.method.uncertainty'));
    paragraph(sheet, t('report.method.uncertaintyText'));
    paragraph(sheet, t('report.method.severityText'));
    subheading(sheet, t('report.method.integrity'));
    paragraph(
      sheet,
      t('report.method.integrityText', { id: input.inspection.id, version: input.appVersion }),
    );
    drawSignature(sheet, input, words);
  });
}

/** Runs with the same model, runtime, precision, threshold and self-test are one row. */
function drawModels(sheet: Sheet, { analyses }: ReportInput, { t, number }: Words): void {
  subheading(sheet, t('report.method.models'));
  if (analyses.length === 0) {
    paragraph(sheet, t('report.method.noModel'), COLOUR.soft);
    return;
  }
  const runs = new Map<string, Analysis[]>();
  for (const analysis of analyses) {
    const { model, runtime, precision, threshold, selfTest } = analysis;
    const key = [model.sha256, runtime, precision, threshold, selfTest].join(' ');
    runs.set(key, [...(runs.get(key) ?? []), analysis]);
  }
  const columns: Column[] = [
    { title: t('report.method.model'), width: 190 },
    { title: t('report.method.runtime'), width: 104 },
    { title: t('report.method.threshold'), width: 64, align: 'right' },
    { title: t('report.method.selfTest'), width: 70 },
    { title: t('report.method.photos'), width: CONTENT - 190 - 104 - 64 - 70, align: 'right' },
  ];
  const rows = [...runs.values()].map((same) => {
    const [first] = same;
    if (!first) return [];
    const { model, runtime, precision, threads, threshold, selfTest } = first;
    const texts = [
      `${model.id} ${model.version}\n${t('report.method.hash')}\n${model.sha256.slice(0, 32)}\n${model.sha256.slice(32)}`,
      `${runtime}, ${precision}${runtime.endsWith('wasm') ? `, ×${threads}` : ''}`,
      number(threshold, 2),
      t(`report.method.${selfTest}`),
      number(new Set(same.map(({ captureId }) => captureId)).size),
    ];
    return columns.map((column, index) => textCell(sheet, texts[index] ?? '', column));
  });
  table(sheet, columns, rows);
}

function drawSelfTests(sheet: Sheet, { selfTests }: ReportInput, { t, dateTime, significant }: Words): void {
  if (selfTests.length === 0) return;
  subheading(sheet, t('report.method.tests'));
  for (const { model, runtime, precision, verdict, worstError, at } of selfTests) {
    paragraph(
      sheet,
      t('report.method.test', {
        model: `${model.id} ${model.version}`,
        runtime,
        precision,
        verdict: t(`report.method.${verdict}`),
        error: significant(worstError),
        date: dateTime(at),
      }),
    );
  }
}

/** Where the ink goes, in points. */
const INK = { width: 230, height: 62 } as const;

function drawSignature(sheet: Sheet, { inspection }: ReportInput, { t, dateTime }: Words): void {
  const { doc } = sheet;
  const { signature } = inspection;
  subheading(sheet, t('report.signature.title'), 24);
  sheet.ensure(100);
  const line = sheet.y + 66;
  if (signature && signature.strokes.length > 0) {
    const { width, height } = fit(signature.size, INK);
    const [left, top] = [PAGE.margin, line - height];
    sheet.tag(
      'Figure',
      () => {
        doc.save().translate(left, top);
        doc
          .scale(width / signature.size.width)
          .lineWidth(2.5)
          .lineCap('round')
          .lineJoin('round');
        for (const stroke of signature.strokes) doc.path(strokePath(stroke)).stroke(COLOUR.ink);
        doc.restore();
      },
      {
        alt: t('report.signature.alt', { name: signature.by }),
        bbox: [left, top, left + width, line],
        placement: 'Block',
      },
    );
  }
  sheet.artifact(() => {
    doc.save().lineWidth(0.8).strokeColor(COLOUR.ink);
    doc
      .moveTo(PAGE.margin, line)
      .lineTo(PAGE.margin + 240, line)
      .stroke();
    doc.restore();
  });
  const text = signature
    ? t('report.signature.by', { name: signature.by, date: dateTime(signature.at) })
    : t('report.signature.missing');
  sheet.tag('P', () => {
    sheet.y =
      line + 4 + sheet.text(text, PAGE.margin, line + 4, CONTENT, { size: SIZE.small, colour: COLOUR.soft });
  });
}
