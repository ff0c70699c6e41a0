import type { ModelInput } from '../contract/model-manifest.ts';

export type PackedTensor = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

const CHANNEL_OFFSETS = { rgb: [0, 1, 2], bgr: [2, 1, 0] } as const;

/**
 * Packs a tile's RGBA pixels, lying at the tensor's top left, into the model's input:
 * (pixel * scale - mean[c]) / std[c], nchw or nhwc, padded with `pad`. Alpha is ignored. Gray is the
 * luma of ITU-R BT.601 in PIL's whole-number form. `out` is filled and returned when given; it must have
 * the tensor's length and element type.
 */
export function packTile(
  rgba: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
  input: ModelInput,
  out: PackedTensor = allocateTensor(input),
): PackedTensor {
  checkSizes(rgba, width, height, input, out);
  const channels = channelCount(input);
  const cells = input.width * input.height;
  const planar = input.layout === 'nchw';
  if (planar && channels === 3 && rgba.byteOffset % 4 === 0)
    return packPlanes(rgba, width, height, input, out);
  for (let channel = 0; channel < channels; channel++) {
    const table = channelTable(input, channel);
    const start = planar ? channel * cells : channel;
    const step = planar ? 1 : channels;
    if (width < input.width || height < input.height) {
      padChannel(out, input, start, step, width, height, tensorValue(input, channel, input.pad));
    }
    if (input.channels === 'gray') packGray(rgba, width, height, input.width, table, out);
    else {
      const offset = CHANNEL_OFFSETS[input.channels][channel] ?? 0;
      packChannel(rgba, width, height, input.width, offset, table, out, start, step);
    }
  }
  return out;
}

export const channelCount = (input: Pick<ModelInput, 'channels'>): number =>
  input.channels === 'gray' ? 1 : 3;

/** [1, channels, height, width] or [1, height, width, channels]. */
export function tensorShape(input: ModelInput): readonly number[] {
  const channels = channelCount(input);
  return input.layout === 'nchw'
    ? [1, channels, input.height, input.width]
    : [1, input.height, input.width, channels];
}

export function allocateTensor(input: ModelInput): PackedTensor {
  const length = channelCount(input) * input.width * input.height;
  return input.dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
}

function tensorValue(input: ModelInput, channel: number, pixel: number): number {
  const value = (pixel * input.scale - (input.mean[channel] ?? 0)) / (input.std[channel] ?? 1);
  return input.dtype === 'uint8' ? Math.min(255, Math.max(0, Math.round(value))) : value;
}

function channelTable(input: ModelInput, channel: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, pixel) => tensorValue(input, channel, pixel));
}

/** What most models want, at half the time of a pass a channel: every pixel is read once, as one word. */
function packPlanes(
  rgba: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
  input: ModelInput,
  out: PackedTensor,
): PackedTensor {
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  const cells = input.width * input.height;
  // Every machine with a browser keeps the red byte lowest.
  const shifts = CHANNEL_OFFSETS[input.channels === 'bgr' ? 'bgr' : 'rgb'].map((offset) => offset * 8);
  const [first = 0, second = 0, third = 0] = shifts;
  const [one, two, three] = [0, 1, 2].map((channel) => channelTable(input, channel)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let y = 0, source = 0; y < height; y++) {
    for (let x = 0, target = y * input.width; x < width; x++, source++, target++) {
      // All indices are in range by checkSizes, and the tables hold a value for each byte.
      const word = words[source] as number;
      out[target] = one[(word >>> first) & 255] as number;
      out[cells + target] = two[(word >>> second) & 255] as number;
      out[2 * cells + target] = three[(word >>> third) & 255] as number;
    }
  }
  if (width < input.width || height < input.height) {
    for (const channel of [0, 1, 2]) {
      padChannel(out, input, channel * cells, 1, width, height, tensorValue(input, channel, input.pad));
    }
  }
  return out;
}

function packChannel(
  rgba: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
  rowCells: number,
  offset: number,
  table: Float32Array,
  out: PackedTensor,
  start: number,
  step: number,
): void {
  for (let y = 0; y < height; y++) {
    let source = y * width * 4 + offset;
    let target = start + y * rowCells * step;
    for (let x = 0; x < width; x++, source += 4, target += step) {
      out[target] = table[rgba[source] as number] as number; // both indices are in range by checkSizes
    }
  }
}

function packGray(
  rgba: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
  rowCells: number,
  table: Float32Array,
  out: PackedTensor,
): void {
  for (let y = 0; y < height; y++) {
    let source = y * width * 4;
    let target = y * rowCells;
    for (let x = 0; x < width; x++, source += 4, target++) {
      // In range by checkSizes.
      const red = rgba[source] as number;
      const green = rgba[source + 1] as number;
      const blue = rgba[source + 2] as number;
      out[target] = table[(red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16] as number;
    }
  }
}

/** Fills what lies right of and below the picture. */
function padChannel(
  out: PackedTensor,
  input: ModelInput,
  start: number,
  step: number,
  width: number,
  height: number,
  value: number,
): void {
  for (let y = 0; y < input.height; y++) {
    const row = start + y * input.width * step;
    for (let x = y < height ? width : 0; x < input.width; x++) out[row + x * step] = value;
  }
}

function checkSizes(
  rgba: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
  input: ModelInput,
  out: PackedTensor,
): void {
  if (width > input.width || height > input.height) {
    throw new RangeError(`a tile of ${width}x${height} does not fit into ${input.width}x${input.height}`);
  }
  if (rgba.length !== width * height * 4)
    throw new RangeError(`${rgba.length} bytes are not ${width}x${height} RGBA`);
  if (out.length !== channelCount(input) * input.width * input.height) {
    throw new RangeError(`an output of ${out.length} values does not hold the tensor`);
  }
  if (out instanceof Uint8Array !== (input.dtype === 'uint8'))
    throw new TypeError(`the output is not ${input.dtype}`);
}
