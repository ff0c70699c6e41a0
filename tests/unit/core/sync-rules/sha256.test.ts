import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256Hex } from '../../../../core/sync-rules/sha256.ts';

const reference = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

it('answers the published example', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it.each([0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 1000])('agrees with OpenSSL at %i bytes', (length) => {
  expect(sha256Hex('x'.repeat(length))).toBe(reference('x'.repeat(length)));
});

it('agrees with OpenSSL on any text, lone surrogates included', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 200 });
  const loneSurrogates = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 });
  fc.assert(
    fc.property(anyText, loneSurrogates, (text, units) => {
      const mixed = text + String.fromCharCode(...units);
      expect(sha256Hex(mixed)).toBe(reference(mixed));
    }),
    { numRuns: 50 },
  );
});
