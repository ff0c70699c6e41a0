import * as v from 'valibot';
import { expect, test } from 'vitest';
import { OperationId, Sha256 } from '../../../../core/contract/ids.ts';
import { Operation } from '../../../../core/contract/operation.ts';
import { makeOperation, operationBody } from '../../../../core/domain/operation.ts';

const change = {
  entity: 'finding',
  id: 'f1',
  kind: 'put',
  fields: { note: 'x', state: 'accepted' },
} as const;
const stamp = {
  opId: v.parse(OperationId, '01900000-0000-7000-8000-000000000001'),
  epoch: 'e1',
  seq: 1,
  hlc: '000000000001000-0000-a',
  wall: 1000,
  bodyHash: v.parse(Sha256, 'ab'.repeat(32)),
};

test('an operation waits, and the schema accepts it', () => {
  const operation = makeOperation(change, stamp);
  expect(v.parse(Operation, operation)).toEqual(operation);
  expect(operation).toMatchObject({
    ...change,
    ...stamp,
    state: 'pending',
    tries: 0,
    nextAt: 0,
    base: {},
    blobDeps: [],
  });
});

test('the body is the change alone, whatever the order of its fields', () => {
  expect(operationBody(change)).toBe(
    '{"base":{},"blobDeps":[],"entity":"finding","fields":{"note":"x","state":"accepted"},"id":"f1","kind":"put"}',
  );
  expect(operationBody({ ...change, fields: { state: 'accepted', note: 'x' }, base: {} })).toBe(
    operationBody(change),
  );
  expect(operationBody({ ...change, fields: { ...change.fields, note: 'y' } })).not.toBe(
    operationBody(change),
  );
  expect(operationBody({ ...change, base: { note: 3 } })).not.toBe(operationBody(change));
});
