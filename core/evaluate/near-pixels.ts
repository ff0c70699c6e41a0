import type { Size } from '../contract/geometry.ts';

/** 1 for every pixel whose centre lies within `radius` pixels (Euclidean) of a defect pixel's centre. */
export function nearPixels(
  mask: Uint8Array,
  { width, height }: Size,
  radius: number,
): Uint8Array<ArrayBuffer> {
  const near = new Uint8Array(mask.length);
  const reach = Math.floor(radius);
  for (let dy = -reach; dy <= reach; dy++) {
    const half = Math.floor(Math.sqrt(radius * radius - dy * dy));
    for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
      widenRow(mask, y * width, near, (y + dy) * width, width, half);
    }
  }
  return near;
}

/** Marks in the target row what lies within `half` pixels of the source row's defects. */
function widenRow(
  mask: Uint8Array,
  source: number,
  near: Uint8Array,
  target: number,
  width: number,
  half: number,
): void {
  for (let x = 0; x < width; x++) {
    if (!mask[source + x]) continue;
    const from = Math.max(0, x - half);
    while (x + 1 < width && mask[source + x + 1]) x++;
    near.fill(1, target + from, target + Math.min(width, x + half + 1));
  }
}
