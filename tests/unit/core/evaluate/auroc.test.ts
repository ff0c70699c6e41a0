import { expect, test } from 'vitest';
import { auroc } from '../../../../core/evaluate/auroc.ts';

const samples = (defects: readonly number[], clean: readonly number[]) => [
  ...defects.map((score) => ({ score, defect: true })),
  ...clean.map((score) => ({ score, defect: false })),
];

test.each([
  ['all defects above', [3, 4], [1, 2], 1],
  ['all below', [1, 2], [3, 4], 0],
  ['all tied', [1, 1], [1, 1, 1], 0.5],
  // scikit-learn's documented example: roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.75.
  ['the example of scikit-learn', [0.35, 0.8], [0.1, 0.4], 0.75],
  // Pairs: 2>1, 2=2 (half), 2<3; 3>1, 3>2, 3=3 (half): 4 of 6.
  ['ties count half', [2, 3], [1, 2, 3], 4 / 6],
  ['infinite scores rank', [Infinity, 1], [0, -Infinity], 1],
])('%s', (_, defects, clean, expected) => {
  expect(auroc(samples(defects, clean))).toBeCloseTo(expected, 12);
});

test.each([
  ['no clean sample', [1], []],
  ['no defect', [], [1]],
  ['a score that is not a number', [1, NaN], [0]],
])('%s has no answer', (_, defects, clean) => {
  expect(auroc(samples(defects, clean))).toBeNaN();
});
