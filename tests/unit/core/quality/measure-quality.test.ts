import { describe, expect, test } from 'vitest';
import type { Scale } from '../../../../core/contract/records.ts';
import { grayOf, type Gray } from '../../../../core/quality/gray.ts';
import { LIMITS, measureQuality } from '../../../../core/quality/measure-quality.ts';

function paint(luma: (x: number, y: number) => number, width = 160, height = 120): Gray {
  const data = Uint8Array.from({ length: width * height }, (_, i) => luma(i % width, Math.floor(i / width)));
  return { width, height, data };
}

const checks = (x: number, y: number) => ((x >> 3) + (y >> 3)) % 2;

/** Mean over a square of (2 radius + 1)^2 pixels. */
function boxBlur({ width, height, data }: Gray, radius: number): Gray {
  return paint(
    (x, y) => {
      let [sum, count] = [0, 0];
      for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v += 1) {
        for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u += 1) {
          sum += data[v * width + u] ?? 0;
          count += 1;
        }
      }
      return sum / count;
    },
    width,
    height,
  );
}

const scaleOf = (mmPerPixel: number): Scale => ({ mmPerPixel, uncertainty: 0, method: 'camera' });

describe('quality', () => {
  const sharp = paint((x, y) => 60 + 120 * checks(x, y));

  test('a sharp, well lit picture has no flags', () => {
    expect(measureQuality(sharp, undefined).flags).toEqual([]);
  });

  test('the same picture blurred is flagged, and the more the higher the figure', () => {
    const blurs = [0, 1, 2].map(
      (radius) => measureQuality(boxBlur(sharp, radius), undefined).measures['blur'],
    );
    expect([...blurs].sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(blurs);
    expect(measureQuality(boxBlur(sharp, 3), undefined).flags).toEqual(['blur']);
  });

  test('a picture of nothing is not called blurred', () => {
    const { flags, measures } = measureQuality(
      paint(() => 128),
      undefined,
    );
    expect(flags).toEqual([]);
    expect(measures).not.toHaveProperty('blur');
  });

  test('dark and bright', () => {
    expect(
      measureQuality(
        paint((x, y) => 5 + 20 * checks(x, y)),
        undefined,
      ).flags,
    ).toEqual(['dark']);
    expect(
      measureQuality(
        paint((x, y) => 200 + 55 * checks(x, y)),
        undefined,
      ).flags,
    ).toContain('bright');
  });

  test('a fading blob is glare; a white window with hard edges and a white border are not', () => {
    const clipped = paint((x, y) =>
      Math.min(255, 40 + 40 * checks(x, y) + 400 * Math.exp(-((x - 80) ** 2 + (y - 60) ** 2) / 900)),
    );
    expect(measureQuality(clipped, undefined).flags).toContain('glare');
    const window = paint((x, y) =>
      Math.abs(x - 80) < 15 && Math.abs(y - 60) < 15 ? 255 : 60 + 60 * checks(x, y),
    );
    expect(measureQuality(window, undefined).flags).toEqual([]);
    const sky = paint((x, y) => (y < 20 ? 255 : 60 + 60 * checks(x, y)));
    expect(measureQuality(sky, undefined).flags).toEqual([]);
  });

  test.each([
    [LIMITS.far * 0.9, []],
    [LIMITS.far * 1.1, ['far']],
  ])('%f mm per pixel gives %j', (mmPerPixel, flags) => {
    expect(measureQuality(sharp, scaleOf(mmPerPixel)).flags).toEqual(flags);
  });

  test.each([
    [1, 1],
    [1, 400],
    [400, 1],
    [9, 9],
  ])('a picture of %d x %d px does not break it', (width, height) => {
    const { measures } = measureQuality(
      paint((x) => x % 256, width, height),
      undefined,
    );
    for (const value of Object.values(measures)) expect(Number.isFinite(value)).toBe(true);
  });

  test('luma of primary colours', () => {
    const rgba = new Uint8ClampedArray([255, 255, 255, 255, 255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255]);
    expect([...grayOf(rgba, 4, 1).data]).toEqual([255, 76, 149, 28]);
  });
});
