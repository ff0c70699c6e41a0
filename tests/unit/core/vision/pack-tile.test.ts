import { describe, expect, test } from 'vitest';
import type { ModelInput } from '../../../../core/contract/model-manifest.ts';
import { packTile, tensorShape } from '../../../../core/vision/pack-tile.ts';

const base: ModelInput = {
  name: 'images',
  width: 2,
  height: 2,
  layout: 'nchw',
  dtype: 'float32',
  channels: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  resize: 'tile',
  pad: 114,
};
/** Red 1, 2, 3, 4; green + 10; blue + 20; an alpha that must not matter. */
const rgba = Uint8ClampedArray.from([1, 2, 3, 4].flatMap((v) => [v, v + 10, v + 20, v * 50]));
const pack = (input: Partial<ModelInput>, width = 2, height = 2) => [
  ...packTile(rgba.subarray(0, width * height * 4), width, height, { ...base, ...input }),
];

describe('layouts and channels', () => {
  test.each<[string, Partial<ModelInput>, number[]]>([
    ['nchw rgb', {}, [1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24]],
    ['nchw bgr', { channels: 'bgr' }, [21, 22, 23, 24, 11, 12, 13, 14, 1, 2, 3, 4]],
    ['nhwc rgb', { layout: 'nhwc' }, [1, 11, 21, 2, 12, 22, 3, 13, 23, 4, 14, 24]],
    ['nhwc bgr', { layout: 'nhwc', channels: 'bgr' }, [21, 11, 1, 22, 12, 2, 23, 13, 3, 24, 14, 4]],
    // 0.299 * 1 + 0.587 * 11 + 0.114 * 21 = 9.15
    ['gray', { channels: 'gray' }, [9, 10, 11, 12]],
    ['uint8', { dtype: 'uint8' }, [1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24]],
    ['uint8 is rounded and cut', { dtype: 'uint8', scale: 30.5, channels: 'gray' }, [255, 255, 255, 255]],
  ])('%s', (_, input, expected) => {
    expect(pack(input)).toEqual(expected);
  });

  test('mean and std follow the order of the channels', () => {
    const values = pack({ channels: 'bgr', scale: 0.5, mean: [1, 2, 3], std: [2, 4, 8] });
    expect(values[0]).toBe((21 * 0.5 - 1) / 2);
    expect(values[4]).toBe((11 * 0.5 - 2) / 4);
    expect(values[8]).toBe((1 * 0.5 - 3) / 8);
  });

  test('float values are those of float32', () => {
    expect(pack({ scale: 1 / 255 })[0]).toBe(Math.fround(1 / 255));
  });
});

describe('padding', () => {
  test.each<[string, Partial<ModelInput>, number, number, number[]]>([
    ['right', {}, 1, 2, [1, 114, 2, 114, 11, 114, 12, 114, 21, 114, 22, 114]],
    ['below', {}, 2, 1, [1, 2, 114, 114, 11, 12, 114, 114, 21, 22, 114, 114]],
    ['in nhwc', { layout: 'nhwc' }, 1, 1, [1, 11, 21, 114, 114, 114, 114, 114, 114, 114, 114, 114]],
    [
      'normalised like a pixel',
      { channels: 'gray', scale: 0.5, mean: [7], std: [2] },
      1,
      1,
      [-1.25, 25, 25, 25],
    ],
  ])('%s', (_, input, width, height, expected) => {
    expect(pack(input, width, height)).toEqual(expected);
  });

  test('an output that was used before is overwritten whole', () => {
    const out = new Float32Array(12).fill(-1);
    expect(packTile(rgba.subarray(0, 4), 1, 1, base, out)).toBe(out);
    expect(out).not.toContain(-1);
  });
});

test.each<[string, () => unknown]>([
  ['a tile larger than the input', () => packTile(new Uint8ClampedArray(3 * 2 * 4), 3, 2, base)],
  ['pixels of another size', () => packTile(rgba, 2, 1, base)],
  ['a short output', () => packTile(rgba, 2, 2, base, new Float32Array(11))],
  ['an output of another type', () => packTile(rgba, 2, 2, base, new Uint8Array(12))],
])('%s is refused', (_, attempt) => {
  expect(attempt).toThrow();
});

test('shapes', () => {
  expect(tensorShape({ ...base, width: 3 })).toEqual([1, 3, 2, 3]);
  expect(tensorShape({ ...base, width: 3, layout: 'nhwc', channels: 'gray' })).toEqual([1, 2, 3, 1]);
});
