import { expect, it } from 'vitest';
import { checkPhoto, decodePhoto } from '../../../workers/vision/decode-photo.ts';
import { decodeReduced } from '../../../workers/vision/reduced-decode.ts';
import { withOrientation } from './exif-jpeg.ts';

const SIDES = { width: 803, height: 601 };

/** Smooth shades and a few edges, different in every corner. */
async function jpeg(): Promise<Blob> {
  const canvas = new OffscreenCanvas(SIDES.width, SIDES.height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  const shade = context.createLinearGradient(0, 0, SIDES.width, SIDES.height);
  shade.addColorStop(0, '#203040');
  shade.addColorStop(1, '#d0b090');
  context.fillStyle = shade;
  context.fillRect(0, 0, SIDES.width, SIDES.height);
  context.fillStyle = '#c01818';
  context.fillRect(60, 40, 200, 90);
  context.fillStyle = '#1848c0';
  context.fillRect(500, 400, 120, 160);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
}

function pixels(image: ImageBitmap, width: number, height: number): Uint8ClampedArray {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2D canvas');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'shows the same in an eighth of the pixels: EXIF orientation %i',
  async (orientation) => {
    const photo = await withOrientation(await jpeg(), orientation);
    const checked = await checkPhoto(photo, 'photo.jpg');
    if (!checked.ok) throw new Error(checked.kind);
    const { size } = checked.value;
    const turned = orientation >= 5;
    expect(size).toEqual(turned ? { width: SIDES.height, height: SIDES.width } : SIDES);
    for (const [scale, eighths] of [
      [0.5, 4],
      [0.3, 3],
      [0.01, 1],
    ] as const) {
      const reduced = await decodeReduced(photo, checked.value, scale);
      expect([reduced?.width, reduced?.height]).toEqual([
        Math.ceil((size.width * eighths) / 8),
        Math.ceil((size.height * eighths) / 8),
      ]);
      const whole = await createImageBitmap(photo, { imageOrientation: 'from-image' });
      if (!reduced) continue;
      const [few, all] = [reduced, whole].map((image) => [...pixels(image, 40, 30)]);
      expect(meanOf(few!.map((value, at) => Math.abs(value - (all![at] ?? NaN))))).toBeLessThan(4);
    }
  },
);

it('decodes all of it where little would be saved', async () => {
  const checked = await checkPhoto(await jpeg(), 'photo.jpg');
  if (!checked.ok) throw new Error(checked.kind);
  const picture = await decodePhoto(checked.value, 0.9);
  expect(picture).toMatchObject({ ok: true, value: { size: SIDES, image: SIDES } });
});

it('a JPEG that ends half-way is no smaller photo', async () => {
  const photo = await jpeg();
  const checked = await checkPhoto(photo.slice(0, photo.size / 2), 'cut.jpg');
  if (!checked.ok) throw new Error(checked.kind);
  expect(await decodePhoto(checked.value, 0.25)).toMatchObject({
    ok: false,
    kind: 'undecodable',
    name: 'cut.jpg',
  });
});
