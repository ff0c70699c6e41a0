import type { Box, Size } from '../contract/geometry.ts';
import type { ModelManifest } from '../contract/model-manifest.ts';
import { unreachable } from '../domain/outcome.ts';
import { boxIou, intersectionArea } from './box.ts';
import type { OutputTensor } from './compare-golden.ts';
import { decodeYolox } from './decode-yolox.ts';
import { labelThresholds } from './thresholds.ts';
import type { Tile } from './tiles.ts';

/** A box that overlaps the finding less is another damage. */
const SAME_DAMAGE = 0.25;
/** Scores below it are the noise of a head. */
const LEAST_SCORE = 0.001;

type Subject = Pick<ModelManifest, 'input' | 'output' | 'labels' | 'thresholds'>;

/** Reads each class's score, by class index, from an answer to the tile. */
export type ReadScores = (answer: OutputTensor) => readonly number[];

/**
 * What a model says of one place: a detector the best box there, a segmenter its mean probability over the
 * cells that are likeliest in `first`, so that answers to changed pictures compare with it.
 */
export function scoresAt(
  manifest: Subject,
  box: Box,
  tile: Tile,
  photo: Size,
  first: OutputTensor,
): ReadScores {
  const { input, output } = manifest;
  switch (output.kind) {
    case 'yolox': {
      const minScores = labelThresholds(manifest, LEAST_SCORE);
      const head = { input, strides: output.strides, classes: minScores.length };
      const place = within(box, tile);
      return ({ data }) => {
        if (!(data instanceof Float32Array)) throw new RangeError('a YOLOX answer must be float32');
        const there = decodeYolox(data, head, minScores, tile, photo).filter(
          (found) => boxIou(found.box, place) >= SAME_DAMAGE,
        );
        return minScores.map((_, classIndex) =>
          there.reduce(
            (best, found) => (found.classIndex === classIndex ? Math.max(best, found.score) : best),
            0,
          ),
        );
      };
    }
    case 'mask-logits': {
      const cells = cellsIn(box, tile, output.stride, first);
      const classes = first.shape[1] ?? 0;
      return (answer) =>
        Array.from({ length: classes }, (_, classIndex) => meanOf(answer, classIndex, cells));
    }
    case 'patch-features':
      throw new RangeError('patch features score nothing');
    default:
      return unreachable(output);
  }
}

/** A finding joined from several tiles is larger than what one tile shows of it. */
function within(box: Box, tile: Tile): Box {
  const x = Math.max(box.x, tile.x);
  const y = Math.max(box.y, tile.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(box.x + box.width, tile.x + tile.width) - x),
    height: Math.max(0, Math.min(box.y + box.height, tile.y + tile.height) - y),
  };
}

/** The cells in the box whose likeliest class is at least half as likely as the best; all where none is. */
function cellsIn(box: Box, tile: Tile, stride: number, { shape, data }: OutputTensor): readonly number[] {
  const [, classes = 0, rows = 0, columns = 0] = shape;
  const width = stride / tile.scaleX;
  const height = stride / tile.scaleY;
  const cells: { readonly at: number; readonly best: number }[] = [];
  for (let at = 0; at < rows * columns; at++) {
    const x = tile.x + (at % columns) * width;
    const y = tile.y + Math.floor(at / columns) * height;
    if (intersectionArea({ x, y, width, height }, box) === 0) continue;
    const logits = Array.from(
      { length: classes },
      (_, index) => data[index * rows * columns + at] ?? -Infinity,
    );
    cells.push({ at, best: sigmoid(Math.max(...logits)) });
  }
  const most = cells.reduce((value, { best }) => Math.max(value, best), 0);
  return cells.filter(({ best }) => best >= most / 2).map(({ at }) => at);
}

function meanOf({ shape, data }: OutputTensor, classIndex: number, cells: readonly number[]): number {
  const [, , rows = 0, columns = 0] = shape;
  if (cells.length === 0) return 0;
  const sum = cells.reduce(
    (total, at) => total + sigmoid(data[classIndex * rows * columns + at] ?? -Infinity),
    0,
  );
  return sum / cells.length;
}

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
