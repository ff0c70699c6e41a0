import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clampClock, parseClock, receive, tick } from '../../../../core/domain/hybrid-clock.ts';

test.each([
  ['the first', undefined, 1000, '000000000001000-0000-a'],
  ['time went on', '000000000001000-0005-a', 1001, '000000000001001-0000-a'],
  ['the same ms', '000000000001000-0005-a', 1000, '000000000001000-0006-a'],
  ['the clock went back', '000000000001000-00ff-a', 10, '000000000001000-0100-a'],
  ['the counter is full', '000000000001000-ffff-a', 10, '000000000001001-0000-a'],
  ['a last reading that is none', 'nonsense', 7.9, '000000000000007-0000-a'],
  ['a clock before 1970', undefined, -5, '000000000000000-0000-a'],
])('tick: %s', (_, last, now, expected) => {
  expect(tick(last, now, 'a')).toBe(expected);
});

test.each([
  ['the other is ahead', '000000000001000-0001-a', '000000000002000-0007-b', 1500, '000000000002000-0008-a'],
  ['we are ahead', '000000000002000-0007-a', '000000000001000-0001-b', 1500, '000000000002000-0008-a'],
  ['both the same', '000000000002000-0003-a', '000000000002000-0007-b', 1500, '000000000002000-0008-a'],
  [
    'the wall is ahead of both',
    '000000000001000-0001-a',
    '000000000001000-0007-b',
    1500,
    '000000000001500-0000-a',
  ],
  [
    'the other is beyond the year 9999',
    '000000000001000-0001-a',
    '999999999999999-ffff-b',
    1500,
    '000000000001500-0000-a',
  ],
  ['nothing of our own yet', undefined, '000000000002000-0007-b', 1500, '000000000002000-0008-a'],
])('receive: %s', (_, last, remote, now, expected) => {
  expect(receive(last, remote, now, 'a')).toBe(expected);
});

describe('whatever the clocks do', () => {
  const wall = fc.oneof(fc.integer(), fc.integer({ min: 0, max: 2 ** 45 }), fc.constant(253402300799999));
  const step = fc.record({
    device: fc.constantFrom('a', 'b', 'c'),
    from: fc.constantFrom('a', 'b', 'c', 'none'),
    now: wall,
  });

  test('a reading sorts as text after all that its device made or received', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const last = new Map<string, string>();
        for (const { device, from, now } of steps) {
          const own = last.get(device);
          const remote = from === device ? undefined : last.get(from);
          const reading = remote === undefined ? tick(own, now, device) : receive(own, remote, now, device);
          expect(reading > (own ?? '') && reading > (remote ?? '')).toBe(true);
          expect(parseClock(reading)).toMatchObject({ device });
          last.set(device, reading);
        }
      }),
    );
  });
});

test('a server takes five minutes ahead and no more', () => {
  const ahead = 300_000;
  expect(clampClock('000000000001000-0003-a', 2000, ahead)).toBe('000000000001000-0003-a');
  expect(clampClock('253402300799999-0003-a', 2000, ahead)).toBe('000000000302000-0003-a');
  expect(clampClock('nonsense', 2000, ahead)).toBeUndefined();
});
