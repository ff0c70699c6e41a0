import sharp from 'sharp';
import { expect, test } from 'vitest';
import { readExif } from '../../../../core/vision/exif.ts';
import { withExif, type ShotFacts } from '../../../../core/vision/write-exif.ts';

const jpeg = async (): Promise<Uint8Array> =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer();
const facts: ShotFacts = {
  takenAt: Date.UTC(2026, 4, 17, 23, 3, 59, 120),
  offsetMinutes: 120,
  software: 'Loupe 0.1.0',
};

test('what the device knew of a shot is in its file', async () => {
  const pose = {
    position: { latitude: -55.691234, longitude: 12.09 },
    accuracyM: 8,
    altitudeM: -3.5,
    headingDeg: 271.5,
    rollDeg: 2,
  };
  const { latitude, longitude, ...rest } = readExif(withExif(await jpeg(), { ...facts, pose })) ?? {};
  expect(latitude).toBeCloseTo(-55.691234, 6);
  expect(longitude).toBeCloseTo(12.09, 6);
  expect(rest).toEqual({ takenAt: '2026-05-18T01:03:59+02:00', altitudeM: -3.5, directionDeg: 271.5 });
});

test.each([
  ['nothing of its place', undefined, {}],
  ['its direction alone', { headingDeg: 3 }, { directionDeg: 3 }],
])('a device that knows %s', async (_, pose, known) => {
  const west = { ...facts, offsetMinutes: -210, pose };
  expect(readExif(withExif(await jpeg(), west))).toEqual({ takenAt: '2026-05-17T19:33:59-03:30', ...known });
});

test('the picture is the same to every pixel, and another reader takes the file', async () => {
  const before = await jpeg();
  const after = withExif(before, { ...facts, pose: { headingDeg: 3 } });
  const pixels = async (bytes: Uint8Array) => (await sharp(bytes).raw().toBuffer()).toString('base64');
  expect(await pixels(after)).toBe(await pixels(before));
  expect((await sharp(after).metadata()).exif?.subarray(0, 6).toString()).toBe('Exif\0\0');
});
