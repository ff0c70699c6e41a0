import { expect, it } from 'vitest';
import { changedFields } from '../../../../core/sync-rules/changed-fields.ts';

it.each([
  ['all of a new record but its id and version', { id: 'x', schemaV: 1, a: 1 }, undefined, { a: 1 }],
  ['only what differs', { a: 1, b: [2] }, { a: 1, b: [3] }, { b: [2] }],
  ['nothing when keys only changed their order', { a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, {}],
  ['null for what was removed', { a: 1 }, { a: 1, note: 'gone' }, { note: null }],
])('carries %s', (_name, after, before, expected) => {
  expect(changedFields(after, before)).toEqual(expected);
});
