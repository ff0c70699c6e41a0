import { describe, expect, it } from 'vitest';
import {
  chooseMemory,
  distancesTo,
  joinPatches,
  patchRows,
  photoScore,
} from '../../../../core/vision/patch-memory.ts';

const rowsOf = (...rows: number[][]) => ({
  dimensions: rows[0]?.length ?? 0,
  rows: Float32Array.from(rows.flat()),
});
const whole = {
  x: 0,
  y: 0,
  width: 32,
  height: 32,
  inputWidth: 32,
  inputHeight: 32,
  scaleX: 1,
  scaleY: 1,
  zoom: 1,
};

describe('patchRows', () => {
  const answer = { shape: [1, 2, 2, 2], data: [1, 2, 3, 4, 10, 20, 30, 40] };

  it('gathers the dimensions of each patch', () => {
    expect([...patchRows(answer, 32, whole).rows]).toEqual([1, 10, 2, 20, 3, 30, 4, 40]);
  });

  it('leaves out patches that see padding only', () => {
    expect([...patchRows(answer, 32, { ...whole, inputHeight: 20 }).rows]).toEqual([1, 10, 2, 20]);
  });

  it('refuses another shape', () => {
    expect(() => patchRows({ shape: [1, 2, 2], data: [1, 2, 3, 4] }, 32, whole)).toThrow(RangeError);
    expect(() => patchRows({ ...answer, data: [1] }, 32, whole)).toThrow(RangeError);
  });
});

describe('memory', () => {
  it('takes the patches that are far from each other', () => {
    const all = rowsOf([0, 0], [0.1, 0], [10, 0], [10, 0.1], [0, 10]);
    const { rows } = chooseMemory(all, 3, 1);
    const chosen = [0, 1, 2].map((at) => [...rows.subarray(at * 2, at * 2 + 2)]);
    for (const corner of [
      [0, 0],
      [10, 0],
      [0, 10],
    ]) {
      const near = chosen.some(
        ([x = 99, y = 99]) => Math.hypot(x - (corner[0] ?? 0), y - (corner[1] ?? 0)) < 0.2,
      );
      expect(near, `near ${corner.join()}`).toBe(true);
    }
  });

  it('holds every patch where few are there, and no row twice where many are thinned', () => {
    expect(chooseMemory(rowsOf([1], [2]), 5, 1).rows).toHaveLength(2);
    const many = { dimensions: 1, rows: Float32Array.from({ length: 500 }, (_, at) => at) };
    const { rows } = chooseMemory(many, 10, 3);
    expect(new Set(rows).size).toBe(10);
    expect(Math.max(...rows) - Math.min(...rows)).toBeGreaterThan(300);
  });

  it('tells the distance to the nearest', () => {
    const found = distancesTo(rowsOf([0, 0], [1, 0]), rowsOf([3, 4], [1, 0]));
    expect(found[0]).toBeCloseTo(Math.hypot(2, 4), 5);
    expect(found[1]).toBe(0);
    expect(() => distancesTo(rowsOf([0]), rowsOf([0, 0]))).toThrow(RangeError);
    expect(() => joinPatches([rowsOf([0]), rowsOf([0, 0])])).toThrow(RangeError);
  });
});

it('scores a photo by its highest distances', () => {
  const distances = Float32Array.from({ length: 100 }, (_, at) => at);
  expect(photoScore(distances, 0.02)).toBe(98.5);
  expect(photoScore(distances.subarray(0, 10), 0.001)).toBe(9);
});
