import type { ModelInput } from '../../core/contract/model-manifest.ts';
import { blocksImage } from '../../core/vision/golden-input.ts';
import { PACK_GROUP, packShader } from '../../core/vision/pack-shader.ts';
import { packTile, tensorShape } from '../../core/vision/pack-tile.ts';
import { wholeTile, type Tile } from '../../core/vision/tiles.ts';
import type { GpuInput, GpuTensor, Session } from '../runtimes/runtime.ts';
import { drawTile, type Picture } from './picture.ts';

type Target = Pick<GpuInput, 'device' | 'buffer'>;

/** Values are sums of few products in float32. */
const CLOSE = 1e-4;

/**
 * Cuts tiles out of a decoded photo as `TileReader` does, and packs them on the GPU into the model's own input:
 * no pixel is read back, no tensor uploaded. Not to be called while the model runs.
 */
export class GpuTileReader {
  readonly #input: ModelInput;
  readonly #gpu: Target;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #texture: GPUTexture;
  readonly #size: GPUBuffer;
  readonly #pipeline: GPUComputePipeline;
  readonly #group: GPUBindGroup;

  /** Errors: throws where the device refuses texture, shader or buffer, or the input is not float32. */
  static async open(input: ModelInput, gpu: Target): Promise<GpuTileReader> {
    const { device } = gpu;
    const code = packShader(input);
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code });
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
    const reader = new GpuTileReader(input, gpu, pipeline);
    const error = await device.popErrorScope();
    if (error) throw new Error(error.message);
    return reader;
  }

  private constructor(input: ModelInput, gpu: Target, pipeline: GPUComputePipeline) {
    const { width, height } = input;
    const { TEXTURE_BINDING, COPY_DST, RENDER_ATTACHMENT } = GPUTextureUsage;
    const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false });
    if (!context) throw new Error('no 2D canvas');
    this.#context = context;
    this.#input = input;
    this.#gpu = gpu;
    this.#pipeline = pipeline;
    this.#texture = gpu.device.createTexture({
      size: [width, height],
      format: 'rgba8unorm',
      usage: TEXTURE_BINDING | COPY_DST | RENDER_ATTACHMENT,
    });
    this.#size = gpu.device.createBuffer({
      size: 8,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.#group = gpu.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: this.#texture.createView() },
        { binding: 1, resource: { buffer: gpu.buffer } },
        { binding: 2, resource: { buffer: this.#size } },
      ],
    });
  }

  read(picture: Picture, tile: Tile): GpuTensor {
    drawTile(this.#context, picture, tile);
    return this.#pack(tile.inputWidth, tile.inputHeight);
  }

  /** Whether this device packs as the CPU does, proved with a picture of many colours that leaves padding. */
  async isRight(): Promise<boolean> {
    const { width, height } = this.#input;
    const shown = { width: Math.max(1, width - 3), height: Math.max(1, height - 5) };
    const rgba = blocksImage(7, 9, shown.width, shown.height);
    const data = new ImageData(new Uint8ClampedArray(rgba), shown.width, shown.height);
    const bitmap = await createImageBitmap(data);
    const tiling = { overlap: 0, scales: [1] };
    const tile = wholeTile(shown, { ...this.#input, resize: 'letterbox' }, tiling);
    this.read({ image: bitmap, size: shown }, tile);
    bitmap.close();
    const packed = await this.#readBack();
    const wanted = packTile(rgba, shown.width, shown.height, this.#input);
    return wanted.every(
      (value, at) => Math.abs(value - (packed[at] ?? NaN)) <= CLOSE * Math.max(1, Math.abs(value)),
    );
  }

  dispose(): void {
    this.#texture.destroy();
    this.#size.destroy();
  }

  #pack(width: number, height: number): GpuTensor {
    const { device, buffer } = this.#gpu;
    device.queue.writeBuffer(this.#size, 0, Uint32Array.of(width, height));
    device.queue.copyExternalImageToTexture({ source: this.#context.canvas }, { texture: this.#texture }, [
      width,
      height,
    ]);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, this.#group);
    pass.dispatchWorkgroups(
      Math.ceil(this.#input.width / PACK_GROUP),
      Math.ceil(this.#input.height / PACK_GROUP),
    );
    pass.end();
    device.queue.submit([encoder.finish()]);
    return { shape: tensorShape(this.#input), buffer };
  }

  async #readBack(): Promise<Float32Array> {
    const { device, buffer } = this.#gpu;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const copy = device.createBuffer({ size: buffer.size, usage });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
    device.queue.submit([encoder.finish()]);
    await copy.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(copy.getMappedRange().slice(0));
    copy.destroy();
    return values;
  }
}

/** What a GPU packs wrongly, or not at all, the CPU packs. */
export async function openGpuReader(
  { gpuInput }: Session,
  input: ModelInput,
): Promise<GpuTileReader | undefined> {
  if (!gpuInput) return undefined;
  try {
    const reader = await GpuTileReader.open(input, gpuInput);
    if (await reader.isRight()) return reader;
    reader.dispose();
  } catch {
    // A device that is lost meanwhile says so at the next run.
  }
  return undefined;
}
