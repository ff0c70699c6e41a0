import type { ModelInput } from '../../core/contract/model-manifest.ts';
import { allocateTensor, packTile, tensorShape, type PackedTensor } from '../../core/vision/pack-tile.ts';
import type { Tile } from '../../core/vision/tiles.ts';
import type { Tensor } from '../runtimes/runtime.ts';
import { drawTile, type Picture } from './picture.ts';

/** A packed tile in the CPU's memory. */
export interface CpuTensor extends Tensor {
  readonly data: PackedTensor;
}

/**
 * Cuts tiles out of a decoded photo through one canvas of the model's input size: a canvas of the photo's
 * size would pass the limits of tablets (iOS: 16.7 megapixels). One per loaded model: canvas and tensors
 * cost a photo of one tile as much as packing it.
 */
export class TileReader {
  readonly #input: ModelInput;
  readonly #context: OffscreenCanvasRenderingContext2D;
  /** By turns: one is being read by the model while the next tile is packed into the other. */
  readonly #tensors: [PackedTensor?, PackedTensor?] = [];
  #turn: 0 | 1 = 0;

  constructor(input: ModelInput) {
    const canvas = new OffscreenCanvas(input.width, input.height);
    // Read after every draw: a canvas on the GPU would wait for it each time.
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('no 2D canvas');
    context.imageSmoothingEnabled = true;
    this.#context = context;
    this.#input = input;
  }

  /** The tile as the model's input tensor, which is good until the read after the next one. */
  read(picture: Picture, tile: Tile): CpuTensor {
    const { inputWidth, inputHeight } = tile;
    drawTile(this.#context, picture, tile);
    const { data } = this.#context.getImageData(0, 0, inputWidth, inputHeight);
    this.#turn = this.#turn === 0 ? 1 : 0;
    const tensor = (this.#tensors[this.#turn] ??= allocateTensor(this.#input));
    return {
      shape: tensorShape(this.#input),
      data: packTile(data, inputWidth, inputHeight, this.#input, tensor),
    };
  }
}
