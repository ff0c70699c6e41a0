import { expect, test } from 'vitest';
import { withOfficeWord } from '../../../src/storage/office-fields.ts';
import { inspectionOf } from './records-for-tests.ts';

const office = { status: 'has-issues', note: 'mend', by: 'Grace', at: 1, revision: 1 } as const;
const told = inspectionOf({ status: 'has-issues', office, revision: 2 });

test('a screen that has not heard of the office changes nothing of its word', () => {
  const {
    office: _office,
    revision: _revision,
    ...stale
  } = { ...told, title: 'mended', status: 'received' as const };
  expect(withOfficeWord(stale, told)).toEqual({ ...told, title: 'mended' });
});

test('handing over and taking back are the technician’s own', () => {
  for (const status of ['draft', 'finalised'] as const) {
    expect(withOfficeWord({ ...told, status }, told)).toEqual({ ...told, status });
  }
});

test('what the office has not spoken of is saved as it is', () => {
  const fresh = inspectionOf();
  expect(withOfficeWord(fresh, undefined)).toBe(fresh);
  expect(withOfficeWord({ ...fresh, title: 'x', office }, fresh)).toEqual({ ...fresh, title: 'x' });
});
