import type { PatchFeatures } from '../contract/vision-worker.ts';
import type { OutputTensor } from './compare-golden.ts';
import { mulberry32 } from './random.ts';
import type { Tile } from './tiles.ts';

/** Of very many patches so many per wanted one are drawn at random before the far ones are looked for. */
const THINNED_TO = 20;

/**
 * One tile's features as rows, those that see padding only left out. `answer`: [1, dimensions, rows, columns] of
 * an input of `side` pixels. Throws RangeError where it is of another shape.
 */
export function patchRows({ shape, data }: OutputTensor, side: number, tile: Tile): PatchFeatures {
  const [count, dimensions = 0, rows = 0, columns = 0] = shape;
  if (shape.length !== 4 || count !== 1 || data.length !== dimensions * rows * columns || rows === 0) {
    throw new RangeError(`patch features of shape ${shape.join(' x ')}`);
  }
  const stride = side / rows;
  const down = Math.min(rows, Math.max(1, Math.floor(tile.inputHeight / stride)));
  const across = Math.min(columns, Math.max(1, Math.floor(tile.inputWidth / stride)));
  const turned = new Float32Array(down * across * dimensions);
  let at = 0;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      for (let index = 0; index < dimensions; index++) {
        turned[at++] = Number(data[(index * rows + row) * columns + column]);
      }
    }
  }
  return { dimensions, rows: turned };
}

/** Throws RangeError where the parts have different dimensions. */
export function joinPatches(parts: readonly PatchFeatures[]): PatchFeatures {
  const dimensions = parts[0]?.dimensions ?? 0;
  if (parts.some((part) => part.dimensions !== dimensions))
    throw new RangeError('features of different models');
  const rows = new Float32Array(parts.reduce((sum, part) => sum + part.rows.length, 0));
  let at = 0;
  for (const part of parts) {
    rows.set(part.rows, at);
    at += part.rows.length;
  }
  return { dimensions, rows };
}

/**
 * At most `patches` rows such that none of the others is far from one of them: greedy farthest point.
 * Source: PatchCore, Roth et al., CVPR 2022.
 */
export function chooseMemory(all: PatchFeatures, patches: number, seed: number): PatchFeatures {
  const { dimensions } = all;
  const random = mulberry32(seed);
  const bank = thinned(all, patches * THINNED_TO, random);
  const count = bank.length / dimensions;
  if (count <= patches) return { dimensions, rows: bank };
  const rows = new Float32Array(patches * dimensions);
  const far = new Float64Array(count).fill(Infinity);
  let last = Math.floor(random() * count);
  for (let chosen = 0; chosen < patches; chosen++) {
    rows.set(bank.subarray(last * dimensions, (last + 1) * dimensions), chosen * dimensions);
    let farthest = 0;
    for (let index = 0; index < count; index++) {
      const distance = squaredDistance(bank, index, bank, last, dimensions);
      if (distance < (far[index] ?? 0)) far[index] = distance;
      if ((far[index] ?? 0) > (far[farthest] ?? 0)) farthest = index;
    }
    last = farthest;
  }
  return { dimensions, rows };
}

/** Euclidean distance of each patch to the nearest of the memory. */
export function distancesTo(memory: PatchFeatures, { rows, dimensions }: PatchFeatures): Float32Array {
  if (memory.dimensions !== dimensions) throw new RangeError('the memory is of another model');
  const known = memory.rows.length / dimensions;
  return Float32Array.from({ length: rows.length / dimensions }, (_, patch) => {
    let least = Infinity;
    for (let index = 0; index < known; index++) {
      least = Math.min(least, squaredDistance(rows, patch, memory.rows, index, dimensions));
    }
    return Math.sqrt(least);
  });
}

/** How unusual a photo is: the mean of the highest `share` of its distances, of one at least. */
export function photoScore(distances: Float32Array, share: number): number {
  const highest = distances.toSorted().subarray(-Math.max(1, Math.round(share * distances.length)));
  return highest.reduce((sum, distance) => sum + distance, 0) / highest.length;
}

function squaredDistance(a: Float32Array, i: number, b: Float32Array, j: number, dimensions: number): number {
  let sum = 0;
  for (let k = 0; k < dimensions; k++) {
    const gap = (a[i * dimensions + k] ?? 0) - (b[j * dimensions + k] ?? 0);
    sum += gap * gap;
  }
  return sum;
}

/** `most` rows drawn without replacement, or all. */
function thinned(
  { rows, dimensions }: PatchFeatures,
  most: number,
  random: () => number,
): PatchFeatures['rows'] {
  const count = rows.length / dimensions;
  if (count <= most) return rows;
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const drawn = new Float32Array(most * dimensions);
  for (let place = 0; place < most; place++) {
    const other = place + Math.floor(random() * (count - place));
    const row = order[other] ?? 0;
    order[other] = order[place] ?? 0;
    drawn.set(rows.subarray(row * dimensions, (row + 1) * dimensions), place * dimensions);
  }
  return drawn;
}
