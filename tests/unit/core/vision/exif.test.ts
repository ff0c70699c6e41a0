import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { readExif } from '../../../../core/vision/exif.ts';

type Tags = Readonly<Record<string, string>>;
const jpeg = (tags: Record<string, Tags>): Promise<Uint8Array> =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: 'gray' } })
    .withMetadata({ exif: tags, orientation: 6 })
    .jpeg()
    .toBuffer();

/** libvips names: IFD0 the picture, IFD2 the Exif directory, IFD3 the GPS directory. */
const whole = {
  IFD0: { Make: 'DJI', Model: 'FC6310' },
  IFD2: {
    DateTimeOriginal: '2024:05:17 14:03:59',
    OffsetTimeOriginal: '+02:00',
    FocalLengthIn35mmFilm: '24',
  },
  IFD3: {
    GPSLatitudeRef: 'S',
    GPSLatitude: '54/1 30/1 1800/100',
    GPSLongitudeRef: 'E',
    GPSLongitude: '8/1 15/1 0/1',
    GPSAltitudeRef: '0',
    GPSAltitude: '1234/10',
    GPSImgDirection: '2715/10',
  },
};

test('a drone’s photo', async () => {
  const exif = readExif(await jpeg(whole));
  expect(exif).toMatchObject({
    takenAt: '2024-05-17T14:03:59+02:00',
    longitude: 8.25,
    altitudeM: 123.4,
    directionDeg: 271.5,
    camera: 'DJI FC6310',
    focalLength35mm: 24,
    orientation: 6,
  });
  expect(exif?.latitude).toBeCloseTo(-54.505, 9);
});

describe('what is damaged or out of range is left out, the rest is kept', () => {
  test.each<[string, Record<string, Tags>, string]>([
    ['a month of 13', { ...whole, IFD2: { DateTimeOriginal: '2024:13:01 00:00:00' } }, 'takenAt'],
    ['an unset clock', { ...whole, IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' } }, 'takenAt'],
    ['a latitude of 91', { ...whole, IFD3: { ...whole.IFD3, GPSLatitude: '91/1 0/1 0/1' } }, 'latitude'],
    ['a division by zero', { ...whole, IFD3: { ...whole.IFD3, GPSLongitude: '8/0 0/1 0/1' } }, 'longitude'],
    ['a direction of 400', { ...whole, IFD3: { ...whole.IFD3, GPSImgDirection: '400/1' } }, 'directionDeg'],
    ['a focal length of 0', { ...whole, IFD2: { FocalLengthIn35mmFilm: '0' } }, 'focalLength35mm'],
  ])('%s', async (_, tags, fact) => {
    const exif = readExif(await jpeg(tags));
    expect(exif).not.toHaveProperty(fact);
    expect(exif?.camera).toBe('DJI FC6310');
  });
});

test('west, without an offset, a model that names its maker', async () => {
  const exif = readExif(
    await jpeg({
      IFD0: { Make: 'Canon', Model: 'Canon EOS R5' },
      IFD2: { DateTimeOriginal: '2023:01:02 03:04:05' },
      IFD3: { GPSLongitudeRef: 'W', GPSLongitude: '3/1 30/1 0/1' },
    }),
  );
  expect(exif).toMatchObject({
    takenAt: '2023-01-02T03:04:05',
    longitude: -3.5,
    camera: 'Canon EOS R5',
  });
  expect(exif).not.toHaveProperty('latitude');
});

test('below the sea, in big-endian order', () => {
  const u16 = (value: number) => [value >> 8, value & 255];
  const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
  const tag = (id: number, type: number, count: number, value: readonly number[]) => [
    ...u16(id),
    ...u16(type),
    ...u32(count),
    ...value,
  ];
  const gps = 8 + 2 + 12 + 4;
  const block = [
    ...[0x4d, 0x4d, ...u16(42), ...u32(8)],
    ...[...u16(1), ...tag(0x8825, 4, 1, u32(gps)), ...u32(0)],
    ...[...u16(2), ...tag(5, 1, 1, [1, 0, 0, 0]), ...tag(6, 5, 1, u32(gps + 2 + 24 + 4)), ...u32(0)],
    ...[...u32(15), ...u32(2)],
  ];
  const segment = [...new TextEncoder().encode('Exif\0\0'), ...block];
  const file = Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, ...u16(segment.length + 2), ...segment]);
  expect(readExif(file)).toEqual({ altitudeM: -7.5 });
});

test('a photo without Exif, and what is no JPEG, have none', async () => {
  const plain = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'gray' } })
    .jpeg()
    .toBuffer();
  expect(readExif(plain)).toBeUndefined();
  expect(readExif(new Uint8Array())).toBeUndefined();
  expect(readExif(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toBeUndefined();
});

test('never throws, whatever is changed or cut off', async () => {
  const file = await jpeg(whole);
  const change = fc.tuple(fc.nat({ max: 700 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), fc.nat({ max: 900 }), (changes, end) => {
      const bytes = Uint8Array.from(file.subarray(0, end));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const exif = readExif(bytes);
      for (const value of Object.values(exif ?? {})) {
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});
