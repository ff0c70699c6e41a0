import { afterAll, expect, it } from 'vitest';
import heicUrl from '../../fixtures/blade.heic?url';
import { openBridge } from './test-bridge.ts';

const sampleUrl = '/samples/blade-trailing-side.jpg';
const SIZE = { width: 480, height: 360 };
const bridge = openBridge();
afterAll(() => bridge.close());

const fetched = async (url: string): Promise<Blob> => (await fetch(url)).blob();

async function pixels(photo: Blob): Promise<Uint8ClampedArray> {
  const bitmap = await createImageBitmap(photo, { resizeWidth: SIZE.width, resizeHeight: SIZE.height });
  const context = new OffscreenCanvas(SIZE.width, SIZE.height).getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, SIZE.width, SIZE.height).data;
}

it('a HEIC photo is shown upright, as it was, and analysed', async () => {
  const photo = await fetched(heicUrl);
  const small = await bridge.thumbnail(photo, 100);
  expect(small).toMatchObject({ ok: true, value: { size: SIZE } });
  const whole = await bridge.thumbnail(photo, Infinity);
  if (!whole.ok) throw new Error(JSON.stringify(whole));
  expect(whole.value.blob.type).toBe('image/jpeg');

  const [shown, sample] = [await pixels(whole.value.blob), await pixels(await fetched(sampleUrl))];
  const off = shown.reduce((sum, value, at) => sum + Math.abs(value - (sample[at] ?? 0)), 0);
  // Turned or mirrored it would be off by tens.
  expect(off / shown.length).toBeLessThan(6);

  const analysed = await bridge.analyse({ modelId: 'tiny-squares', photo, name: 'blade.heic' });
  expect(analysed).toMatchObject({ ok: true, value: { photo: SIZE } });
});

it('a HEIC photo that is cut off is said to be damaged', async () => {
  const photo = (await fetched(heicUrl)).slice(0, 4000);
  expect(await bridge.thumbnail(photo, 100)).toMatchObject({ ok: false, kind: 'undecodable' });
});
