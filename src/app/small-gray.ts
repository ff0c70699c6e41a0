import type { Size } from '../../core/contract/geometry.ts';
import { grayOf, WORKING_SIDE, type Gray } from '../../core/quality/gray.ts';

/** A picture as small as its quality is measured on; `source` is drawn whole. */
export function smallGray(source: CanvasImageSource, size: Size): Gray {
  const { context, width, height } = smallCanvas(source, size, WORKING_SIDE);
  return grayOf(context.getImageData(0, 0, width, height).data, width, height);
}

/** The picture no larger than `side` pixels on its longest side. */
export function smallCanvas(source: CanvasImageSource, size: Size, side: number) {
  const scale = Math.min(1, side / Math.max(size.width, size.height));
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    willReadFrequently: true,
    alpha: false,
  });
  if (!context) throw new Error('no 2d context');
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, width, height);
  return { context, width, height };
}
