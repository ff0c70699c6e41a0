import { expect, it } from 'vitest';
import { fitsBesidePhotos, PHOTO_RESERVE_BYTES } from '../../../../core/domain/photo-reserve.ts';

const MB = 1_000_000;

it.each([
  ['a model on a free device', 60 * MB, { usage: 0, quota: 2000 * MB }, true],
  [
    'the last byte before the reserve',
    60 * MB,
    { usage: 40 * MB, quota: 100 * MB + PHOTO_RESERVE_BYTES },
    true,
  ],
  ['one byte more', 60 * MB + 1, { usage: 40 * MB, quota: 100 * MB + PHOTO_RESERVE_BYTES }, false],
  ['a full device', 1, { usage: 500 * MB, quota: 500 * MB }, false],
  ['a browser that tells nothing', 60 * MB, {}, true],
])('%s', (_name, bytes, told, fits) => {
  expect(fitsBesidePhotos(bytes, told)).toBe(fits);
});
