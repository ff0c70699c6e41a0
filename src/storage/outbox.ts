import * as v from 'valibot';
import { OperationId, Sha256 } from '../../core/contract/ids.ts';
import type { Operation } from '../../core/contract/operation.ts';
import type { Capture, Inspection } from '../../core/contract/records.ts';
import { tick } from '../../core/domain/hybrid-clock.ts';
import { makeOperation, operationBody, type Change } from '../../core/domain/operation.ts';
import { changedFields } from '../../core/sync-rules/changed-fields.ts';
import { sha256Hex } from '../../core/sync-rules/sha256.ts';
import type { Records, ReadTransaction, WriteTransaction } from './records.ts';
import type { OutboxHead, StoreName } from './schema.ts';
import type { TypedRows } from './typed-rows.ts';

/** Stores that a transaction must hold to append to the outbox. */
export const outboxStores = ['operations', 'ledger'] as const satisfies readonly StoreName[];

export async function allOperations({
  records,
  rows,
}: {
  readonly records: Records;
  readonly rows: TypedRows;
}): Promise<Operation[]> {
  return rows.many('operations', await records.read(['operations'], (read) => read.all('operations')));
}

export interface OutboxClock {
  readonly now: () => number;
  /** UUIDv7. */
  readonly newId: () => string;
}

/** The operations that wait for a server, written in the transaction of the change they tell of. */
export class Outbox {
  readonly #rows: TypedRows;
  readonly #clock: OutboxClock;
  readonly #onCommitted: (head: OutboxHead) => void;

  constructor(
    rows: TypedRows,
    clock: OutboxClock,
    onCommitted: (head: OutboxHead) => void = () => undefined,
  ) {
    this.#rows = rows;
    this.#clock = clock;
    this.#onCommitted = onCommitted;
  }

  begin(): Batch {
    return new Batch(() => v.parse(OperationId, this.#clock.newId()));
  }

  /** A demo inspection is never sent. A change that is already there, or changes nothing, is skipped. */
  async append(
    transaction: WriteTransaction,
    owner: Inspection,
    batch: Batch,
    changes: readonly Change[],
  ): Promise<void> {
    if (owner.demo) return;
    const told = changes.filter(
      (change) => change.kind === 'delete' || Object.keys(change.fields).length > 0,
    );
    // Asked for all at once: one after another they would cost a round trip each.
    const [before, ...raws] = await Promise.all([
      this.head(transaction),
      ...told.map((change) => transaction.get('operations', batch.opIdOf(change))),
    ]);
    let head = before;
    batch.operations = told.map((change, place) => {
      const known = this.#rows.one('operations', raws[place]);
      if (known) return known;
      const hlc = tick(head.hlc, this.#clock.now(), head.device);
      head = { ...head, seq: head.seq + 1, hlc };
      const operation = this.#operation(change, batch.opIdOf(change), head, hlc);
      transaction.put('operations', operation);
      return operation;
    });
    transaction.put('ledger', head);
    batch.head = head;
  }

  /** To be called once the transaction is durable: a sentinel that ran ahead of it would cry wolf. */
  committed(batch: Batch): void {
    if (batch.head) this.#onCommitted(batch.head);
  }

  /** The head as kept, or the first one of a new database. */
  async head(transaction: ReadTransaction): Promise<OutboxHead> {
    const row = this.#rows.one('ledger', await transaction.get('ledger', 'outbox'));
    if (row?.key === 'outbox') return row;
    return { key: 'outbox', device: this.#clock.newId(), epoch: this.#clock.newId(), seq: 0 };
  }

  #operation(change: Change, opId: OperationId, head: OutboxHead, hlc: string): Operation {
    const bodyHash = v.parse(Sha256, sha256Hex(operationBody(change)));
    return makeOperation(change, {
      opId,
      epoch: head.epoch,
      seq: head.seq,
      hlc,
      wall: this.#clock.now(),
      bodyHash,
    });
  }
}

/**
 * The operations of one save. Their ids are the same each time its transaction runs: when it has to run
 * again after a lost connection, the operation that may already be there is recognised.
 */
export class Batch {
  /** Both as the transaction that ran last left them. */
  head: OutboxHead | undefined;
  operations: Operation[] = [];
  readonly #opIds = new Map<string, OperationId>();
  readonly #mint: () => OperationId;

  constructor(mint: () => OperationId) {
    this.#mint = mint;
  }

  opIdOf({ kind, entity, id }: Pick<Change, 'kind' | 'entity' | 'id'>): OperationId {
    const key = `${kind} ${entity} ${id}`;
    const opId = this.#opIds.get(key) ?? this.#mint();
    this.#opIds.set(key, opId);
    return opId;
  }
}

export function putOf(
  entity: Operation['entity'],
  record: { readonly id: string },
  before?: { readonly id: string },
): Change {
  return { entity, id: record.id, kind: 'put', fields: { ...changedFields({ ...record }, { ...before }) } };
}

/** A capture is whole on a server only with its photo. */
export const putOfCapture = (capture: Capture, before?: Capture): Change => ({
  ...putOf('capture', capture, before),
  blobDeps: [capture.sha256],
});

export const removalOf = (entity: Operation['entity'], id: string): Change => ({
  entity,
  id,
  kind: 'delete',
  fields: {},
});
