import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterLook, isWarm, NO_PACE, restMs, type Pace } from '../../../../core/vision/pace.ts';

const after = (looks: readonly number[], from: Pace = NO_PACE): Pace => looks.reduce(afterLook, from);
const times = (count: number, ms: number) => Array.from({ length: count }, () => ms);

test('a quick device never rests', () => {
  expect(restMs(NO_PACE)).toBe(0);
  expect(restMs(after(times(100, 80)))).toBe(0);
  expect(restMs(after(Array.from({ length: 100 }, (_, at) => 80 + (at % 2) * 20)))).toBe(0);
});

test('one slow look is no heat, many are; cooled down it is quick again', () => {
  const quick = after(times(50, 80));
  expect(isWarm(after([240], quick))).toBe(false);
  const warm = after(times(20, 240), quick);
  expect(isWarm(warm)).toBe(true);
  expect(restMs(warm)).toBeGreaterThan(100);
  expect(isWarm(after(times(20, 80), warm))).toBe(false);
});

test('what stays slow for minutes is taken as the device’s own pace', () => {
  const warm = after(times(20, 240), after(times(50, 80)));
  expect(isWarm(after(times(600, 240), warm))).toBe(false);
});

test('it never rests longer than it works', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 5000, noNaN: true }), { minLength: 1 }), (looks) => {
      const pace = after(looks);
      expect(restMs(pace)).toBeGreaterThanOrEqual(0);
      expect(restMs(pace)).toBeLessThanOrEqual(pace.lookMs ?? 0);
    }),
  );
});
