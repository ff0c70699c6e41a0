import { describe, expect, test } from 'vitest';
import { squaredDistances } from '../../../../core/measure/distance-transform.ts';
import { skeleton } from '../../../../core/measure/skeleton.ts';
import { draw, line } from './draw.ts';

describe('skeleton', () => {
  test('a bar 3 px thick thins to its middle row', () => {
    const bar = draw(30, 9, (x, y) => x > 3 && x < 27 && y > 3 && y < 6);
    const rows = new Set(skeleton(bar.data, bar.width, bar.height).map((p) => Math.floor(p / bar.width)));
    expect([...rows]).toEqual([4]);
  });

  test('keeps a ring a ring, one pixel thick', () => {
    const ring = draw(41, 41, (x, y) => Math.abs(Math.hypot(x - 20.5, y - 20.5) - 13) <= 3);
    const points = skeleton(ring.data, 41, 41).map((p) => [p % 41, Math.floor(p / 41)] as const);
    const radii = points.map(([x, y]) => Math.hypot(x - 20, y - 20));
    expect(Math.min(...radii)).toBeGreaterThan(11);
    expect(Math.max(...radii)).toBeLessThan(15);
    for (let degree = 0; degree < 360; degree += 5) {
      const [cx, cy] = [20 + 13 * Math.cos(degree / 57.3), 20 + 13 * Math.sin(degree / 57.3)];
      expect(points.some(([x, y]) => Math.hypot(x - cx, y - cy) < 2.2)).toBe(true);
    }
  });

  test('leaves the mask as it was', () => {
    const bar = line(40, 30, 5, 0.4);
    const before = bar.data.slice();
    skeleton(bar.data, 40, 40);
    expect(bar.data).toEqual(before);
  });

  test('a solid square of 1000 x 1000 thins in a moment', { timeout: 10_000 }, () => {
    const square = draw(1000, 1000, () => true);
    expect(skeleton(square.data, 1000, 1000).length).toBeGreaterThan(0);
  });
});

describe('squared distances', () => {
  test('agree with trying every background pixel', () => {
    const blob = draw(23, 17, (x, y) => Math.hypot(x - 11, (y - 8) * 1.4) < 9 && !(x > 12 && y < 6));
    const distances = squaredDistances(blob.data, 23, 17);
    for (let y = 0; y < 17; y += 1) {
      for (let x = 0; x < 23; x += 1) {
        let best = Infinity;
        for (let v = -1; v <= 17; v += 1) {
          for (let u = -1; u <= 23; u += 1) {
            const inside = u >= 0 && u < 23 && v >= 0 && v < 17 && blob.data[v * 23 + u] === 1;
            if (!inside) best = Math.min(best, (u - x) ** 2 + (v - y) ** 2);
          }
        }
        expect(distances[y * 23 + x]).toBe(best);
      }
    }
  });
});
