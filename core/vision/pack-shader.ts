import type { ModelInput } from '../contract/model-manifest.ts';
import { channelCount } from './pack-tile.ts';

/** Invocations along each side of a workgroup. */
export const PACK_GROUP = 8;

const OFFSETS = { rgb: [0, 1, 2], bgr: [2, 1, 0] } as const;

/**
 * `packTile` as a WGSL compute shader, one invocation a tensor pixel: binding 0 is the tile's rgba8unorm texture,
 * 1 the tensor, 2 the picture's size in it. Throws RangeError for an input that is not float32.
 */
export function packShader(input: ModelInput): string {
  if (input.dtype !== 'float32') throw new RangeError(`a shader packs no ${input.dtype}`);
  const { width, height, layout } = input;
  const channels = channelCount(input);
  const place = (channel: number): string =>
    layout === 'nchw' ? `${channel * width * height}u + cell` : `cell * ${channels}u + ${channel}u`;
  const stores = Array.from({ length: channels }, (_, channel) => {
    const pixel = `select(${literal(input.pad)}, ${valueOf(input, channel)}, shown)`;
    const { scale, mean, std } = input;
    const centred = `(${pixel} * ${literal(scale)} - ${literal(mean[channel] ?? 0)})`;
    return `  tensor[${place(channel)}] = ${centred} / ${literal(std[channel] ?? 1)};`;
  });
  return `
@group(0) @binding(0) var tile: texture_2d<f32>;
@group(0) @binding(1) var<storage, read_write> tensor: array<f32>;
@group(0) @binding(2) var<uniform> size: vec2u;

@compute @workgroup_size(${PACK_GROUP}, ${PACK_GROUP})
fn pack(@builtin(global_invocation_id) at: vec3u) {
  if (at.x >= ${width}u || at.y >= ${height}u) { return; }
  let shown = at.x < size.x && at.y < size.y;
  let cell = at.y * ${width}u + at.x;
  let pixel = round(textureLoad(tile, at.xy, 0) * 255.0);
${stores.join('\n')}
}`;
}

/** Gray in whole numbers, as PIL computes it. */
function valueOf(input: ModelInput, channel: number): string {
  if (input.channels !== 'gray') return `pixel[${OFFSETS[input.channels][channel] ?? 0}]`;
  return 'f32((u32(pixel.r) * 19595u + u32(pixel.g) * 38470u + u32(pixel.b) * 7471u + 32768u) >> 16u)';
}

/** WGSL takes "1" for a whole number. */
const literal = (value: number): string => {
  const text = String(value);
  return /[.e]/.test(text) ? `f32(${text})` : `f32(${text}.0)`;
};
