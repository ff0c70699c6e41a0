import type { Size } from '../contract/geometry.ts';
import type { OutputTensor } from './compare-golden.ts';
import type { Tile } from './tiles.ts';

/** A tile's answer counts less towards its inner edges, over this share of its side: heads see less there. */
const FEATHER_SHARE = 0.2;
/** Least weight, so that a pixel that only a tile's edge sees still has an answer. */
const LEAST_WEIGHT = 1 / 64;

/**
 * Joins the tiles' mask logits of one class into one probability per photo pixel, without seams.
 * Tiles come in the order of `planTiles`; left-out tiles count as free of defects. Only a band as high as
 * one tile is held in floats (8 bytes a pixel), the photo itself in one byte a pixel: 48 MP take 48 MB and
 * a band of 40 MB. Zooms are averaged.
 */
export class MaskStitcher {
  readonly #photo: Size;
  readonly #stride: number;
  readonly #classIndex: number;
  readonly #map: Uint8Array<ArrayBuffer>;
  #sums = new Float32Array(0);
  #weights = new Float32Array(0);
  #bandTop = 0;
  #zoom: number | undefined;
  #zoomsDone = 0;

  /** `stride`: tensor pixels per logit. */
  constructor(photo: Size, stride: number, classIndex = 0) {
    this.#photo = photo;
    this.#stride = stride;
    this.#classIndex = classIndex;
    this.#map = new Uint8Array(photo.width * photo.height);
  }

  /** `logits`: [1, classes, rows, columns]. */
  add(tile: Tile, logits: OutputTensor): void {
    if (this.#zoom !== undefined && this.#zoom !== tile.zoom) this.#finishZoom();
    this.#zoom = tile.zoom;
    if (tile.y < this.#bandTop) throw new RangeError('tiles must come in the order of the plan');
    this.#flush(tile.y);
    this.#reserve(tile.height);
    const grid = probabilities(logits, this.#classIndex);
    const columns = sampling(tile.x, tile.width, tile.scaleX, this.#stride, grid.columns, this.#photo.width);
    const rows = sampling(tile.y, tile.height, tile.scaleY, this.#stride, grid.rows, this.#photo.height);
    this.#blend(tile, grid, columns, rows);
  }

  /** 0 to 255 per photo pixel, row by row. The stitcher is spent afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.#zoom !== undefined) this.#finishZoom();
    this.#sums = new Float32Array(0);
    this.#weights = new Float32Array(0);
    return this.#map;
  }

  #blend(tile: Tile, grid: Grid, columns: Sampling, rows: Sampling): void {
    const wide = widenGrid(grid, columns);
    const sums = this.#sums;
    const weights = this.#weights;
    for (let y = 0; y < tile.height; y++) {
      // Sampling has one entry per row and column, the grid one value per cell.
      const upper = (rows.near[y] as number) * tile.width;
      const lower = (rows.far[y] as number) * tile.width;
      const down = rows.share[y] as number;
      const rowWeight = rows.weight[y] as number;
      let at = (tile.y - this.#bandTop + y) * this.#photo.width + tile.x;
      for (let x = 0; x < tile.width; x++, at++) {
        const value = mix(wide[upper + x] as number, wide[lower + x] as number, down);
        sums[at] = (sums[at] as number) + rowWeight * value;
        weights[at] = (weights[at] as number) + rowWeight * (columns.weight[x] as number);
      }
    }
  }

  #reserve(height: number): void {
    const length = height * this.#photo.width;
    if (this.#sums.length >= length) return;
    const sums = new Float32Array(length);
    const weights = new Float32Array(length);
    sums.set(this.#sums);
    weights.set(this.#weights);
    this.#sums = sums;
    this.#weights = weights;
  }

  #finishZoom(): void {
    this.#flush(this.#photo.height);
    this.#zoomsDone++;
    this.#bandTop = 0;
  }

  /** Moves the rows above `top`, which no later tile of this zoom reaches, from the band into the map. */
  #flush(top: number): void {
    const { width } = this.#photo;
    const rows = top - this.#bandTop;
    if (rows <= 0) return;
    const length = rows * width;
    const map = this.#map.subarray(this.#bandTop * width, top * width);
    const held = Math.min(length, this.#sums.length);
    const sums = this.#sums;
    const weights = this.#weights;
    const done = this.#zoomsDone;
    // Every index is below the lengths of the arrays.
    for (let i = 0; i < held; i++) {
      const weight = weights[i] as number;
      const value = weight > 0 ? (255 * (sums[i] as number)) / weight : 0;
      map[i] = done === 0 ? value + 0.5 : ((map[i] as number) * done + value) / (done + 1) + 0.5;
    }
    // Rows that no tile of this zoom reached are free of defects.
    for (let i = held; i < length && done > 0; i++) map[i] = ((map[i] as number) * done) / (done + 1) + 0.5;
    for (const band of [this.#sums, this.#weights]) {
      band.copyWithin(0, length);
      band.fill(0, Math.max(0, band.length - length));
    }
    this.#bandTop = top;
  }
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Sigmoid of one class's logits; what is not a number is no defect. */
function probabilities({ shape, data }: OutputTensor, classIndex: number): Grid {
  const [batch, classes, rows, columns] = shape;
  if (batch !== 1 || !classes || !rows || !columns || classIndex >= classes || shape.length !== 4) {
    throw new RangeError(`[${shape.join(', ')}] are no mask logits with class ${classIndex}`);
  }
  const start = classIndex * rows * columns;
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < values.length; i++) {
    const value = 1 / (1 + Math.exp(-(data[start + i] ?? NaN)));
    values[i] = Number.isNaN(value) ? 0 : value;
  }
  return { rows, columns, values };
}

/** The grid at the photo's columns, each value times its column's weight: most rows share that work. */
function widenGrid(grid: Grid, columns: Sampling): Float32Array {
  const width = columns.near.length;
  const wide = new Float32Array(grid.rows * width);
  for (let row = 0; row < grid.rows; row++) {
    const from = row * grid.columns;
    for (let x = 0; x < width; x++) {
      const left = grid.values[from + (columns.near[x] as number)] as number;
      const right = grid.values[from + (columns.far[x] as number)] as number;
      wide[row * width + x] = mix(left, right, columns.share[x] as number) * (columns.weight[x] as number);
    }
  }
  return wide;
}

/** For each photo pixel along an axis: the two grid cells that it lies between, and its weight. */
interface Sampling {
  readonly near: Int32Array;
  readonly far: Int32Array;
  readonly share: Float32Array;
  readonly weight: Float32Array;
}

/** Bilinear with half-pixel centres, as torch's interpolate with align_corners=False. */
function sampling(
  start: number,
  length: number,
  scale: number,
  stride: number,
  cells: number,
  photoLength: number,
): Sampling {
  const near = new Int32Array(length);
  const far = new Int32Array(length);
  const share = new Float32Array(length);
  const weight = new Float32Array(length);
  const feather = Math.max(1, length * FEATHER_SHARE);
  const innerStart = start > 0;
  const innerEnd = start + length < photoLength;
  for (let i = 0; i < length; i++) {
    const cell = Math.min(cells - 1, Math.max(0, ((i + 0.5) * scale) / stride - 0.5));
    near[i] = Math.floor(cell);
    far[i] = Math.min(cells - 1, Math.floor(cell) + 1);
    share[i] = cell - Math.floor(cell);
    const fromEdge = Math.min(innerStart ? i + 0.5 : feather, innerEnd ? length - i - 0.5 : feather);
    weight[i] = Math.max(LEAST_WEIGHT, Math.min(1, fromEdge / feather));
  }
  return { near, far, share, weight };
}
