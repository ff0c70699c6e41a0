import type { Box, Point, Size } from '../../core/contract/geometry.ts';

/** The box around points, in photo pixels, cut off at the photo's edge; undefined where nothing is left. */
export function boxAround(points: readonly Point[], photo: Size): Box | undefined {
  const xs = points.map(([x]) => Math.min(photo.width, Math.max(0, x)));
  const ys = points.map(([, y]) => Math.min(photo.height, Math.max(0, y)));
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  const box = { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  return box.width >= 1 && box.height >= 1 ? box : undefined;
}

export type Corner = 'nw' | 'ne' | 'se' | 'sw';

/** The box with one corner moved by photo pixels; the opposite corner stays, and crossing it turns the box over. */
export function moveCorner(box: Box, corner: Corner, [dx, dy]: Point, photo: Size): Box {
  const west = corner === 'nw' || corner === 'sw';
  const north = corner === 'nw' || corner === 'ne';
  const fixed: Point = [west ? box.x + box.width : box.x, north ? box.y + box.height : box.y];
  const moved: Point = [(west ? box.x : box.x + box.width) + dx, (north ? box.y : box.y + box.height) + dy];
  return boxAround([fixed, moved], photo) ?? box;
}

/** The box moved whole, kept inside the photo. */
export function moveBox(box: Box, [dx, dy]: Point, photo: Size): Box {
  return {
    ...box,
    x: Math.min(Math.max(0, box.x + dx), Math.max(0, photo.width - box.width)),
    y: Math.min(Math.max(0, box.y + dy), Math.max(0, photo.height - box.height)),
  };
}
