import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  focalOfScale,
  scaleFromCamera,
  scaleFromChord,
  scaleFromTaps,
} from '../../../../core/measure/scale.ts';

const taps = (dx: number, dy = 0): [[number, number], [number, number]] => [
  [100, 200],
  [100 + dx, 200 + dy],
];

describe('scale from a known length', () => {
  test('hand-computed: 500 +- 2 mm over 1000 px, taps +- 4 px', () => {
    const scale = scaleFromTaps({ taps: taps(600, 800), knownMm: 500, knownUncertaintyMm: 2, tapPx: 4 });
    if (!scale.ok) throw new Error(scale.kind);
    expect(scale.value.mmPerPixel).toBeCloseTo(0.5, 12);
    // sqrt((2/500)^2 + (4 sqrt 2 / 1000)^2) = sqrt(1.6e-5 + 3.2e-5) = 0.0069282
    expect(scale.value.uncertainty).toBeCloseTo(0.5 * 0.0069282, 7);
    expect(scale.value.method).toBe('two-taps');
  });

  test('a chord keeps its own name', () => {
    const scale = scaleFromChord({ taps: taps(400), knownMm: 1200, knownUncertaintyMm: 10, tapPx: 3 });
    expect(scale.ok && scale.value.method).toBe('chord');
  });

  test.each([
    ['taps too near each other', { taps: taps(6), knownMm: 100 }, 'taps-too-close'],
    ['taps within their own error', { taps: taps(20), knownMm: 100, tapPx: 5 }, 'taps-too-close'],
    ['a length of nothing', { taps: taps(500), knownMm: 0 }, 'not-a-distance'],
    ['a negative length', { taps: taps(500), knownMm: -3 }, 'not-a-distance'],
    ['not a number', { taps: taps(500), knownMm: Number.NaN }, 'not-a-distance'],
  ])('%s is refused plainly', (_name, input, kind) => {
    const scale = scaleFromTaps({ knownUncertaintyMm: 1, tapPx: 2, ...input });
    expect(scale).toMatchObject({ ok: false, kind });
  });

  test('the farther apart the taps, the smaller the relative uncertainty', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 2000 }), fc.integer({ min: 1, max: 2000 }), (near, more) => {
        const relative = (dx: number) => {
          const scale = scaleFromTaps({ taps: taps(dx), knownMm: 300, knownUncertaintyMm: 1, tapPx: 3 });
          return scale.ok ? scale.value.uncertainty / scale.value.mmPerPixel : NaN;
        };
        expect(relative(near + more)).toBeLessThan(relative(near));
      }),
    );
  });
});

describe('scale from camera distance', () => {
  const photo = { width: 4000, height: 3000 };

  test('hand-computed: 10 m, 100 mm equivalent, 5000 px diagonal', () => {
    const scale = scaleFromCamera({
      distanceM: 10,
      distanceUncertaintyM: 0.5,
      lens: { kind: 'equivalent', focal35mm: 100 },
      photo,
    });
    if (!scale.ok) throw new Error(scale.kind);
    // 10000 mm x 43.2666 mm / (100 mm x 5000 px)
    expect(scale.value.mmPerPixel).toBeCloseTo(0.865332, 5);
    // distance 5 %, focal sqrt(0.5^2 + 2^2) % = 2.0616 %, tilt 1.5192 %
    expect(scale.value.uncertainty / scale.value.mmPerPixel).toBeCloseTo(
      Math.hypot(0.05, 0.020616, 0.015192),
      5,
    );
    // A scale that is opened again says which lens it came from.
    expect(focalOfScale(scale.value, photo)).toBeCloseTo(100, 9);
    expect(focalOfScale({ ...scale.value, method: 'chord' }, photo)).toBeUndefined();
  });

  test('the sensor says the same as its 35 mm equivalent', () => {
    const common = { distanceM: 12, distanceUncertaintyM: 0.1, photo };
    const crop = 1.5;
    const sensor = scaleFromCamera({
      ...common,
      lens: { kind: 'sensor', focalMm: 50, sensorDiagonalMm: Math.hypot(36, 24) / crop },
    });
    const equivalent = scaleFromCamera({ ...common, lens: { kind: 'equivalent', focal35mm: 75 } });
    expect(sensor.ok && equivalent.ok && sensor.value.mmPerPixel / equivalent.value.mmPerPixel).toBeCloseTo(
      1,
      9,
    );
  });

  test.each([0, -1, Number.NaN, Infinity])('a distance of %d is refused', (distanceM) => {
    const lens = { kind: 'equivalent', focal35mm: 24 } as const;
    expect(scaleFromCamera({ distanceM, distanceUncertaintyM: 1, lens, photo })).toMatchObject({
      ok: false,
      kind: 'not-a-distance',
      name: 'distanceM',
    });
  });
});
