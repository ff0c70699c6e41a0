import * as v from 'valibot';
import { OperationId, Sha256 } from '../../core/contract/ids.ts';
import type { Operation } from '../../core/contract/operation.ts';
import type { Capture, Inspection } from '../../core/contract/records.ts';
import { tick } from '../../core/domain/hybrid-clock.ts';
import { makeOperation, operationBody, type Change } from '../../core/domain/operation.ts';
import { changedFields } from '../../core/sync-rules/changed-fields.ts';
import { sha256Hex } from '../../core/sync-rules/sha256.ts';
import type { Records, ReadTransaction, WriteTransaction } from './records.ts';
import { serverKey, type OutboxHead, type ServerState, type StoreName } from './schema.ts';
import type { TypedRows } from './typed-rows.ts';

/** Stores that a transaction must hold to append to the outbox. */
export const outboxStores = ['operations', 'ledger', 'serverStates'] as const satisfies readonly StoreName[];

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

export type RecordName = Pick<Operation, 'entity' | 'id'>;

/** What the outbox asked of a transaction when it began. */
export interface Asked {
  readonly head: Promise<OutboxHead>;
  readonly known: Promise<ReadonlyMap<string, Operation>>;
  /** Of a record that was not foreseen it is asked now. */
  readonly state: (name: RecordName) => Promise<unknown>;
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

  /** To be called first thing in a transaction: what `append` needs comes with the body's own first reads. */
  ask(transaction: ReadTransaction, batch: Batch, foreseen: readonly RecordName[]): Asked {
    const state = ({ entity, id }: RecordName): Promise<unknown> =>
      transaction.get('serverStates', serverKey(entity, id));
    const states = new Map(foreseen.map((name) => [serverKey(name.entity, name.id), state(name)]));
    const head = this.#kept(transaction).then((row) => (batch.headBefore = row) ?? this.#first());
    const known = this.#known(transaction, batch);
    // A body that fails before it appends leaves nobody to hear of these.
    for (const asked of [head, known, ...states.values()]) asked.catch(() => undefined);
    return { head, known, state: (name) => states.get(serverKey(name.entity, name.id)) ?? state(name) };
  }

  /** A demo inspection is never sent. A change that is already there, or changes nothing, is skipped. */
  async append(
    transaction: WriteTransaction,
    asked: Asked,
    owner: Pick<Inspection, 'demo'>,
    batch: Batch,
    changes: readonly Change[],
  ): Promise<void> {
    if (owner.demo) return;
    const told = changes.filter(
      (change) => change.kind === 'delete' || Object.keys(change.fields).length > 0,
    );
    // Asked for all at once: one after another they would cost a round trip each.
    const [before, known, states] = await Promise.all([
      asked.head,
      asked.known,
      Promise.all(told.map((change) => asked.state(change))),
    ]);
    let head = before;
    const latest = new Map<string, ServerState>();
    batch.operations = told.map((plain, place) => {
      const key = serverKey(plain.entity, plain.id);
      const state = latest.get(key) ?? this.#rows.one('serverStates', states[place]);
      const change = { ...plain, base: baseOf(plain, state), over: overOf(plain, state) };
      const already = known.get(batch.opIdOf(change));
      if (already) return already;
      const hlc = tick(head.hlc, this.#clock.now(), head.device);
      head = { ...head, seq: head.seq + 1, hlc };
      const operation = this.#operation(change, batch.opIdOf(change), head, hlc);
      transaction.put('operations', operation);
      const after = afterWriting(state, operation);
      latest.set(key, after);
      transaction.put('serverStates', after);
      return operation;
    });
    transaction.put('ledger', head);
    batch.head = head;
  }

  /**
   * To be called once the transaction is durable: a sentinel that ran ahead of it would cry wolf. A transaction
   * that found its work done tells of the earlier one whose answer was lost.
   */
  committed(batch: Batch): void {
    const head = batch.head ?? batch.headBefore;
    if (head) this.#onCommitted(head);
  }

  /** The head as kept, or the first one of a new database. */
  async head(transaction: ReadTransaction): Promise<OutboxHead> {
    return (await this.#kept(transaction)) ?? this.#first();
  }

  async #kept(transaction: ReadTransaction): Promise<OutboxHead | undefined> {
    const row = this.#rows.one('ledger', await transaction.get('ledger', 'outbox'));
    return row?.key === 'outbox' ? row : undefined;
  }

  #first(): OutboxHead {
    return { key: 'outbox', device: this.#clock.newId(), epoch: this.#clock.newId(), seq: 0 };
  }

  /** Operations of an earlier run of the same save; fresh ids can be nobody's. */
  async #known(transaction: ReadTransaction, batch: Batch): Promise<ReadonlyMap<string, Operation>> {
    const raws = await Promise.all(batch.mintedIds().map((id) => transaction.get('operations', id)));
    return new Map(this.#rows.many('operations', raws).map((operation) => [operation.opId, operation]));
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

/** What was seen when a change was made: of the fields that it writes, or of all that it deletes. */
function baseOf({ kind, fields }: Change, state: ServerState | undefined): Operation['base'] {
  if (!state || kind === 'delete') return state?.versions ?? {};
  const seen = Object.entries(state.versions).filter(([name]) => name === '*' || name in fields);
  return Object.fromEntries(seen);
}

/**
 * What was written here before of what a change replaces, so that nothing else is replaced by it. An undo chooses
 * nothing: where a rival shows, what was entered here stays beside it.
 */
function overOf(
  { kind, fields, isUndo }: Change,
  state: ServerState | undefined,
): NonNullable<Operation['over']> {
  const written = Object.entries(state?.written ?? {});
  const isOpen = (name: string): boolean => isUndo === true && name in (state?.conflict?.fields ?? {});
  return Object.fromEntries(
    kind === 'delete'
      ? written
      : written.filter(([name]) => name === '*' || (name in fields && !isOpen(name))),
  );
}

/** What is known of a record once an operation of this device has written it. */
export function afterWriting(
  state: ServerState | undefined,
  { entity, id, kind, fields, opId, over }: Operation,
): ServerState {
  const before = state ?? { key: serverKey(entity, id), entity, id, versions: {} };
  // What an operation says not to replace is still what the next one here does.
  const isKept = (name: string): boolean =>
    over !== undefined && !(name in over) && before.written?.[name] !== undefined;
  const names = kind === 'delete' ? ['*'] : Object.keys(fields).filter((name) => !isKept(name));
  return {
    ...before,
    written: { ...before.written, ...Object.fromEntries(names.map((name) => [name, opId])) },
  };
}

/**
 * The operations of one save. Their ids are the same each time its transaction runs: when it has to run
 * again after a lost connection, the operation that may already be there is recognised.
 */
export class Batch {
  /** All three as the transaction that ran last found or left them. */
  headBefore: OutboxHead | undefined;
  head: OutboxHead | undefined;
  operations: Operation[] = [];
  readonly #opIds = new Map<string, OperationId>();
  readonly #mint: () => OperationId;

  constructor(mint: () => OperationId) {
    this.#mint = mint;
  }

  mintedIds(): readonly OperationId[] {
    return [...this.#opIds.values()];
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

/** As it was, every field of it: a server has it deleted, and what waits is put over that again. */
export const undoOf = (change: Change): Change => ({ ...change, isUndo: true });

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
