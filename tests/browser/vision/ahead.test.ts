import { expect, it, vi } from 'vitest';
import { Ahead } from '../../../workers/vision/ahead.ts';
import { paintPhoto } from './paint-photo.ts';

const photo = await paintPhoto({ width: 300, height: 200 }, []);
const begin = (ahead: Ahead, key: string, blob = photo) =>
  ahead.begin({ key, photo: blob, name: 'photo.png' }, () => 1);

it('the photo is decoded before it is asked for, once', async () => {
  const decode = vi.spyOn(globalThis, 'createImageBitmap');
  const ahead = new Ahead();
  begin(ahead, 'a');
  await vi.waitUntil(() => decode.mock.settledResults.some(({ type }) => type === 'fulfilled'));
  const source = await ahead.take('a');
  expect(await source?.at(1)).toMatchObject({ ok: true, value: { size: { width: 300, height: 200 } } });
  expect(decode).toHaveBeenCalledTimes(1);
  await source?.close();
  decode.mockRestore();
});

it('is given once, under its own key alone', async () => {
  const ahead = new Ahead();
  begin(ahead, 'a');
  expect(await ahead.take(undefined)).toBeUndefined();
  expect(await ahead.take('b')).toBeUndefined();
  expect(await ahead.take('a')).toBeDefined();
  expect(await ahead.take('a')).toBeUndefined();
});

it('what is no photo, and one that another took the place of, are not there', async () => {
  const ahead = new Ahead();
  begin(ahead, 'a', new Blob(['no photo']));
  expect(await ahead.take('a')).toBeUndefined();
  begin(ahead, 'b');
  begin(ahead, 'c');
  expect(await ahead.take('b')).toBeUndefined();
  expect(await ahead.take('c')).toBeDefined();
});
