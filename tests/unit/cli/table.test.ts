import { expect, test } from 'vitest';
import type { EvaluationReport } from '../../../cli/evaluate/report.ts';
import type { ReportSet } from '../../../cli/evaluate/report-sets.ts';
import { rowsOf, tableOf } from '../../../cli/evaluate/table.ts';
import type { ModelManifest } from '../../../core/contract/model-manifest.ts';

const metric = (name: string, value: number, data: string, precision = 'fp32') => ({
  name,
  value,
  data,
  precision,
  runtime: 'onnxruntime',
});

const pack = {
  id: 'crack',
  version: '1.2.3',
  metrics: [
    metric('F1', 0.5, 'ours, 9 photos'),
    metric('F1 within 2 px', 0.8, 'other, 9 photos'),
    metric('F1 within 2 px', 0.7, 'ours, 9 photos', 'uint8'),
    metric('F1 within 2 px', 0.9, 'ours, 9 photos'),
    metric('areaError', 5.5, 'ours, 9 photos'),
  ],
} as unknown as ModelManifest;

const report = (precision: string, metrics: Readonly<Record<string, number>>) =>
  ({
    runtime: 'onnx-wasm',
    precision,
    images: 9,
    metrics,
    interval95: { F1: [0.85, 0.95] },
  }) as unknown as EvaluationReport;

const set = (suffix?: string) => ({ name: 'ours, kept', trained: 'ours, ', suffix }) as unknown as ReportSet;
const row = (precision: string, metrics: Readonly<Record<string, number>>, suffix?: string) =>
  rowsOf(pack, { set: set(suffix), report: report(precision, metrics) });

test('a figure stands beside what training measured on the same photos, and how far apart they are', () => {
  expect(row('fp16', { F1: 0.9012 }, ' within 2 px')).toEqual([
    [
      ...['crack 1.2.3', 'F1', '0.901', '0.850 to 0.950', '0.900', '0.12'],
      ...['9 of ours, kept', 'onnx-wasm fp16'],
    ],
  ]);
});

test('eight bits are held against eight bits, areas are in points already, the unknown stays empty', () => {
  expect(row('uint8', { F1: 0.71 }, ' within 2 px')[0]?.slice(4, 6)).toEqual(['0.700', '1.00']);
  expect(row('fp16', { areaError: 5.25 })[0]?.slice(3, 6)).toEqual(['', '5.500', '0.25']);
  expect(row('fp16', { AUROC: 1, references: 8 }).map((cells) => cells.slice(4, 6))).toEqual([['', '']]);
});

test('the table has a line for each row below its head', () => {
  expect(tableOf([['a', 'b']]).split('\n')).toEqual([
    '| pack | figure | value | 95 % interval | by training | apart, points | photos | in the browser |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    '| a | b |',
  ]);
});
