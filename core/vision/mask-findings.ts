import type { Size } from '../contract/geometry.ts';
import type { ModelManifest } from '../contract/model-manifest.ts';
import type { RawFinding } from '../contract/vision-worker.ts';
import { findRegions } from './components.ts';

type Label = ModelManifest['labels'][number];

/** One finding per connected region of a label's probability map, 0 to 255 row by row; largest first. */
export function maskFindings(
  map: Uint8Array,
  photo: Size,
  label: Label,
  rules: { readonly threshold: number; readonly minPixels: number },
): readonly RawFinding[] {
  return findRegions(map, photo, rules).map(({ geometry, box, score }) => ({
    label: label.name,
    labelIndex: label.index,
    damageType: label.damageType,
    score,
    box,
    geometry,
  }));
}
