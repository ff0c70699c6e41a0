import { expect, test } from 'vitest';
import { typedNumber } from '../../../src/app/typed-number.ts';

test.each([
  ['12', 12],
  [' 12,5 ', 12.5],
  ['0.25', 0.25],
  [',5', 0.5],
  ['3.', 3],
  ['', undefined],
  ['-4', undefined],
  ['1,000,5', undefined],
  ['1e3', undefined],
  ['twelve', undefined],
])('%j is read as %j', (typed, value) => {
  expect(typedNumber(typed)).toBe(value);
});
