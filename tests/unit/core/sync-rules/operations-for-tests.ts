import * as v from 'valibot';
import { OperationId, Sha256 } from '../../../../core/contract/ids.ts';
import type { Operation } from '../../../../core/contract/operation.ts';
import { formatClock } from '../../../../core/domain/hybrid-clock.ts';
import { makeOperation, operationBody } from '../../../../core/domain/operation.ts';
import { sha256Hex } from '../../../../core/sync-rules/sha256.ts';

interface OperationDraft extends Partial<Omit<Operation, 'hlc'>> {
  readonly device?: string;
  /** Orders operations of all devices; wall ms of their clocks. */
  readonly at?: number;
}

let count = 0;

/** An operation that puts the title of one inspection, unless the draft says otherwise. */
export function operationOf({ device = 'a', at = 1, ...draft }: OperationDraft = {}): Operation {
  const change = {
    entity: draft.entity ?? 'inspection',
    id: draft.id ?? 'one',
    kind: draft.kind ?? 'put',
    fields: draft.fields ?? (draft.kind === 'delete' ? {} : { title: `${device}${at}` }),
    base: draft.base ?? {},
  } as const;
  const operation = makeOperation(change, {
    opId: v.parse(OperationId, `00000000-0000-7000-8000-${String(count++).padStart(12, '0')}`),
    epoch: device,
    seq: 1,
    hlc: formatClock({ wall: at, counter: 0, device }),
    wall: at,
    bodyHash: v.parse(Sha256, sha256Hex(operationBody(change))),
  });
  return { ...operation, ...draft };
}
