import type { ModelInput } from '../../core/contract/model-manifest.ts';
import { packTile, type PackedTensor } from '../../core/vision/pack-tile.ts';
import type { Tile } from '../../core/vision/tiles.ts';

/**
 * Cuts tiles out of a decoded photo through one canvas of the model's input size: a canvas of the photo's
 * size would pass the limits of tablets (iOS: 16.7 megapixels).
 */
export class TileReader {
  readonly #input: ModelInput;
  readonly #context: OffscreenCanvasRenderingContext2D;

  constructor(input: ModelInput) {
    const canvas = new OffscreenCanvas(input.width, input.height);
    // Read after every draw: a canvas on the GPU would wait for it each time.
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('no 2D canvas');
    context.imageSmoothingEnabled = true;
    this.#context = context;
    this.#input = input;
  }

  /** The tile as the model's input tensor; `out` is filled where given. */
  read(photo: ImageBitmap, tile: Tile, out?: PackedTensor): PackedTensor {
    const { x, y, width, height, inputWidth, inputHeight } = tile;
    const context = this.#context;
    context.imageSmoothingQuality = inputWidth < width ? 'high' : 'medium';
    // A transparent picture must not show the tile before.
    context.fillRect(0, 0, inputWidth, inputHeight);
    context.drawImage(photo, x, y, width, height, 0, 0, inputWidth, inputHeight);
    const { data } = context.getImageData(0, 0, inputWidth, inputHeight);
    return packTile(data, inputWidth, inputHeight, this.#input, out);
  }
}
