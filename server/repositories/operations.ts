import * as v from 'valibot';
import type { Admitted } from '../../core/sync-rules/admit.ts';
import { PushResult, type OperationLabel } from '../../core/contract/sync.ts';
import type { Sql } from './database.ts';
import { insertRows, padded, parseRows, places } from './rows.ts';

const Known = v.object({
  opId: v.string(),
  bodyHash: v.string(),
  result: PushResult.entries.result,
  detail: v.nullable(v.string()),
  changeNumber: v.number(),
});
/** What became of an operation when it came first. */
export type Known = v.InferOutput<typeof Known>;

const Numbered = v.object({ opId: v.string(), epoch: v.string(), seq: v.number() });

export interface KeptOperation extends Known {
  readonly device: string;
  readonly entity: string | null;
  readonly recordId: string | null;
  /** As it was sent, with its own clock. */
  readonly body: string;
  /** Ms that the device's clock was ahead of ours. */
  readonly clockOffset: number;
  readonly receivedAt: number;
}

export async function knownOperations(
  sql: Sql,
  tenant: string,
  opIds: readonly string[],
): Promise<ReadonlyMap<string, Known>> {
  const all = padded(opIds);
  const rows = await sql.all(
    `SELECT op_id AS "opId", body_hash AS "bodyHash", result, detail, change_number AS "changeNumber"
     FROM operations WHERE tenant = ? AND op_id IN (${places(all)})`,
    ...[tenant, ...all],
  );
  return new Map(parseRows(Known, rows).map((known) => [known.opId, known]));
}

const columns = [
  ...['tenant', 'op_id', 'device', 'body_hash', 'result', 'detail', 'change_number'],
  ...['entity', 'record_id', 'body', 'clock_offset', 'received_at'],
];

/** Keeps what became of each; no two of them have one id. */
export function keepOperations(
  sql: Sql,
  tenant: string,
  operations: readonly KeptOperation[],
): Promise<void> {
  const rows = operations.map((kept) => [
    ...[tenant, kept.opId, kept.device, kept.bodyHash, kept.result, kept.detail, kept.changeNumber],
    ...[kept.entity, kept.recordId, kept.body, kept.clockOffset, kept.receivedAt],
  ]);
  return insertRows(
    sql,
    'operations',
    columns,
    rows,
    `(tenant, op_id) DO UPDATE SET
       result = excluded.result, detail = excluded.detail, change_number = excluded.change_number`,
  );
}

const NUMBERS_OF_EPOCH =
  'SELECT op_id AS "opId", epoch, seq FROM operation_numbers WHERE tenant = ? AND device = ? AND epoch = ?';

/**
 * What admission has to know of the epochs of a batch: who holds the numbers that it names, and the last
 * number of each. The rest of an epoch decides nothing.
 */
export async function admittedNumbers(
  sql: Sql,
  tenant: string,
  device: string,
  labels: readonly OperationLabel[],
): Promise<Admitted[]> {
  const epochs = [...new Set(labels.map((label) => label.epoch))];
  const found = await Promise.all(
    epochs.map(async (epoch) => {
      const seqs = padded(labels.filter((label) => label.epoch === epoch).map(({ seq }) => seq));
      // Two questions: with OR in one, a database looks through the whole epoch.
      const [named, last] = await Promise.all([
        sql.all(`${NUMBERS_OF_EPOCH} AND seq IN (${places(seqs)})`, tenant, device, epoch, ...seqs),
        sql.all(`${NUMBERS_OF_EPOCH} ORDER BY seq DESC LIMIT 1`, tenant, device, epoch),
      ]);
      return parseRows(Numbered, [...named, ...last]);
    }),
  );
  return found.flat().map((row) => ({ ...row, bodyHash: '' }));
}

/** Numbers that are taken stay with their operations. */
export function takeNumbers(
  sql: Sql,
  tenant: string,
  device: string,
  labels: readonly OperationLabel[],
): Promise<void> {
  const rows = labels.map(({ opId, epoch, seq }) => [tenant, device, epoch, seq, opId]);
  return insertRows(
    sql,
    'operation_numbers',
    ['tenant', 'device', 'epoch', 'seq', 'op_id'],
    rows,
    '(tenant, device, epoch, seq) DO NOTHING',
  );
}
