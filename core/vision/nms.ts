import type { Box } from '../contract/geometry.ts';
import { boxIou } from './box.ts';
import type { Detection } from './decode-yolox.ts';

/**
 * Non-maximum suppression per class: of boxes of one class that overlap by more than `iou` the best scored
 * stays. Best first, at most `limit`; equal scores keep their order. With `fuseIou` each box that stays takes
 * the mean outline of all boxes of its class that overlap it by at least that, weighed by score.
 */
export function suppress<Kind extends Detection>(
  detections: readonly Kind[],
  iou: number,
  limit: number,
  fuseIou?: number,
): readonly Kind[] {
  const kept: Kind[] = [];
  for (const candidate of [...detections].sort((a, b) => b.score - a.score)) {
    if (kept.length >= limit) break;
    const doubled = kept.some(
      (better) => better.classIndex === candidate.classIndex && boxIou(better.box, candidate.box) > iou,
    );
    if (!doubled) kept.push(candidate);
  }
  if (fuseIou === undefined) return kept;
  return kept.map((best) => ({ ...best, box: meanBox(best, detections, fuseIou) }));
}

/** The outline that `best` and the boxes of its class around it have in the mean. */
function meanBox(best: Detection, all: readonly Detection[], least: number): Box {
  const alike = all.filter(
    (other) => other.classIndex === best.classIndex && boxIou(other.box, best.box) >= least,
  );
  const whole = alike.reduce((sum, { score }) => sum + score, 0);
  // Nothing overlaps an empty box, and scores of nought weigh nothing.
  if (!(whole > 0)) return best.box;
  const mean = (of: (box: Box) => number): number =>
    alike.reduce((sum, { box, score }) => sum + of(box) * score, 0) / whole;
  return {
    x: mean((box) => box.x),
    y: mean((box) => box.y),
    width: mean((box) => box.width),
    height: mean((box) => box.height),
  };
}
