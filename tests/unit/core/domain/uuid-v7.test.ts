import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { FindingId } from '../../../../core/contract/ids.ts';
import { uuidV7 } from '../../../../core/domain/uuid-v7.ts';

test('the example of RFC 9562, appendix A.6', () => {
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(uuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test('always an id by the contract’s schema, and sorted by time', () => {
  const ms = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(ms, ms, random, random, (a, b, x, y) => {
      expect(v.is(FindingId, uuidV7(a, x))).toBe(true);
      if (a < b) expect(uuidV7(a, x) < uuidV7(b, y)).toBe(true);
    }),
  );
});

test.each([
  [-1, 10],
  [2 ** 48, 10],
  [0.5, 10],
  [NaN, 10],
  [1, 9],
])('time %f with %i bytes is refused', (ms, bytes) => {
  expect(() => uuidV7(ms, new Uint8Array(bytes))).toThrow(RangeError);
});
