import { expect, test } from 'vitest';
import { labelThresholds } from '../../../../core/vision/thresholds.ts';

const manifest = {
  labels: [
    { index: 2, name: 'constructor', damageType: 'crack' },
    { index: 0, name: 'pitting', damageType: 'pitting' },
  ],
  thresholds: { default: 0.3, perLabel: { pitting: 0.5 }, nmsIou: 0.5 },
} as const;
const asParsed = { ...manifest, labels: [...manifest.labels] };

test('by class index; a label without its own has the default, whatever its name', () => {
  expect(labelThresholds(asParsed)).toEqual([0.5, 0.3, 0.3]);
});

test('a lowest score overrides them all', () => {
  expect(labelThresholds(asParsed, 0.001)).toEqual([0.001, 0.001, 0.001]);
});
