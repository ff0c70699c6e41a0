import { mulberry32 } from './random.ts';

/**
 * RGBA of a picture of `blocks` x `blocks` flat cells, opaque. The cells' colours are drawn by
 * mulberry32(seed) in the order row, column, channel; the exporter draws the same bytes.
 */
export function blocksImage(
  seed: number,
  blocks: number,
  width: number,
  height: number,
): Uint8ClampedArray<ArrayBuffer> {
  const next = mulberry32(seed);
  const cells = Uint8Array.from({ length: blocks * blocks * 3 }, () => Math.floor(next() * 256));
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, target = 0; y < height; y++) {
    const row = Math.floor((y * blocks) / height) * blocks;
    for (let x = 0; x < width; x++, target += 4) {
      const cell = (row + Math.floor((x * blocks) / width)) * 3;
      rgba.set(cells.subarray(cell, cell + 3), target);
      rgba[target + 3] = 255;
    }
  }
  return rgba;
}
