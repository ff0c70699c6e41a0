import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bmffExifExtent } from '../../../../core/vision/bmff-exif.ts';
import { readExifItem } from '../../../../core/vision/exif.ts';

const heic = new Uint8Array(readFileSync(resolve(import.meta.dirname, '../../../fixtures/blade.heic')));

test('where and when a phone took a HEIC photo; how it is turned is not for Exif to say', () => {
  const extent = bmffExifExtent(heic.subarray(0, 2000));
  if (!extent) throw new Error('no Exif item');
  const { latitude, ...facts } =
    readExifItem(heic.subarray(extent.offset, extent.offset + extent.length)) ?? {};
  expect(latitude).toBeCloseTo(55 + 41 / 60 + 30 / 3600, 9);
  expect(facts).toEqual({
    takenAt: '2024-05-17T14:03:59',
    longitude: 12.09,
    directionDeg: 271.5,
    camera: 'iPhone 12',
    focalLength35mm: 26,
  });
});

test('no bytes make it throw or point beyond what a camera writes', () => {
  const change = fc.tuple(fc.nat(heic.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), fc.nat(heic.length), (changes, end) => {
      const bytes = heic.slice(0, Math.max(end, 900));
      for (const [at, value] of changes) bytes[at % 900] = value;
      const { length = 5 } = bmffExifExtent(bytes) ?? {};
      expect(length).toBeLessThanOrEqual(4_000_000);
      readExifItem(bytes);
    }),
    { numRuns: 2000 },
  );
});
