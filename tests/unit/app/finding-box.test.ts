import { describe, expect, it } from 'vitest';
import { boxOf, withContext } from '../../../src/app/finding-box.ts';

describe('the box of a finding', () => {
  it('surrounds a polygon', () => {
    const points: [number, number][] = [
      [4, 9],
      [12, 3],
      [8, 20],
    ];
    expect(boxOf({ kind: 'polygon', points })).toEqual({ x: 4, y: 3, width: 8, height: 17 });
  });
});

describe('a finding with its surroundings', () => {
  const photo = { width: 640, height: 480 };

  it('is a square three times the longer side, around the finding', () => {
    expect(withContext({ x: 280, y: 200, width: 80, height: 40 }, photo)).toEqual({
      x: 200,
      y: 100,
      width: 240,
      height: 240,
    });
  });
  it('shows at least a quarter of the shorter side', () => {
    expect(withContext({ x: 300, y: 200, width: 4, height: 4 }, photo)).toMatchObject({
      width: 120,
      height: 120,
    });
  });
  it('moves inside the photo at its edge', () => {
    expect(withContext({ x: 0, y: 460, width: 20, height: 20 }, photo)).toEqual({
      x: 0,
      y: 360,
      width: 120,
      height: 120,
    });
  });
  it('stands in the middle where it is larger than the photo', () => {
    const view = withContext({ x: 0, y: 0, width: 400, height: 300 }, photo);
    expect(view).toEqual({ x: -280, y: -360, width: 1200, height: 1200 });
  });
});
