import type { Operation } from '../contract/operation.ts';
import { operationBody } from '../domain/operation.ts';
import { sha256Hex } from './sha256.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A record after an operation; undefined when it deletes it. What `changedFields` took apart is put
 * together again: null removes a field.
 */
export function applyOperation(
  record: Fields | undefined,
  operation: Pick<Operation, 'kind' | 'fields' | 'id' | 'schemaV'>,
): Fields | undefined {
  if (operation.kind === 'delete') return undefined;
  const merged: Fields = { ...record, ...operation.fields, id: operation.id, schemaV: operation.schemaV };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

/** Whether the operation says what it said when it was made. */
export const isIntact = (operation: Operation): boolean =>
  sha256Hex(operationBody(operation)) === operation.bodyHash;

/** The order in which they were made, on one device also over epochs. */
export const byClock = (a: Pick<Operation, 'hlc'>, b: Pick<Operation, 'hlc'>): number =>
  a.hlc < b.hlc ? -1 : a.hlc > b.hlc ? 1 : 0;
