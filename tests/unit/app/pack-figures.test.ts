import { expect, it } from 'vitest';
import { packFigures } from '../../../src/app/pack-figures.ts';

const figure = (name: string, precision: 'fp16' | 'fp32' = 'fp32', data = 'own') => ({
  ...{ name, precision, data, value: 0.5, runtime: 'onnxruntime' as const },
});

it.each([
  ['none', [], undefined, []],
  [
    'what a person has words for first, of one run over one set',
    [
      ...[figure('mAP50', 'fp16'), figure('mAP50'), figure('F1'), figure('precision'), figure('recall')],
      ...[figure('calibration'), figure('recall', 'fp32', 'another')],
    ],
    'fp32',
    ['recall', 'precision', 'mAP50', 'F1'],
  ],
  [
    'in their own order where nothing is known of them',
    [figure('AUROC, 8'), figure('AUROC, 381')],
    'fp32',
    ['AUROC, 8', 'AUROC, 381'],
  ],
])('%s', (_, metrics, precision, names) => {
  const shown = packFigures(metrics);
  expect(shown?.measured.precision).toBe(precision);
  expect(shown?.figures.map(({ name }) => name) ?? []).toEqual(names);
});
