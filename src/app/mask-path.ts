import type { Geometry } from '../../core/contract/geometry.ts';
import { bitmapOfMask } from '../../core/measure/bitmap.ts';
import { contours } from '../../core/measure/contour.ts';

/** A mask's outline as an SVG path in photo pixels, to be filled by the even-odd rule. */
export function maskPath(mask: Extract<Geometry, { readonly kind: 'mask' }>): string {
  const bitmap = bitmapOfMask(mask);
  if (!bitmap) return '';
  return contours(bitmap)
    .map((ring) => `M${ring.map(([x, y]) => `${x} ${y}`).join('L')}Z`)
    .join('');
}
