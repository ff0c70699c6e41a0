import { describe, expect, test } from 'vitest';
import type { Scale } from '../../../../core/contract/records.ts';
import { remeasured, withSize } from '../../../../core/measure/measure-findings.ts';
import { sampleSet } from '../export/sample-set.ts';

const scale: Scale = { mmPerPixel: 2, uncertainty: 0.02, method: 'two-taps' };
const { findings } = sampleSet();

describe('sizes of findings', () => {
  test('without a scale every quantity says so', () => {
    for (const finding of findings) {
      expect(withSize(finding, undefined).size).toEqual({
        lengthCm: 'not-measurable',
        widthCm: 'not-measurable',
        areaCm2: 'not-measurable',
        crackWidthMm: 'not-measurable',
      });
    }
  });

  test('a box of 200 x 100 px at 2 mm per pixel is 40 x 20 cm, give or take', () => {
    const box = { x: 0, y: 0, width: 200, height: 100 };
    const { size } = withSize({ type: 'corrosion', geometry: { kind: 'box', box } }, scale);
    expect(size?.lengthCm).toMatchObject({ value: 40 });
    expect(size?.widthCm).toMatchObject({ value: 20 });
    expect(size?.areaCm2).toMatchObject({ value: 800 });
    // A twentieth of the side from the box, a hundredth from the scale, two pixels from each edge.
    const uncertainty = size?.lengthCm === 'not-measurable' ? 0 : (size?.lengthCm.uncertainty ?? 0);
    expect(uncertainty).toBeCloseTo(40 * Math.hypot(0.05, 0.01, (2 * Math.SQRT2) / 200), 6);
  });

  test('only findings whose size changes are written again', () => {
    const first = remeasured(findings, scale);
    expect(first).toHaveLength(findings.length);
    expect(remeasured(first, scale)).toEqual([]);
    expect(remeasured(first, { ...scale, mmPerPixel: 4 })).not.toEqual([]);
  });
});
