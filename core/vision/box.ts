import type { Box, Size } from '../contract/geometry.ts';

export const boxArea = (box: Box): number => box.width * box.height;

export function intersectionArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union, 0 to 1; 0 where both boxes are empty. */
export function boxIou(a: Box, b: Box): number {
  const shared = intersectionArea(a, b);
  const union = boxArea(a) + boxArea(b) - shared;
  return union > 0 ? shared / union : 0;
}

/** The share of `inner` that lies in `outer`, 0 to 1. */
export function coveredShare(inner: Box, outer: Box): number {
  const area = boxArea(inner);
  return area > 0 ? intersectionArea(inner, outer) / area : 0;
}

export function unionBox(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

/** The part of the box inside the photo; undefined where nothing is left or a number is not finite. */
export function clampBox(x0: number, y0: number, x1: number, y1: number, photo: Size): Box | undefined {
  const left = Math.max(0, x0);
  const top = Math.max(0, y0);
  const right = Math.min(photo.width, x1);
  const bottom = Math.min(photo.height, y1);
  // Written so that NaN fails it too.
  if (!(right > left && bottom > top)) return undefined;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
