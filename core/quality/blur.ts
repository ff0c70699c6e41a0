import type { Gray } from './gray.ts';

/** Pixels averaged when the picture is blurred once more. */
const TAPS = 9;
const HALF = (TAPS - 1) / 2;
/** Mean step between neighbours under which there is nothing to be sharp, in luma levels. */
const FLAT = 0.1;

/**
 * How blurred a picture is: 0 sharp, 1 fully blurred; undefined for a picture without detail (sky, fog). A
 * sharp picture loses much of its neighbour-to-neighbour variation when blurred once more, a blurred one
 * little. The worst of four directions counts, so that motion blur is seen. Source: Crete, Dolmiere, Ladret,
 * Nicolas, The blur effect, SPIE 6492 (2007), which has two directions.
 */
export function blurriness(gray: Gray): number | undefined {
  const { width, height } = gray;
  const worst = [
    walk(gray, rows(gray), 1),
    walk(gray, columns(gray), width),
    walk(gray, diagonals(gray, 'down'), width + 1),
    walk(gray, diagonals(gray, 'up'), 1 - width),
  ].filter((share) => share !== undefined);
  return width > TAPS && height > TAPS && worst.length > 0 ? Math.max(...worst) : undefined;
}

interface Line {
  readonly start: number;
  readonly length: number;
}

const rows = ({ width, height }: Gray): Line[] =>
  Array.from({ length: height }, (_, y) => ({ start: y * width, length: width }));

const columns = ({ width, height }: Gray): Line[] =>
  Array.from({ length: width }, (_, x) => ({ start: x, length: height }));

/** All lines that run right and down, or right and up, from the left edge and then from the top or bottom. */
function diagonals({ width, height }: Gray, way: 'down' | 'up'): Line[] {
  const lines: Line[] = [];
  for (let y = 0; y < height; y += 1) {
    lines.push({ start: y * width, length: Math.min(width, way === 'down' ? height - y : y + 1) });
  }
  const edge = way === 'down' ? 0 : (height - 1) * width;
  for (let x = 1; x < width; x += 1) lines.push({ start: edge + x, length: Math.min(height, width - x) });
  return lines;
}

/** Share of the variation that one more blur leaves. */
function walk({ width, height, data }: Gray, lines: readonly Line[], step: number): number | undefined {
  // Each line is copied between repeats of its ends, so that the blur needs no bounds check.
  const padded = new Int16Array(Math.max(width, height) + TAPS + 1);
  let variation = 0;
  let lost = 0;
  for (const { start, length } of lines) {
    for (let i = 0, p = start; i < length; i += 1, p += step) padded[HALF + 1 + i] = data[p] ?? 0;
    padded.fill(padded[HALF + 1] ?? 0, 0, HALF + 1);
    padded.fill(padded[HALF + length] ?? 0, HALF + 1 + length, TAPS + 1 + length);
    for (let i = 1; i < length; i += 1) {
      const own = Math.abs((padded[HALF + 1 + i] ?? 0) - (padded[HALF + i] ?? 0));
      const blurred = Math.abs((padded[TAPS + i] ?? 0) - (padded[i] ?? 0)) / TAPS;
      variation += own;
      if (own > blurred) lost += own - blurred;
    }
  }
  return variation / data.length < FLAT ? undefined : 1 - lost / variation;
}
