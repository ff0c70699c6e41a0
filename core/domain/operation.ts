import type { OperationId, Sha256 } from '../contract/ids.ts';
import type { Operation } from '../contract/operation.ts';
import { canonicalJson } from './canonical-json.ts';

/** A change as the outbox is told of it. */
export interface Change extends Pick<Operation, 'entity' | 'id' | 'kind' | 'fields'> {
  readonly base?: Operation['base'];
  readonly over?: Operation['over'];
  readonly blobDeps?: Operation['blobDeps'];
  /** Writes what showed before a deletion, whoever had entered it. */
  readonly isUndo?: boolean;
}

/** Given to the operation by the device that makes it. */
export interface OperationStamp {
  readonly opId: OperationId;
  readonly epoch: string;
  readonly seq: number;
  readonly hlc: string;
  readonly wall: number;
  /** SHA-256 of `operationBody(change)`; digests are asynchronous, so it is made before the transaction. */
  readonly bodyHash: Sha256;
}

/**
 * What `bodyHash` covers: the change itself. Epoch and sequence are left out, since a cloned device mints
 * a new epoch and sends the same operations again.
 */
export function operationBody({ entity, id, kind, fields, base, blobDeps }: Change): string {
  return canonicalJson({ entity, id, kind, fields, base: base ?? {}, blobDeps: blobDeps ?? [] });
}

export function makeOperation(change: Change, stamp: OperationStamp): Operation {
  return {
    ...stamp,
    entity: change.entity,
    id: change.id,
    kind: change.kind,
    fields: change.fields,
    base: change.base ?? {},
    ...(change.over && { over: change.over }),
    blobDeps: change.blobDeps ?? [],
    schemaV: 1,
    state: 'pending',
    tries: 0,
    nextAt: 0,
  };
}
