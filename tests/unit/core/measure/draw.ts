import type { Geometry } from '../../../../core/contract/geometry.ts';
import type { Bitmap } from '../../../../core/measure/bitmap.ts';

/** A bitmap whose pixels are set where their centre is inside. */
export function draw(width: number, height: number, inside: (x: number, y: number) => boolean): Bitmap {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data[y * width + x] = inside(x + 0.5, y + 0.5) ? 1 : 0;
  }
  return { x: 0, y: 0, width, height, data };
}

/** A straight line of a given width through the middle of a square, its ends cut square. */
export function line(side: number, length: number, thick: number, angle: number, shift = 0): Bitmap {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return draw(side, side, (x, y) => {
    const [dx, dy] = [x - side / 2, y - side / 2];
    const across = dy * cos - dx * sin - shift;
    // Half open, so that an upright line of n px covers n rows even where centres lie on its edges.
    return Math.abs(dx * cos + dy * sin) <= length / 2 && across > -thick / 2 && across <= thick / 2;
  });
}

export function maskOf({ x, y, width, height, data }: Bitmap): Extract<Geometry, { kind: 'mask' }> {
  const counts: number[] = [];
  let value = 0;
  let run = 0;
  for (const pixel of data) {
    if (pixel !== value) {
      counts.push(run);
      value = pixel;
      run = 0;
    }
    run += 1;
  }
  counts.push(run);
  return { kind: 'mask', box: { x, y, width, height }, counts };
}
