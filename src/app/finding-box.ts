import type { Box, Geometry, Size } from '../../core/contract/geometry.ts';

/** The box around a finding, in photo pixels. */
export function boxOf(geometry: Geometry): Box {
  if (geometry.kind !== 'polygon') return geometry.box;
  const xs = geometry.points.map(([x]) => x);
  const ys = geometry.points.map(([, y]) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/**
 * A square around the box with so much of its surroundings that a person knows where it is: `times` the box's
 * longer side, at least `least` of the photo's shorter side, moved inside the photo where it fits.
 */
export function withContext(box: Box, photo: Size, { times = 3, least = 0.25 } = {}): Box {
  const shorter = Math.min(photo.width, photo.height);
  const side = Math.max(times * Math.max(box.width, box.height), least * shorter);
  return {
    x: inside(box.x + box.width / 2 - side / 2, side, photo.width),
    y: inside(box.y + box.height / 2 - side / 2, side, photo.height),
    width: side,
    height: side,
  };
}

/** Where the square is larger than the photo, the photo stands in its middle. */
const inside = (start: number, side: number, limit: number): number =>
  side >= limit ? (limit - side) / 2 : Math.min(Math.max(0, start), limit - side);
