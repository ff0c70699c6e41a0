import { CENTRAL, SATURATED } from './exposure.ts';
import type { Gray } from './gray.ts';

/** Pixels around a blob that a reflection's halo is looked for in. */
const HALO_PX = 4;
/** Luma that the halo's darkest tenth keeps; a piece of sky ends at a hard, darker edge. */
const HALO_LUMA = 170;

/**
 * Share of the picture in the largest reflection: a saturated blob around the picture's middle that does not
 * reach its border and fades on all sides. White sky between blade and tower ends abruptly, clouds lie
 * towards the border; neither counts.
 */
export function glareShare(gray: Gray): number {
  const { width, height, data } = gray;
  const pending = Uint8Array.from(data, (luma) => (luma >= SATURATED ? 1 : 0));
  const found = new Int32Array(data.length);
  let largest = 0;
  for (let start = pending.indexOf(1); start >= 0; start = pending.indexOf(1, start + 1)) {
    const count = flood(width, pending, found, start);
    if (count <= largest) continue;
    const blob = found.subarray(0, count);
    if (blob.some((p) => onBorder(gray, p))) continue;
    if (isCentral(gray, blob) && fades(gray, blob)) largest = count;
  }
  return largest / (width * height);
}

/** Takes the blob at `start` out of `pending`, writes its pixels to `found` and returns how many there are. */
function flood(width: number, pending: Uint8Array, found: Int32Array, start: number): number {
  let count = 0;
  const take = (p: number) => {
    if (pending[p] !== 1) return;
    pending[p] = 0;
    found[count] = p;
    count += 1;
  };
  take(start);
  for (let i = 0; i < count; i += 1) {
    const p = found[i] ?? start;
    const x = p % width;
    take(p - width);
    take(p + width);
    if (x > 0) take(p - 1);
    if (x < width - 1) take(p + 1);
  }
  return count;
}

const onBorder = ({ width, height }: Gray, p: number): boolean =>
  p % width === 0 || p % width === width - 1 || p < width || p >= width * (height - 1);

function isCentral({ width, height }: Gray, blob: Int32Array): boolean {
  const x = blob.reduce((sum, p) => sum + (p % width), 0) / blob.length / width;
  const y = blob.reduce((sum, p) => sum + Math.floor(p / width), 0) / blob.length / height;
  return Math.abs(x - 0.5) <= CENTRAL / 2 && Math.abs(y - 0.5) <= CENTRAL / 2;
}

function fades({ width, height, data }: Gray, blob: Int32Array): boolean {
  const halo: number[] = [];
  for (const p of blob) {
    const [x, y] = [p % width, Math.floor(p / width)];
    for (const [dx, dy] of [
      [HALO_PX, 0],
      [-HALO_PX, 0],
      [0, HALO_PX],
      [0, -HALO_PX],
    ] as const) {
      const [u, v] = [x + dx, y + dy];
      const luma = u >= 0 && u < width && v >= 0 && v < height ? (data[v * width + u] ?? 0) : 255;
      if (luma < SATURATED) halo.push(luma);
    }
  }
  halo.sort((a, b) => a - b);
  return (halo[Math.floor(halo.length / 10)] ?? 0) >= HALO_LUMA;
}
