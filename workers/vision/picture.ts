import type { Size } from '../../core/contract/geometry.ts';
import type { Tile } from '../../core/vision/tiles.ts';

/** A decoded photo, upright. `image` may be smaller than the photo: then it was decoded at a reduced size. */
export interface Picture {
  readonly image: ImageBitmap;
  /** Of the photo itself: what tiles and findings are measured in. */
  readonly size: Size;
}

/** Draws a tile's part of the picture at the canvas's top left, at the size that the model sees it in. */
export function drawTile(
  context: OffscreenCanvasRenderingContext2D,
  { image, size }: Picture,
  { x, y, width, height, inputWidth, inputHeight }: Tile,
): void {
  const across = image.width / size.width;
  const down = image.height / size.height;
  context.imageSmoothingQuality = inputWidth < width * across ? 'high' : 'medium';
  // A transparent picture must not show the tile before.
  context.fillRect(0, 0, inputWidth, inputHeight);
  context.drawImage(
    image,
    x * across,
    y * down,
    width * across,
    height * down,
    0,
    0,
    inputWidth,
    inputHeight,
  );
}
