import { boxIou } from './box.ts';
import type { Detection } from './decode-yolox.ts';

/**
 * Non-maximum suppression per class: of boxes of one class that overlap by more than `iou` the best scored
 * stays. Best first, at most `limit`; equal scores keep their order.
 */
export function suppress<Kind extends Detection>(
  detections: readonly Kind[],
  iou: number,
  limit: number,
): readonly Kind[] {
  const kept: Kind[] = [];
  for (const candidate of [...detections].sort((a, b) => b.score - a.score)) {
    if (kept.length >= limit) break;
    const doubled = kept.some(
      (better) => better.classIndex === candidate.classIndex && boxIou(better.box, candidate.box) > iou,
    );
    if (!doubled) kept.push(candidate);
  }
  return kept;
}
