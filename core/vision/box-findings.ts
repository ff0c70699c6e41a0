import type { ModelManifest } from '../contract/model-manifest.ts';
import type { RawFinding } from '../contract/vision-worker.ts';
import type { Detection } from './decode-yolox.ts';

/** Detections under the manifest's names. Throws RangeError for a class that the manifest does not name. */
export function boxFindings(
  detections: readonly Detection[],
  labels: ModelManifest['labels'],
): readonly RawFinding[] {
  const byIndex = new Map(labels.map((label) => [label.index, label]));
  return detections.map(({ box, score, classIndex }) => {
    const label = byIndex.get(classIndex);
    if (!label) throw new RangeError(`the manifest names no label ${classIndex}`);
    return {
      label: label.name,
      labelIndex: classIndex,
      damageType: label.damageType,
      score,
      box,
      geometry: { kind: 'box', box },
    };
  });
}
