import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import type { EvaluationReport } from './report.ts';
import type { ReportSet } from './report-sets.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/MODELS.md');
const BEGIN = '<!-- written by `npm run evaluate -- --all` -->';
const END = '<!-- end of what is written -->';
const COLUMNS = [
  'pack',
  'figure',
  'value',
  '95 % interval',
  'by training',
  'apart, points',
  'photos',
  'in the browser',
];

export interface Measured {
  readonly set: ReportSet;
  readonly report: EvaluationReport;
}

type Row = readonly string[];
const line = (cells: Row): string => `| ${cells.join(' | ')} |`;

export const tableOf = (rows: readonly Row[]): string =>
  [COLUMNS, COLUMNS.map(() => '---'), ...rows].map(line).join('\n');

/** A row for every figure, beside what training measured with the same file or with fp32. */
export function rowsOf({ id, version, metrics }: ModelManifest, { set, report }: Measured): readonly Row[] {
  // No times: an evaluation runs on whatever machine is at hand; `npm run bench -- models` measures them.
  const how = `${report.runtime} ${report.precision}`;
  const shown = Object.entries(report.metrics).filter(([name]) => name !== 'references');
  return shown.map(([key, value]) => {
    const name = key.replace(/_$/, '');
    const same = metrics.filter(
      (metric) => metric.name === `${name}${set.suffix ?? ''}` && metric.data.startsWith(set.trained),
    );
    const trained =
      same.find(({ precision }) => precision === report.precision && precision === 'uint8') ??
      same.find(({ precision }) => precision === 'fp32');
    return [
      `${id} ${version}`,
      name,
      value.toFixed(3),
      span(...(report.interval95?.[key] ?? [])),
      trained?.value.toFixed(3) ?? '',
      trained === undefined ? '' : apart(name, value, trained.value),
      `${report.images} of ${set.name}`,
      how,
    ];
  });
}

/** How far two figures lie apart in points of a hundred; areas are given in points already. */
const apart = (name: string, value: number, other: number): string =>
  (Math.abs(value - other) * (name === 'areaError' ? 1 : 100)).toFixed(2);

const span = (low?: number, high?: number): string =>
  low === undefined || high === undefined ? '' : `${low.toFixed(3)} to ${high.toFixed(3)}`;

/** The rows that docs/MODELS.md holds of a pack's version now. */
export async function writtenRows({ id, version }: ModelManifest): Promise<readonly Row[]> {
  const [, table] = split(await readFile(PAGE, 'utf8'));
  return table
    .split('\n')
    .map((row) => row.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .filter(([pack]) => pack === `${id} ${version}`);
}

export async function writeTable(table: string): Promise<void> {
  const [before, , after] = split(await readFile(PAGE, 'utf8'));
  const text = `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
  await writeFile(PAGE, await format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' }));
}

function split(page: string): readonly [string, string, string] {
  const [before, rest] = page.split(BEGIN);
  const [table, after] = rest?.split(END) ?? [];
  if (before === undefined || table === undefined || after === undefined) {
    throw new Error('docs/MODELS.md has lost its marks');
  }
  return [before, table, after];
}
