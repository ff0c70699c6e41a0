import type { Box, Size } from '../contract/geometry.ts';
import type { ModelManifest } from '../contract/model-manifest.ts';
import { unreachable } from '../domain/outcome.ts';
import type { OutputTensor } from './compare-golden.ts';
import { decodeYolox } from './decode-yolox.ts';
import { findRegions } from './components.ts';
import { suppress } from './nms.ts';
import { labelThresholds } from './thresholds.ts';
import type { Tile } from './tiles.ts';

/** Boxes that overlap more than this want the same tile. */
const SAME_PLACE = 0.7;
/** More than a tile can hold; a broken model must not stall the choice. */
const MOST = 1000;

/**
 * Places, in photo pixels, where a coarse tile's answer reaches `minScore` for any class: boxes of a detector,
 * cells of a segmenter's mask. Throws RangeError where the answer does not fit the manifest.
 */
export function suspectsOf(
  manifest: Pick<ModelManifest, 'input' | 'output' | 'labels' | 'thresholds'>,
  answer: OutputTensor,
  minScore: number,
  tile: Tile,
  photo: Size,
): readonly Box[] {
  const { input, output } = manifest;
  switch (output.kind) {
    case 'yolox': {
      if (!(answer.data instanceof Float32Array)) throw new RangeError('a YOLOX answer must be float32');
      const minScores = labelThresholds(manifest, minScore);
      const head = { input, strides: output.strides, classes: minScores.length };
      const found = decodeYolox(answer.data, head, minScores, tile, photo);
      return suppress(found, SAME_PLACE, MOST).map(({ box }) => box);
    }
    case 'mask-logits':
      return hotCells(answer, output.stride, minScore, tile);
    case 'patch-features':
      throw new RangeError('patch features suspect nothing');
    default:
      return unreachable(output);
  }
}

/**
 * The connected regions, in photo pixels, in which a scout's answer [1, 1, rows, columns] reaches `minScore`. Throws
 * RangeError where it has another form.
 */
export function scoutedRegions(
  { shape, data }: OutputTensor,
  stride: number,
  minScore: number,
  tile: Tile,
): readonly Box[] {
  const [, maps, rows = 0, columns = 0] = shape;
  if (!(data instanceof Float32Array) || maps !== 1 || data.length !== rows * columns)
    throw new RangeError('a scout answers with one map of float32');
  const width = stride / tile.scaleX;
  const height = stride / tile.scaleY;
  const seen = seenCells(tile, stride, rows, columns);
  const map = new Uint8Array(seen.width * seen.height);
  for (let row = 0; row < seen.height; row++) {
    for (let column = 0; column < seen.width; column++) {
      const logit = data[row * columns + column] ?? NaN;
      map[row * seen.width + column] = 255 / (1 + Math.exp(-logit));
    }
  }
  return findRegions(map, seen, { threshold: minScore, minPixels: 1, limit: MOST }).map(({ box }) => ({
    x: tile.x + box.x * width,
    y: tile.y + box.y * height,
    width: box.width * width,
    height: box.height * height,
  }));
}

/** What lies right of and below the picture is padding. */
const seenCells = (tile: Tile, stride: number, rows: number, columns: number): Size => ({
  width: Math.min(columns, Math.ceil(tile.inputWidth / stride)),
  height: Math.min(rows, Math.ceil(tile.inputHeight / stride)),
});

/** `answer`: [1, classes, rows, columns]. */
function hotCells(
  { shape, data }: OutputTensor,
  stride: number,
  minScore: number,
  tile: Tile,
): readonly Box[] {
  const [, classes = 0, rows = 0, columns = 0] = shape;
  const least = Math.log(minScore / (1 - minScore));
  const width = stride / tile.scaleX;
  const height = stride / tile.scaleY;
  const seen = seenCells(tile, stride, rows, columns);
  const cells: Box[] = [];
  for (let row = 0; row < seen.height; row++) {
    for (let column = 0; column < seen.width; column++) {
      const at = row * columns + column;
      const hot = Array.from(
        { length: classes },
        (_, index) => data[index * rows * columns + at] ?? NaN,
      ).some((logit) => logit >= least);
      if (hot) cells.push({ x: tile.x + column * width, y: tile.y + row * height, width, height });
    }
  }
  return cells;
}
