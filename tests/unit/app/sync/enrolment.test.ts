import { describe, expect, it } from 'vitest';
import { readEnrolment, spaced } from '../../../../src/app/sync/enrolment.ts';
import { reasonOf } from '../../../../src/app/sync/sync-status.ts';

const here = 'https://loupe.example/#/sync';

describe('a code that was typed, scanned or opened', () => {
  it.each([
    ['ABCD-EFGH-JKLM', 'ABCDEFGHJKLM'],
    [' abcd efgh jklm ', 'ABCDEFGHJKLM'],
    ['https://loupe.example/#/sync?code=ABCD-EFGH-JKLM', 'ABCDEFGHJKLM'],
    ['https://loupe.example/?code=ABCDEFGHJKLM', 'ABCDEFGHJKLM'],
  ])('%s', (text, code) => {
    expect(readEnrolment(text, here)).toEqual({ kind: 'code', code });
  });

  it.each(['', 'ABC', 'https://loupe.example/#/sync', 'x'.repeat(200), 'javascript:alert(1)//'])(
    '%s is none',
    (text) => {
      expect(readEnrolment(text, here).kind).toBe('none');
    },
  );

  it('of another address is not taken', () => {
    expect(readEnrolment('https://other.example/#/sync?code=ABCDEFGHJKLM', here)).toMatchObject({
      kind: 'elsewhere',
      host: 'other.example',
    });
  });

  it('is shown in groups of four', () => {
    expect(spaced('ABCDEFGHJKLM')).toBe('ABCD-EFGH-JKLM');
  });
});

it.each([
  [{ status: undefined, retryAfterMs: 0 }, 'no-answer'],
  [{ status: 200, retryAfterMs: 0, isPage: true }, 'portal'],
  [{ status: 511, retryAfterMs: 0 }, 'portal'],
  [{ status: 200, retryAfterMs: 0 }, 'trouble'],
  [{ status: 502, retryAfterMs: 0, isPage: true }, 'trouble'],
  [{ status: 429, retryAfterMs: 0 }, 'asked-to-wait'],
  [{ status: 503, retryAfterMs: 2000 }, 'asked-to-wait'],
] as const)('what came in place of an answer: %o', (trouble, reason) => {
  expect(reasonOf(trouble)).toBe(reason);
});
