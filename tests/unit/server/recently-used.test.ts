import { expect, it } from 'vitest';
import { RecentlyUsed } from '../../../server/services/recently-used.ts';

it('keeps what was asked for last, and no more than it may', () => {
  const kept = new RecentlyUsed<number>(2);
  kept.keep('a', 1);
  kept.keep('b', 2);
  expect(kept.get('a')).toBe(1);
  kept.keep('c', 3);
  expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([1, undefined, 3]);
});

it('takes the newer value for a key', () => {
  const kept = new RecentlyUsed<number>(1);
  kept.keep('a', 1);
  kept.keep('a', 2);
  expect(kept.get('a')).toBe(2);
});
