import { expect, it } from 'vitest';
import { isInShare } from '../../../../core/sync-rules/device-share.ts';

const devices = Array.from({ length: 4000 }, (_, at) => `device-${at}`);
const within = (pack: string, share: number) => devices.filter((device) => isInShare(device, pack, share));

it('a share that grows only adds devices, from none to all', () => {
  let before: readonly string[] = within('blade', 0);
  expect(before).toEqual([]);
  for (let share = 1; share <= 100; share++) {
    const now = new Set(within('blade', share));
    expect(before.filter((device) => !now.has(device))).toEqual([]);
    before = [...now];
  }
  expect(before).toHaveLength(devices.length);
});

it.each([1, 10, 50, 90])('%i percent are so many, to within three standard deviations', (share) => {
  const expected = (devices.length * share) / 100;
  const deviation = Math.sqrt(expected * (1 - share / 100));
  expect(Math.abs(within('blade', share).length - expected)).toBeLessThan(3 * deviation);
});

it('another pack is tried on other devices first', () => {
  const [one, other] = [within('blade', 10), new Set(within('crack', 10))];
  expect(one.filter((device) => other.has(device)).length).toBeLessThan(one.length / 4);
});

/** From sha256sum: e4dd0999, 96c0409a, 74e60840, 9697eef4, 6e720c98 and 5b76ca1f are the first of 2^32. */
it('is the same on every node and in every release of the server', () => {
  const isIn = ['a', 'b', 'c', 'd', 'e', 'f'].map((device) => isInShare(device, 'blade-damage', 50));
  expect(isIn).toEqual([false, false, true, false, true, true]);
});
