import type { Gray } from './gray.ts';

/** Luma from which a pixel holds no more detail. */
export const SATURATED = 250;

/** Share of each side around the middle, where what was aimed at lies. */
export const CENTRAL = 0.6;

/** Luma below which a share of the pixels lies, by counting. */
export function percentile({ data }: Gray, share: number): number {
  const counts = new Uint32Array(256);
  for (const value of data) counts[value] = (counts[value] ?? 0) + 1;
  let below = 0;
  for (let value = 0; value < 256; value += 1) {
    below += counts[value] ?? 0;
    if (below > share * data.length) return value;
  }
  return 255;
}

/** Share of pixels without detail in the picture's middle. */
export function saturatedShare({ width, height, data }: Gray): number {
  const margin = (1 - CENTRAL) / 2;
  const [left, right] = [Math.floor(width * margin), Math.ceil(width * (1 - margin))];
  const [top, bottom] = [Math.floor(height * margin), Math.ceil(height * (1 - margin))];
  let saturated = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) if ((data[y * width + x] ?? 0) >= SATURATED) saturated += 1;
  }
  return saturated / ((right - left) * (bottom - top));
}
