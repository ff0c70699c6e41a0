import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { orientedSize, readImageHeader } from '../../../../core/vision/image-header.ts';

const picture = (width = 37, height = 23) =>
  sharp({ create: { width, height, channels: 3, background: { r: 90, g: 120, b: 60 } } });
const header = async (file: Promise<Uint8Array>) => readImageHeader(await file);
const ascii = (text: string) => [...Buffer.from(text, 'latin1')];

describe('files as an encoder writes them', () => {
  test.each<[string, () => Promise<Uint8Array>, object]>([
    ['JPEG', () => picture().jpeg().toBuffer(), { format: 'jpeg', width: 37, height: 23 }],
    [
      'progressive JPEG',
      () => picture().jpeg({ progressive: true }).toBuffer(),
      { format: 'jpeg', width: 37, height: 23 },
    ],
    [
      'CMYK JPEG',
      () => picture().toColourspace('cmyk').jpeg().toBuffer(),
      { format: 'jpeg', width: 37, height: 23 },
    ],
    ['PNG', () => picture().png().toBuffer(), { format: 'png', width: 37, height: 23 }],
    [
      '16-bit PNG',
      () => picture().toColourspace('rgb16').png().toBuffer(),
      { format: 'png', width: 37, height: 23 },
    ],
    ['WebP', () => picture().webp().toBuffer(), { format: 'webp', width: 37, height: 23 }],
    [
      'lossless WebP',
      () => picture().webp({ lossless: true }).toBuffer(),
      { format: 'webp', width: 37, height: 23 },
    ],
    [
      'WebP with alpha',
      () => picture().ensureAlpha(0.5).webp().toBuffer(),
      { format: 'webp', width: 37, height: 23 },
    ],
    ['AVIF', () => picture().avif().toBuffer(), { format: 'avif', width: 37, height: 23 }],
    ['GIF', () => picture().gif().toBuffer(), { format: 'gif', width: 37, height: 23 }],
    ['TIFF', () => picture().tiff().toBuffer(), { format: 'tiff', width: 37, height: 23, orientation: 1 }],
    ['the smallest JPEG', () => picture(1, 1).jpeg().toBuffer(), { format: 'jpeg', width: 1, height: 1 }],
    ['a long thin PNG', () => picture(1, 20000).png().toBuffer(), { format: 'png', width: 1, height: 20000 }],
  ])('%s', async (_, make, expected) => {
    expect(await header(make())).toEqual(expected);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i of JPEG, WebP and PNG', async (orientation) => {
    const turned = picture().withMetadata({ orientation });
    const expected = { width: 37, height: 23, orientation };
    expect(await header(turned.clone().jpeg().toBuffer())).toEqual({ format: 'jpeg', ...expected });
    expect(await header(turned.clone().webp().toBuffer())).toEqual({ format: 'webp', ...expected });
    expect(await header(turned.clone().png().toBuffer())).toEqual({ format: 'png', ...expected });
    const size = orientation >= 5 ? { width: 23, height: 37 } : { width: 37, height: 23 };
    expect(orientedSize(expected)).toEqual(size);
  });

  test('animated WebP', async () => {
    const frames = Buffer.alloc(8 * 16 * 3, 0);
    frames.fill(255, 8 * 8 * 3);
    const raw = { width: 8, height: 16, channels: 3, pageHeight: 8 } as const;
    const file = sharp(frames, { raw }).webp({ loop: 0 }).toBuffer();
    expect(await header(file)).toEqual({ format: 'webp', width: 8, height: 8, animated: true });
  });
});

describe('files made by hand', () => {
  const bytes = (...parts: readonly (readonly number[])[]) => Uint8Array.from(parts.flat());
  const u32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const le32 = (value: number) => u32(value).reverse();
  const bmffBox = (type: string, ...children: readonly (readonly number[])[]) => {
    const body = children.flat();
    return [...u32(body.length + 8), ...ascii(type), ...body];
  };
  const heic = (...properties: readonly (readonly number[])[]) =>
    bytes(
      bmffBox('ftyp', ascii('heic'), u32(0), ascii('mif1'), ascii('heic')),
      bmffBox('meta', u32(0), bmffBox('hdlr', u32(0)), bmffBox('iprp', bmffBox('ipco', ...properties))),
    );
  const ispe = (width: number, height: number) => bmffBox('ispe', u32(0), u32(width), u32(height));

  test.each<[string, Uint8Array, object]>([
    [
      'a pixel bomb’s PNG header',
      bytes(ascii('\x89PNG\r\n\x1a\n'), u32(13), ascii('IHDR'), u32(60000), u32(60000)),
      { format: 'png', width: 60000, height: 60000 },
    ],
    [
      'an animated PNG',
      bytes(ascii('\x89PNG\r\n\x1a\n'), u32(0), ascii('IHDR'), u32(0), u32(8), ascii('acTL')),
      { format: 'png', animated: true },
    ],
    [
      'BMP from the top',
      bytes(ascii('BM'), Array<number>(12).fill(0), le32(40), le32(640), le32(-480 >>> 0)),
      { format: 'bmp', width: 640, height: 480 },
    ],
    [
      'HEIC: a grid, not its thumbnail, turned',
      heic(ispe(512, 384), ispe(4032, 3024), bmffBox('irot', [3])),
      { format: 'heic', width: 4032, height: 3024, orientation: 6 },
    ],
    ['HEIC without properties', heic(), { format: 'heic' }],
    ['GIF', bytes(ascii('GIF89a'), [1, 2, 3, 4]), { format: 'gif', width: 513, height: 1027 }],
    ['JPEG without a frame', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xda]), { format: 'jpeg' }],
    [
      'JPEG with fill bytes',
      bytes([0xff, 0xd8, 0xff, 0xff, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 3, 0, 0, 0, 0]),
      { format: 'jpeg', width: 3, height: 2 },
    ],
    [
      'PNG with a side of 0',
      bytes(ascii('\x89PNG\r\n\x1a\n'), u32(13), ascii('IHDR'), u32(0), u32(5)),
      { format: 'png' },
    ],
  ])('%s', (_, file, expected) => {
    expect(readImageHeader(file)).toEqual(expected);
  });

  test.each<[string, readonly number[]]>([
    ['nothing', []],
    ['one byte', [0xff]],
    ['text', ascii('BMW and other words that begin like a bitmap')],
    ['SVG named .jpg', ascii('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    ['PDF', ascii('%PDF-1.7\n')],
    ['MP4', [...u32(24), ...ascii('ftypisom'), ...u32(512), ...ascii('isomavc1')]],
    ['WAV', ascii('RIFF\x24\0\0\0WAVEfmt ')],
    ['ZIP', ascii('PK\x03\x04')],
  ])('%s is unknown', (_, file) => {
    expect(readImageHeader(Uint8Array.from(file))).toEqual({ format: 'unknown' });
  });
});

describe('hostile bytes', () => {
  const isSane = (bytes: Uint8Array): void => {
    const found = readImageHeader(bytes);
    if (found.format === 'unknown') return;
    expect(found.width === undefined).toBe(found.height === undefined);
    expect((found.width ?? 1) >= 1 && (found.height ?? 1) >= 1).toBe(true);
    if (found.orientation !== undefined) expect([1, 2, 3, 4, 5, 6, 7, 8]).toContain(found.orientation);
  };

  test('never throws and never tells nonsense', () => {
    const starts = [
      '',
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n',
      'RIFF\0\0\0\0WEBPVP8X',
      'GIF89a',
      'II*\0',
      'MM\0*',
      'BM',
      '\0\0\0\x18ftypavif',
      '\0\0\0\x18ftypheic\0\0\0\0mif1\0\0\0\x40meta',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 400 }), (start, rest) => {
        isSane(Uint8Array.from([...ascii(start), ...rest]));
      }),
      { numRuns: 3000 },
    );
  });

  test('nor for real files, cut off and with bytes changed', async () => {
    const turned = picture().withMetadata({ orientation: 6 });
    const files = await Promise.all([
      turned.clone().jpeg().toBuffer(),
      turned.clone().png().toBuffer(),
      turned.clone().webp().toBuffer(),
      turned.clone().tiff().toBuffer(),
      turned.clone().avif().toBuffer(),
    ]);
    const change = fc.tuple(fc.nat({ max: 600 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { maxLength: 12 }),
        fc.nat({ max: 800 }),
        (file, changes, end) => {
          const bytes = Uint8Array.from(file.subarray(0, end));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          isSane(bytes);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
