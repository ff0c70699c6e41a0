import { describe, expect, it } from 'vitest';
import { boxAround, moveBox, moveCorner } from '../../../src/app/drawn-box.ts';

const photo = { width: 400, height: 300 };
const box = { x: 100, y: 50, width: 60, height: 40 };

describe('a box around points', () => {
  it('holds them in any order', () => {
    expect(
      boxAround(
        [
          [90, 20],
          [10, 80],
          [50, 5],
          [40, 60],
        ],
        photo,
      ),
    ).toEqual({ x: 10, y: 5, width: 80, height: 75 });
  });
  it('ends at the edge of the photo', () => {
    expect(
      boxAround(
        [
          [-50, -50],
          [500, 100],
        ],
        photo,
      ),
    ).toEqual({ x: 0, y: 0, width: 400, height: 100 });
  });
  it('is none where nothing is left of it', () => {
    expect(
      boxAround(
        [
          [-50, 10],
          [-20, 90],
        ],
        photo,
      ),
    ).toBeUndefined();
    expect(
      boxAround(
        [
          [10, 10],
          [10.4, 90],
        ],
        photo,
      ),
    ).toBeUndefined();
  });
});

describe('a corner that is moved', () => {
  it.each([
    ['nw', { x: 110, y: 55, width: 50, height: 35 }],
    ['ne', { x: 100, y: 55, width: 70, height: 35 }],
    ['se', { x: 100, y: 50, width: 70, height: 45 }],
    ['sw', { x: 110, y: 50, width: 50, height: 45 }],
  ] as const)('%s leaves the opposite one', (corner, moved) => {
    expect(moveCorner(box, corner, [10, 5], photo)).toEqual(moved);
  });
  it('turns the box over when it crosses the opposite one', () => {
    expect(moveCorner(box, 'se', [-100, 0], photo)).toEqual({ x: 60, y: 50, width: 40, height: 40 });
  });
  it('stays where a box would have no size', () => {
    expect(moveCorner(box, 'se', [-60, -40], photo)).toEqual(box);
  });
});

describe('a box that is moved', () => {
  it('keeps its size and stays inside the photo', () => {
    expect(moveBox(box, [-500, 500], photo)).toEqual({ x: 0, y: 260, width: 60, height: 40 });
  });
});
