import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeThumbnail } from '../../../workers/vision/thumbnail.ts';
import { paintPhoto } from './paint-photo.ts';
import { openBridge } from './test-bridge.ts';

const bridge = openBridge();
afterAll(() => bridge.close());

const analyse = (photo: Blob, name: string) => bridge.analyse({ modelId: 'tiny-squares', photo, name });
const text = (content: string, type = 'image/jpeg') => new Blob([content], { type });
const bytes = (...values: number[]) => new Blob([new Uint8Array(values)], { type: 'image/jpeg' });

/** A PNG that says it is so large; its pixels are never reached. */
function hugePng(width: number, height: number): Blob {
  const data = new DataView(new ArrayBuffer(33));
  [0x89504e47, 0x0d0a1a0a, 13, 0x49484452, width, height].forEach((word, at) => data.setUint32(at * 4, word));
  return new Blob([data.buffer], { type: 'image/png' });
}

/** The middle of a whole photo cut away. */
async function truncated(type: 'image/jpeg' | 'image/png' | 'image/webp'): Promise<Blob> {
  const photo = await paintPhoto({ width: 400, height: 300 }, [{ x: 9, y: 200, width: 80, height: 80 }], {
    type,
  });
  return photo.slice(0, Math.floor(photo.size * 0.5), type);
}

describe('files that are no photo of ours', () => {
  it.each([
    ['no bytes', text(''), { kind: 'empty-file' }],
    ['text', text('just some words'), { kind: 'not-an-image' }],
    [
      'SVG named .jpg',
      text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
      { kind: 'not-an-image' },
    ],
    ['PDF', text('%PDF-1.7 …'), { kind: 'not-an-image' }],
    ['video', text('\0\0\0\x18ftypisom\0\0\0\0isomiso2'), { kind: 'not-an-image' }],
    ['GIF', text('GIF89a\x10\0\x10\0\0\0\0'), { kind: 'unsupported-format', format: 'gif' }],
    ['TIFF', bytes(0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 0, 0), { kind: 'unsupported-format', format: 'tiff' }],
    ['pixel bomb', hugePng(20_000, 20_000), { kind: 'too-many-pixels', megapixels: 400, limit: 200 }],
    ['JPEG marker only', bytes(0xff, 0xd8, 0xff), { kind: 'undecodable' }],
    ['PNG header only', hugePng(100, 100), { kind: 'undecodable' }],
  ])('%s', async (_name, photo, failure) => {
    expect(await analyse(photo, 'photo.jpg')).toMatchObject({ ok: false, name: 'photo.jpg', ...failure });
    expect(await bridge.thumbnail(photo, 100)).toMatchObject({ ok: false, ...failure });
  });

  it.each(['image/jpeg', 'image/png', 'image/webp'] as const)('a %s that ends half-way', async (type) => {
    expect(await analyse(await truncated(type), 'cut')).toMatchObject({ ok: false, kind: 'undecodable' });
  });
});

it('a picture that cannot be drawn is closed all the same', async () => {
  const photo = await paintPhoto({ width: 40, height: 30 }, [], { type: 'image/jpeg' });
  const close = vi.spyOn(ImageBitmap.prototype, 'close');
  vi.spyOn(OffscreenCanvasRenderingContext2D.prototype, 'drawImage').mockImplementation(() => {
    throw new Error('no memory');
  });
  onTestFinished(() => void vi.restoreAllMocks());
  expect(await makeThumbnail(photo, 20)).toMatchObject({
    ok: false,
    kind: 'undecodable',
    detail: 'no memory',
  });
  expect(close).toHaveBeenCalledTimes(1);
});

describe('odd photos that are photos all the same', () => {
  it.each([
    { width: 1, height: 1 },
    { width: 1, height: 20_000 },
    { width: 5000, height: 3 },
  ])('$width x $height', async (size) => {
    const outcome = await analyse(await paintPhoto(size, []), 'odd.png');
    expect(outcome).toMatchObject({ ok: true, value: { photo: size, findings: [] } });
  });

  it.each(['image/jpeg', 'image/webp'] as const)('%s', async (type) => {
    const square = { x: 32, y: 16, width: 24, height: 24 };
    const outcome = await analyse(await paintPhoto({ width: 90, height: 64 }, [square], { type }), 'photo');
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    expect(outcome.value.findings.length).toBeGreaterThan(3);
  });

  it('a JPEG that goes on as a web page is a JPEG', async () => {
    const photo = await paintPhoto({ width: 64, height: 64 }, [], { type: 'image/jpeg' });
    const outcome = await analyse(new Blob([photo, '<html><script>1</script></html>']), 'both.html');
    expect(outcome).toMatchObject({ ok: true, value: { findings: [] } });
  });

  it('a transparent PNG shows nothing of the tile before', async () => {
    const canvas = new OffscreenCanvas(64, 400);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no 2D canvas');
    context.fillStyle = 'white';
    context.fillRect(0, 0, 64, 40);
    const outcome = await analyse(await canvas.convertToBlob(), 'transparent.png');
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    expect(outcome.value.findings.length).toBeGreaterThan(0);
    expect(outcome.value.findings.every(({ box }) => box.y < 44)).toBe(true);
  });
});
