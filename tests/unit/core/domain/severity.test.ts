import { describe, expect, test } from 'vitest';
import { proposeSeverity, scaleFor, type Measurements } from '../../../../core/domain/severity.ts';

const exactly = (value: number) => ({ value, uncertainty: 0 });
const rust = (value: number, uncertainty = 0) =>
  proposeSeverity('ISO4628-3', 'corrosion', { rustedAreaPercent: { value, uncertainty } });
const graded = (
  scale: Parameters<typeof proposeSeverity>[0],
  value: number,
  uncertainty: number,
  criterion: string,
) => ({
  kind: 'proposed',
  severity: { scale, value, uncertainty, criteria: [expect.stringContaining(criterion) as string] },
});

describe('ISO 4628-3 by rusted area', () => {
  test.each([
    [0, 0, 'not above Ri 0 (0 %)'],
    [0.05, 1, 'not above Ri 1 (0.05 %)'],
    [0.051, 2, 'not above Ri 2 (0.5 %)'],
    [0.5, 2, '0.5 % rusted area'],
    [1, 3, 'Ri 3 (1 %)'],
    [8, 4, 'Ri 4 (8 %)'],
    [8.1, 5, 'above Ri 4'],
    [100, 5, '100 % rusted area'],
  ])('%f %% is Ri %i', (percent, grade, criterion) => {
    expect(rust(percent)).toEqual(graded('ISO4628-3', grade, 0, criterion));
  });

  test('the uncertainty is how many grades the measurement spans', () => {
    expect(rust(0.9, 0.05)).toEqual(graded('ISO4628-3', 3, 0, ''));
    expect(rust(0.9, 0.2)).toEqual(graded('ISO4628-3', 3, 1, ''));
    expect(rust(0.9, 0.9)).toEqual(graded('ISO4628-3', 3, 3, ''));
  });
});

test.each([
  [0.29, 1],
  [0.3, 2],
  [1.27, 2],
  [1.28, 3],
  [40, 3],
])('AASHTO: a crack of %f mm is CS%i, never CS4', (width, grade) => {
  const proposal = proposeSeverity('AASHTO-CW', 'crack', { crackWidthMm: exactly(width) });
  expect(proposal).toEqual(graded('AASHTO-CW', grade, 0, 'guidance'));
});

test.each<[number, Measurements['layer'], number]>([
  [0.5, undefined, 0],
  [1, undefined, 1],
  [10, undefined, 1],
  [10.5, undefined, 2],
  [9.9, 'topcoat', 1],
  [10, 'topcoat', 3],
  [0.5, 'laminate', 4],
  [1, 'laminate', 5],
  [1, 'through', 5],
])('IEA Task 46: %f cm2 of %s is category %i', (area, layer, grade) => {
  const measurements = { damageAreaCm2: exactly(area), ...(layer ? { layer } : {}) };
  const proposal = proposeSeverity('IEA-T46', 'leading-edge-erosion', measurements);
  expect(proposal).toEqual(graded('IEA-T46', grade, 0, `category ${grade}`));
});

describe('without a figure there is no grade', () => {
  test.each([
    ['ISO4628-3', 'corrosion', 'rustedAreaPercent'],
    ['AASHTO-CW', 'crack', 'crackWidthMm'],
    ['IEA-T46', 'leading-edge-erosion', 'damageAreaCm2'],
  ] as const)('%s', (scale, type, missing) => {
    expect(proposeSeverity(scale, type, { layer: 'laminate' })).toEqual({ kind: 'not-measurable', missing });
    const broken = { value: NaN, uncertainty: 0 };
    expect(proposeSeverity(scale, type, { [missing]: broken })).toEqual({ kind: 'not-measurable', missing });
    expect(proposeSeverity(scale, 'anomaly', {})).toEqual({ kind: 'not-applicable' });
  });

  test('EPRI grades by judgement only', () => {
    const everything = { damageAreaCm2: exactly(1), crackWidthMm: exactly(1), rustedAreaPercent: exactly(1) };
    expect(proposeSeverity('EPRI-5', 'crack', everything)).toEqual({ kind: 'judged-by-person' });
  });
});

test.each([
  ['corrosion', 'tank', 'ISO4628-3'],
  ['corrosion', 'turbine', 'ISO4628-3'],
  ['leading-edge-erosion', 'turbine', 'IEA-T46'],
  ['crack', 'turbine', 'EPRI-5'],
  ['crack', 'bridge', 'AASHTO-CW'],
  ['crack', 'tank', undefined],
  ['spalling', 'bridge', undefined],
] as const)('%s on a %s is graded by %s', (type, asset, scale) => {
  expect(scaleFor(type, asset)).toBe(scale);
});
