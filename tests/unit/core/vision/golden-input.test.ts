import { expect, test } from 'vitest';
import { blocksImage } from '../../../../core/vision/golden-input.ts';
import { mulberry32 } from '../../../../core/vision/random.ts';

test('mulberry32 draws the published numbers', () => {
  // By an independent port in Python with 32-bit wrap-around.
  const next = mulberry32(1);
  expect([next(), next(), next()].map((value) => Math.floor(value * 2 ** 32))).toEqual([
    2693262067, 11749833, 2265367787,
  ]);
});

test('cells are drawn by row, column, channel and are as even as the size allows', () => {
  const next = mulberry32(42);
  const cells = Array.from({ length: 12 }, () => Math.floor(next() * 256));
  const image = blocksImage(42, 2, 5, 3);
  const pixel = (x: number, y: number) => [...image.subarray((y * 5 + x) * 4, (y * 5 + x) * 4 + 4)];
  // floor(x * 2 / 5) is 0 for x < 2.5; floor(y * 2 / 3) is 0 for y < 1.5.
  expect(pixel(0, 0)).toEqual([...cells.slice(0, 3), 255]);
  expect(pixel(2, 1)).toEqual([...cells.slice(0, 3), 255]);
  expect(pixel(3, 1)).toEqual([...cells.slice(3, 6), 255]);
  expect(pixel(2, 2)).toEqual([...cells.slice(6, 9), 255]);
  expect(pixel(4, 2)).toEqual([...cells.slice(9, 12), 255]);
});
