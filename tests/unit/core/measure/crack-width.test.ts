import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crackWidth } from '../../../../core/measure/crack-width.ts';
import { draw, line } from './draw.ts';

describe('crack width', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 12])('an upright line %d px wide measures exactly that', (thick) => {
    const bitmap = draw(60, 40, (x, y) => x > 5 && x < 55 && y > 10 && y < 10 + thick);
    expect(crackWidth(bitmap)?.median).toBe(thick);
  });

  test('a line 4 px wide measures 4 +- 0.7 at any angle and offset', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: Math.PI, noNaN: true }),
        fc.double({ min: -0.49, max: 0.49, noNaN: true }),
        (angle, shift) => {
          const median = crackWidth(line(90, 60, 4, angle, shift))?.median ?? 0;
          expect(Math.abs(median - 4)).toBeLessThanOrEqual(0.7);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('wider lines stay within a pixel at any angle', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 20 }),
        fc.double({ min: 0, max: Math.PI, noNaN: true }),
        (thick, angle) => {
          const median = crackWidth(line(120, 80, thick, angle))?.median ?? 0;
          expect(Math.abs(median - thick)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a crack that widens from 2 to 10 px says so: median 6, 95th percentile near 10', () => {
    const wedge = draw(220, 40, (x, y) => x > 10 && x < 210 && Math.abs(y - 20) <= 1 + ((x - 10) / 200) * 4);
    const width = crackWidth(wedge);
    expect(width?.median).toBeGreaterThan(5);
    expect(width?.median).toBeLessThan(7);
    expect(width?.p95).toBeGreaterThan(8.5);
    expect(width?.max).toBeLessThanOrEqual(11);
  });

  test('a branch does not make the crack wider', () => {
    const branched = draw(
      100,
      60,
      (x, y) =>
        (x > 5 && x < 95 && Math.abs(y - 30) <= 2) ||
        (x > 45 && x < 85 && Math.abs(y - 30 - (x - 45) * 0.5) <= 2),
    );
    expect(crackWidth(branched)?.median).toBeLessThan(5.5);
  });

  test('an empty mask has none', () => {
    expect(crackWidth(draw(8, 8, () => false))).toBeUndefined();
  });
});
