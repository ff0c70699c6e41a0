import { describe, expect, it } from 'vitest';
import { interleave } from '../../../bench/interleave.ts';
import { spread } from '../../../bench/statistics.ts';

describe('interleave', () => {
  it('lets each round begin with another variant, and throws warm-up rounds away', async () => {
    const order: string[] = [];
    let clock = 0;
    const variant = (name: string) => () => {
      order.push(name);
      return Promise.resolve(clock++);
    };
    const results = await interleave({ a: variant('a'), b: variant('b') }, { rounds: 3, warmUps: 1 });
    expect(order.join('')).toBe('abbaabba');
    expect(results).toEqual({ a: [3, 4, 7], b: [2, 5, 6] });
  });
});

describe('spread', () => {
  it.each([
    [[5], { median: 5, low: 5, high: 5, count: 1 }],
    [[4, 1, 3, 2], { median: 2.5, low: 1.75, high: 3.25, count: 4 }],
    [[1, 2, 3, 4, 100], { median: 3, low: 2, high: 4, count: 5 }],
  ])('of %j', (values, expected) => {
    expect(spread(values)).toEqual(expected);
  });
});
