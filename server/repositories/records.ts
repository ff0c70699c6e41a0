import * as v from 'valibot';
import { Operation } from '../../core/contract/operation.ts';
import type { MergedRecord } from '../../core/sync-rules/merge.ts';
import type { Sql } from './database.ts';
import { insertRows, padded, parseRows, places } from './rows.ts';

const written = { version: v.number(), hlc: v.string(), opId: v.optional(v.string()) };
const Merged = v.object({
  entity: Operation.entries.entity,
  id: v.string(),
  fields: v.record(
    v.string(),
    v.array(v.object({ value: v.unknown(), ...written, replaced: v.optional(v.array(v.string())) })),
  ),
  deletions: v.array(v.object({ ...written, base: Operation.entries.base, over: Operation.entries.over })),
});
const Row = v.object({ merged: v.pipe(v.string(), v.parseJson(), Merged) });
const NumberedRow = v.object({ changeNumber: v.number(), ...Row.entries });

export interface NumberedRecord {
  readonly changeNumber: number;
  readonly merged: MergedRecord;
}

export async function recordOf(
  sql: Sql,
  tenant: string,
  entity: string,
  id: string,
): Promise<MergedRecord | undefined> {
  return (await recordsOf(sql, tenant, entity, [id]))[0];
}

/** Those of the ids that there are. */
export async function recordsOf(
  sql: Sql,
  tenant: string,
  entity: string,
  ids: readonly string[],
): Promise<MergedRecord[]> {
  const all = padded(ids);
  if (all.length === 0) return [];
  const rows = await sql.all(
    `SELECT merged FROM records WHERE tenant = ? AND entity = ? AND id IN (${places(all)})`,
    ...[tenant, entity, ...all],
  );
  return parseRows(Row, rows).map(({ merged }) => merged);
}

export interface KeptRecord extends NumberedRecord {
  readonly hasConflict: boolean;
  /** Ms since the epoch; undefined while it is not deleted. */
  readonly deletedAt: number | undefined;
}

const columns = ['tenant', 'entity', 'id', 'change_number', 'merged', 'has_conflict', 'deleted_at'];

/** Keeps each as it is now; no two of them are of one record. */
export function keepRecords(sql: Sql, tenant: string, kept: readonly KeptRecord[]): Promise<void> {
  const rows = kept.map(({ merged, changeNumber, hasConflict, deletedAt }) => [
    ...[tenant, merged.entity, merged.id, changeNumber, JSON.stringify(merged)],
    ...[hasConflict ? 1 : 0, deletedAt ?? null],
  ]);
  return insertRows(
    sql,
    'records',
    columns,
    rows,
    `(tenant, entity, id) DO UPDATE SET change_number = excluded.change_number,
       merged = excluded.merged, has_conflict = excluded.has_conflict, deleted_at = excluded.deleted_at`,
  );
}

/** What changed after a change number, in the order of changes. */
export async function recordsAfter(
  sql: Sql,
  tenant: string,
  changeNumber: number,
  limit: number,
): Promise<NumberedRecord[]> {
  const rows = await sql.all(
    `SELECT change_number AS "changeNumber", merged FROM records
     WHERE tenant = ? AND change_number > ? ORDER BY change_number LIMIT ${limit}`,
    ...[tenant, changeNumber],
  );
  return parseRows(NumberedRow, rows);
}

/** What a person has to look at, oldest first. */
export async function recordsInConflict(sql: Sql, tenant: string, limit: number): Promise<NumberedRecord[]> {
  const rows = await sql.all(
    `SELECT change_number AS "changeNumber", merged FROM records
     WHERE tenant = ? AND has_conflict = 1 ORDER BY change_number LIMIT ${limit}`,
    tenant,
  );
  return parseRows(NumberedRow, rows);
}

/** Forgets tombstones from before `before`; resolves with the highest change number among them, or 0. */
export async function purgeTombstones(sql: Sql, tenant: string, before: number): Promise<number> {
  const due = 'tenant = ? AND deleted_at < ? AND has_conflict = 0';
  const rows = await sql.all(
    `SELECT COALESCE(MAX(change_number), 0) AS "highest" FROM records WHERE ${due}`,
    ...[tenant, before],
  );
  await sql.run(`DELETE FROM records WHERE ${due}`, tenant, before);
  return parseRows(v.object({ highest: v.number() }), rows)[0]?.highest ?? 0;
}
