import { describe, expect, it } from 'vitest';
import type { Point } from '../../../core/contract/geometry.ts';
import { PhotoView } from '../../../src/app/photo-view.svelte.ts';

const LANDSCAPE = [652, 590] as const;
const PORTRAIT = [768, 450] as const;

function viewOf(width = 4000, height = 3000, stage: readonly [number, number] = LANDSCAPE): PhotoView {
  const view = new PhotoView();
  view.show({ width, height });
  view.resize(...stage);
  return view;
}

const expectPoint = ([x, y]: Point, [wantedX, wantedY]: Point): void => {
  expect(x).toBeCloseTo(wantedX, 6);
  expect(y).toBeCloseTo(wantedY, 6);
};

describe('a photo on its stage', () => {
  it('fits whole, in the middle', () => {
    const view = viewOf();
    expect(view.scale).toBeCloseTo(0.163, 6);
    expectPoint(view.toStage([0, 0]), [0, (590 - 489) / 2]);
    expectPoint(view.toStage([2000, 1500]), [326, 295]);
  });

  it('shows a box as large as it can be whole', () => {
    const view = viewOf();
    view.focus({ x: 1000, y: 1000, width: 200, height: 100 });
    expect(view.scale).toBeCloseTo(3.26, 6);
    expectPoint(view.toStage([1100, 1050]), [326, 295]);
    expectPoint(view.toStage([1000, 1050]), [0, 295]);
  });

  it.each([
    ['fit', () => undefined],
    ['a box', (view: PhotoView) => view.focus({ x: 100, y: 2000, width: 300, height: 300 })],
    ['a pinch at a corner', (view: PhotoView) => view.zoom(7.3, [11, 520])],
    [
      'a drag',
      (view: PhotoView) => {
        view.zoom(4);
        view.pan(-120, 87);
      },
    ],
  ])('goes to the stage and back: %s', (_name, aim) => {
    const view = viewOf();
    aim(view);
    for (const point of [
      [0, 0],
      [4000, 3000],
      [1234.5, 77],
    ] as const) {
      expectPoint(view.toPhoto(view.toStage([...point])), [...point]);
    }
  });

  it.each([1.5, 1 / 1.5, 9])('a zoom by %f keeps the point under the finger', (factor) => {
    const view = viewOf();
    view.zoom(3);
    const finger: Point = [400, 300];
    const under = view.toPhoto(finger);
    view.zoom(factor, finger);
    expectPoint(view.toStage(under), finger);
  });

  it('a drag moves the photo with the finger', () => {
    const view = viewOf();
    view.zoom(4);
    const [x, y] = view.toStage([2000, 1500]);
    view.pan(33, -21);
    expectPoint(view.toStage([2000, 1500]), [x + 33, y - 21]);
  });

  it('never shrinks below the whole photo and never loses it', () => {
    const view = viewOf();
    view.zoom(0.01);
    expect(view.scale).toBeCloseTo(0.163, 6);
    view.zoom(1e9);
    expect(view.scale).toBe(16);
    view.pan(1e9, 1e9);
    expectPoint(view.toStage([0, 0]), [326, 295]);
  });
});

describe('a tablet that is turned', () => {
  it('fits the photo anew', () => {
    const view = viewOf();
    view.resize(...PORTRAIT);
    expect(view.scale).toBeCloseTo(0.15, 6);
    expectPoint(view.toStage([2000, 1500]), [384, 225]);
  });

  it('shows the same box', () => {
    const view = viewOf();
    view.focus({ x: 1000, y: 1000, width: 200, height: 100 });
    view.resize(...PORTRAIT);
    expectPoint(view.toStage([1100, 1050]), [384, 225]);
    expect(view.scale).toBeCloseTo(3.84, 6);
  });

  it('keeps zoom and middle where someone has moved the photo', () => {
    const view = viewOf();
    view.zoom(5, [100, 100]);
    const middle = view.toPhoto([326, 295]);
    const { scale } = view;
    view.resize(...PORTRAIT);
    expect(view.scale).toBe(scale);
    expectPoint(view.toPhoto([384, 225]), middle);
  });
});
