import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { PARENTS } from '../../core/contract/operation-fields.ts';
import type { Operation } from '../../core/contract/operation.ts';
import {
  OperationLabel,
  SentOperation,
  type PushResult,
  type PushTrouble,
} from '../../core/contract/sync.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { operationBody } from '../../core/domain/operation.ts';
import { admit, type Admitted } from '../../core/sync-rules/admit.ts';
import type { Database, Sql } from '../repositories/database.ts';
import {
  admittedNumbers,
  keepOperations,
  knownOperations,
  takeNumbers,
  type KeptOperation,
  type Known,
} from '../repositories/operations.ts';
import { takeChangeNumbers } from '../repositories/tenants.ts';
import type { Identity } from './identity.ts';
import { mergeOne } from './merge-one.ts';
import { noteEdits } from './sign-off-standing.ts';
import { TouchedRecords, type RecordName } from './touched-records.ts';

/** What a database can be asked for before the fields were looked into. */
const IS_ID = /^[\w-]{1,100}$/;
/** Some 30,000 years. */
const MOST_OFFSET_MS = 1e15;

export type PushFailure =
  | { readonly kind: 'unreadable'; readonly detail: string }
  | {
      readonly kind: PushTrouble;
      readonly opId: OperationLabel['opId'];
      readonly results: readonly PushResult[];
    };

/** An operation as it came: with its label, and as an operation where it can be read as one. */
interface Arrived {
  readonly label: OperationLabel;
  readonly operation: Outcome<SentOperation, { readonly kind: 'refused'; readonly detail: string }>;
  readonly raw: unknown;
}

/**
 * Takes operations in their order, in one transaction, each once. Stops at one that cannot be taken; those
 * before it are taken all the same. One that is refused is answered as rejected, and the next goes on.
 */
export async function pushOperations(
  database: Database,
  who: Identity,
  raws: readonly unknown[],
  now: number,
): Promise<Outcome<readonly PushResult[], PushFailure>> {
  const arrived: Arrived[] = [];
  for (const raw of raws) {
    const label = v.safeParse(OperationLabel, raw);
    if (!label.success) return fail({ kind: 'unreadable', detail: v.summarize(label.issues) });
    arrived.push({ label: label.output, operation: readOperation(raw), raw });
  }
  return database.write((sql) => new Push(sql, who, now).take(arrived), { lane: who.tenant });
}

/** What its sender made of it is checked before anything looks into it. */
function readOperation(raw: unknown): Arrived['operation'] {
  const parsed = v.safeParse(SentOperation, raw);
  if (!parsed.success) return fail({ kind: 'refused', detail: v.summarize(parsed.issues) });
  try {
    const hash = createHash('sha256').update(operationBody(parsed.output)).digest('hex');
    if (hash === parsed.output.bodyHash) return succeed(parsed.output);
    return fail({ kind: 'refused', detail: 'it does not say what it said when it was made' });
  } catch (error) {
    return fail({ kind: 'refused', detail: error instanceof Error ? error.message : String(error) });
  }
}

class Push {
  readonly #sql: Sql;
  readonly #who: Identity;
  readonly #now: number;
  readonly #records: TouchedRecords;
  /** Inspections of which something was changed. */
  readonly #edited = new Set<string>();
  /** To be written at the end, all at once. */
  readonly #numbers: OperationLabel[] = [];
  readonly #decided = new Map<string, KeptOperation>();
  #known: Map<string, Known> = new Map();
  #admitted: Admitted[] = [];

  constructor(sql: Sql, who: Identity, now: number) {
    this.#sql = sql;
    this.#who = who;
    this.#now = now;
    this.#records = new TouchedRecords(sql, who.tenant, now);
  }

  async take(arrived: readonly Arrived[]): Promise<Outcome<readonly PushResult[], PushFailure>> {
    // First of all, since it takes the tenant's lock: two pushes of one operation must not miss each other.
    let changeNumber = await takeChangeNumbers(this.#sql, this.#who.tenant, arrived.length);
    await this.#look(arrived);
    const results: PushResult[] = [];
    let failure: PushFailure | undefined;
    for (const one of arrived) {
      const result = await this.#takeOne(one, ++changeNumber);
      if (typeof result === 'string') {
        failure = { kind: result, opId: one.label.opId, results };
        break;
      }
      results.push(result);
    }
    await this.#write();
    return failure ? fail(failure) : succeed(results);
  }

  /** Reads at once all that the operations are judged by. */
  async #look(arrived: readonly Arrived[]): Promise<void> {
    const { tenant, device } = this.#who;
    const labels = arrived.map(({ label }) => label);
    const opIds = labels.map(({ opId }) => opId);
    const [known, admitted] = await Promise.all([
      knownOperations(this.#sql, tenant, opIds),
      admittedNumbers(this.#sql, tenant, device, labels),
      this.#records.foresee(
        arrived.flatMap(({ operation }) => (operation.ok ? namesIn(operation.value) : [])),
      ),
    ]);
    this.#known = new Map(known);
    this.#admitted = admitted;
  }

  async #write(): Promise<void> {
    const { tenant, device } = this.#who;
    await noteEdits(this.#sql, tenant, this.#records, this.#edited, this.#now);
    await this.#records.write();
    await takeNumbers(this.#sql, tenant, device, this.#numbers);
    await keepOperations(this.#sql, tenant, [...this.#decided.values()]);
  }

  async #takeOne(arrived: Arrived, changeNumber: number): Promise<PushResult | PushTrouble> {
    const { label } = arrived;
    const known = this.#known.get(label.opId);
    const admission = admit(label, [
      ...(known ? [{ ...label, bodyHash: known.bodyHash }] : []),
      ...this.#admitted,
    ]);
    if (admission !== 'fresh' && admission !== 'duplicate') return admission;
    // Duplicates too, or the number behind them would look like a gap.
    this.#numbers.push(label);
    this.#admitted.push(label);
    if (known && known.result !== 'rejected') {
      return { opId: label.opId, result: 'duplicate', serverSeq: known.changeNumber };
    }
    // What was rejected may have been mended meanwhile: a parent came, or this server learnt more.
    return this.#decide(arrived, changeNumber);
  }

  async #decide({ label, operation, raw }: Arrived, changeNumber: number): Promise<PushResult> {
    const merged = operation.ok
      ? await mergeOne(this.#records, this.#who.device, operation.value, changeNumber, this.#now)
      : operation;
    const result = merged.ok ? merged.value.result : 'rejected';
    if (merged.ok && merged.value.inspectionId !== undefined) this.#edited.add(merged.value.inspectionId);
    const detail = merged.ok ? null : merged.detail;
    const sent: Partial<Operation> = operation.ok ? operation.value : {};
    const kept = { opId: label.opId, bodyHash: label.bodyHash, result, detail, changeNumber };
    this.#decided.set(label.opId, {
      ...kept,
      device: this.#who.device,
      entity: sent.entity ?? null,
      recordId: sent.id ?? null,
      body: storable(raw),
      clockOffset: offsetOf(sent.wall ?? this.#now, this.#now),
      receivedAt: this.#now,
    });
    this.#known.set(label.opId, kept);
    if (detail !== null) return { opId: label.opId, result, detail };
    return { opId: label.opId, result, serverSeq: changeNumber };
  }
}

/** The record itself, and those that it lies on. */
function namesIn({ entity, id, fields }: SentOperation): RecordName[] {
  const parents: Readonly<Record<string, SentOperation['entity']>> = PARENTS[entity];
  const above = Object.entries(parents).map(([name, parent]) => ({ entity: parent, id: fields[name] }));
  return [
    { entity, id },
    ...above.filter((name): name is RecordName => typeof name.id === 'string' && IS_ID.test(name.id)),
  ];
}

/** Ms; a clock may say anything, and the databases' numbers end somewhere. */
const offsetOf = (wall: number, now: number): number =>
  Math.max(-MOST_OFFSET_MS, Math.min(MOST_OFFSET_MS, Math.round(wall - now)));

/** JSON of what came, without what a database's text cannot hold. */
function storable(raw: unknown): string {
  try {
    return JSON.stringify(raw).replaceAll('\\u0000', '\\ufffd');
  } catch {
    // Nested too deep to be written again. It is refused, and nobody asks for it.
    return 'null';
  }
}
