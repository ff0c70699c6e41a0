import { expect, it } from 'vitest';
import type { ModelInput } from '../../../core/contract/model-manifest.ts';
import { planTiles } from '../../../core/vision/tiles.ts';
import { openOnnxWebgpu } from '../../../workers/runtimes/onnx-webgpu.ts';
import { GpuTileReader } from '../../../workers/vision/gpu-tile-reader.ts';
import { TileReader } from '../../../workers/vision/tile-reader.ts';
import { paintPhoto } from './paint-photo.ts';

const adapter = await navigator.gpu.requestAdapter();
const device = await adapter?.requestDevice();
if (!device) throw new Error('no WebGPU device');

const plain: ModelInput = {
  name: 'images',
  width: 64,
  height: 48,
  layout: 'nchw',
  dtype: 'float32',
  channels: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  resize: 'letterbox',
  pad: 114,
};
const imagenet = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const bufferFor = ({ width, height, channels }: ModelInput) =>
  device.createBuffer({
    size: width * height * (channels === 'gray' ? 1 : 3) * 4,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  });

async function valuesOf(buffer: GPUBuffer): Promise<Float32Array> {
  const copy = device?.createBuffer({
    size: buffer.size,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const encoder = device?.createCommandEncoder();
  if (!copy || !encoder) throw new Error('no device');
  encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
  device?.queue.submit([encoder.finish()]);
  await copy.mapAsync(GPUMapMode.READ);
  return new Float32Array(copy.getMappedRange().slice(0));
}

it.each<[string, Partial<ModelInput>]>([
  ['BGR bytes, as YOLOX wants them', { channels: 'bgr' }],
  ['RGB by mean and deviation', imagenet],
  ['gray', { channels: 'gray', scale: 1 / 255, mean: [0.5], std: [0.25] }],
  ['channels last', { ...imagenet, layout: 'nhwc' }],
  ['padded with black', { pad: 0 }],
])('packs as the CPU does: %s', async (_, change) => {
  const input = { ...plain, ...change };
  const buffer = bufferFor(input);
  const gpu = await GpuTileReader.open(input, { device, buffer });
  expect(await gpu.isRight()).toBe(true);
  const size = { width: 150, height: 90 };
  const photo = await paintPhoto(size, [{ x: 30, y: 20, width: 55, height: 41 }]);
  const picture = { image: await createImageBitmap(photo), size };
  const cpu = new TileReader(input);
  for (const tile of planTiles(size, input, { overlap: 0.2, scales: [0.4, 1, 1.7] })) {
    gpu.read(picture, tile);
    const packed = await valuesOf(buffer);
    const wanted = Float32Array.from(cpu.read(picture, tile).data);
    expect(packed).toHaveLength(wanted.length);
    const worst = wanted.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (packed[at] ?? NaN))),
      0,
    );
    expect(worst).toBeLessThan(1e-4);
  }
});

it('finds out where a device packs wrongly', async () => {
  const buffer = bufferFor(plain);
  const gpu = await GpuTileReader.open(plain, { device, buffer });
  const write = device.queue.copyExternalImageToTexture.bind(device.queue);
  // As a driver that turns pictures over would.
  device.queue.copyExternalImageToTexture = (source, ...rest) => write({ ...source, flipY: true }, ...rest);
  expect(await gpu.isRight()).toBe(false);
  device.queue.copyExternalImageToTexture = write;
  expect(await gpu.isRight()).toBe(true);
});

it('refuses an input that is not float32', async () => {
  const input = { ...plain, dtype: 'uint8' } as const;
  await expect(GpuTileReader.open(input, { device, buffer: bufferFor(input) })).rejects.toThrow('uint8');
});

it('feeds a model without the CPU: its captured graph answers the same to tensor and tile', async () => {
  const runtime = await openOnnxWebgpu({ threads: 1, allowFallbackAdapter: true, jspi: true });
  const response = await fetch('/tests/fixtures/packs/tiny-mask/1.0.0/model.onnx');
  const session = await runtime.create(new Uint8Array(await response.arrayBuffer()));
  if (!session.gpuInput) throw new Error('the model reads from the CPU');
  expect(session.gpuInput.captured).toBe(true);
  const input = { ...plain, height: 64, scale: 1 / 255 };
  const gpu = await GpuTileReader.open(input, session.gpuInput);
  const size = { width: 64, height: 64 };
  const photo = await paintPhoto(size, [{ x: 10, y: 20, width: 30, height: 20 }]);
  const picture = { image: await createImageBitmap(photo), size };
  const [tile] = planTiles(size, input, { overlap: 0, scales: [1] });
  if (!tile) throw new Error('no tile');
  const fromTensor = [];
  const fromTile = [];
  for (let run = 0; run < 3; run++) {
    fromTensor.push(
      (await session.run({ images: new TileReader(input).read(picture, tile) }))['output']?.data,
    );
    const dark = { shape: [1, 3, 64, 64], data: new Float32Array(3 * 64 * 64) };
    expect((await session.run({ images: dark }))['output']?.data.every((value) => value < 0)).toBe(true);
    fromTile.push((await session.run({ images: gpu.read(picture, tile) }))['output']?.data);
  }
  expect(fromTensor[0]?.some((value) => value > 5)).toBe(true);
  expect(fromTile).toEqual(fromTensor);
  await session.dispose();
});
