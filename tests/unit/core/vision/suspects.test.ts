import { describe, expect, test } from 'vitest';
import { scoutedRegions } from '../../../../core/vision/suspects.ts';
import type { Tile } from '../../../../core/vision/tiles.ts';

const STRIDE = 8;
/** 48 x 32 photo pixels, twice as large in the model's input of 128 x 128: 12 x 8 cells of it are the photo's. */
const tile: Tile = {
  ...{ x: 100, y: 40, width: 48, height: 32, zoom: 2 },
  ...{ scaleX: 2, scaleY: 2, inputWidth: 96, inputHeight: 64 },
};

/** A map of 16 x 16 cells that are sure to be clean but for these. */
function answer(hot: Readonly<Record<string, number>>) {
  const data = new Float32Array(256).fill(-9);
  for (const [place, logit] of Object.entries(hot)) {
    const [column = 0, row = 0] = place.split(',').map(Number);
    data[row * 16 + column] = logit;
  }
  return { shape: [1, 1, 16, 16], data };
}

describe('what a scout makes suspect', () => {
  test('connected cells are one region, in photo pixels', () => {
    const regions = scoutedRegions(answer({ '2,1': 3, '3,2': 3, '9,6': 3 }), STRIDE, 0.5, tile);
    expect(regions).toEqual([
      { x: 108, y: 44, width: 8, height: 8 },
      { x: 136, y: 64, width: 4, height: 4 },
    ]);
  });

  test('cells below the lowest score are none', () => {
    const logitOf = (p: number) => Math.log(p / (1 - p));
    const two = answer({ '2,1': logitOf(0.41), '9,6': logitOf(0.44) });
    expect(scoutedRegions(two, STRIDE, 0.42, tile)).toHaveLength(1);
  });

  test('padding right of and below the photo is none, nor what is not a number', () => {
    const outside = answer({ '13,2': 9, '3,9': 9, '5,5': NaN });
    expect(scoutedRegions(outside, STRIDE, 0.4, tile)).toEqual([]);
  });

  test.each([
    ['two maps', { shape: [1, 2, 16, 8], data: new Float32Array(256) }],
    ['fewer values than its shape', { shape: [1, 1, 16, 16], data: new Float32Array(255) }],
    ['bytes', { shape: [1, 1, 16, 16], data: new Uint8Array(256) }],
  ])('an answer of another form is refused: %s', (_, wrong) => {
    expect(() => scoutedRegions(wrong, STRIDE, 0.4, tile)).toThrow(RangeError);
  });
});
