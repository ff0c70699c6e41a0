import type { Box, Size } from '../../../core/contract/geometry.ts';

export interface PaintOptions {
  readonly type?: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly quality?: number;
}

/** A black photo with white squares: what the tiny packs find. */
export async function paintPhoto(
  size: Size,
  squares: readonly Box[],
  options: PaintOptions = {},
): Promise<Blob> {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  context.fillRect(0, 0, size.width, size.height);
  context.fillStyle = 'white';
  for (const { x, y, width, height } of squares) context.fillRect(x, y, width, height);
  return canvas.convertToBlob({ type: options.type ?? 'image/png', quality: options.quality ?? 1 });
}
