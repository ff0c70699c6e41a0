import { afterAll, expect, it } from 'vitest';
import { storedPhoto, UPRIGHT } from './stored-photo.ts';
import { openBridge } from './test-bridge.ts';

const bridge = openBridge();
afterAll(() => bridge.close());

it.each([1, 2, 3, 4, 5, 6, 7, 8])('applies EXIF orientation %i', async (orientation) => {
  const photo = await storedPhoto(orientation);
  const outcome = await bridge.analyse({ modelId: 'tiny-squares', photo, name: `${orientation}.jpg` });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  expect(outcome.value.photo).toEqual(UPRIGHT);
  expect(outcome.value.findings.map(({ box }) => [Math.round(box.x), Math.round(box.y)]).sort()).toEqual([
    [16, 8],
    [8, 8],
  ]);
  const thumbnail = await bridge.thumbnail(photo, 30);
  if (!thumbnail.ok) throw new Error(JSON.stringify(thumbnail));
  expect(thumbnail.value.size).toEqual(UPRIGHT);
  const bitmap = await createImageBitmap(thumbnail.value.blob);
  expect([bitmap.width, bitmap.height]).toEqual([30, 20]);
});
