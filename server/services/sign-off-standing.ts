import * as v from 'valibot';
import type { Operation } from '../../core/contract/operation.ts';
import { InspectionStatus, OfficeReview } from '../../core/contract/records.ts';
import { formatClock } from '../../core/domain/hybrid-clock.ts';
import {
  isDeleted,
  mergeOperation,
  shown,
  type Change,
  type MergedRecord,
} from '../../core/sync-rules/merge.ts';
import { afterEvent, type Standing } from '../../core/sync-rules/sign-off.ts';
import type { Sql } from '../repositories/database.ts';
import { takeChangeNumbers } from '../repositories/tenants.ts';
import type { TouchedRecords } from './touched-records.ts';

const Shown = v.object({
  status: v.optional(InspectionStatus, 'draft'),
  revision: v.optional(v.number(), 1),
  office: v.optional(OfficeReview),
});

export function standingOf(record: MergedRecord | undefined): Standing {
  const field = (name: string): unknown => record && shown(record, name);
  const { status, revision, office } = v.parse(Shown, {
    status: field('status'),
    revision: field('revision'),
    office: field('office'),
  });
  return { status, revision, decided: office ? (office.revision ?? 1) : 0 };
}

/**
 * An operation that hands an inspection over or takes it back, as the state machine takes it. The status is no
 * register that devices could disagree over: what comes is an event, and the order in which it came counts.
 */
export function handedOver(
  operation: Operation,
  before: MergedRecord | undefined,
  changeNumber: number,
): Operation {
  const { status } = operation.fields;
  if (operation.entity !== 'inspection' || status === undefined) return operation;
  const seen = { ...operation.base, status: changeNumber, revision: changeNumber, office: changeNumber };
  if (status !== 'draft' && status !== 'finalised') return { ...operation, base: seen };
  const after = afterEvent(standingOf(before), { kind: 'set', status });
  const fields = { ...operation.fields, ...(after && { status: after.status, ...revisionOf(after) }) };
  return { ...operation, base: seen, fields };
}

/** What changed in these inspections after the office decided begins a new revision of each. */
export async function noteEdits(
  sql: Sql,
  tenant: string,
  records: TouchedRecords,
  inspectionIds: ReadonlySet<string>,
  now: number,
): Promise<void> {
  for (const id of inspectionIds) {
    const record = await records.get('inspection', id);
    if (!record || isDeleted(record)) continue;
    const before = standingOf(record);
    const after = afterEvent(before, { kind: 'edited' });
    if (!after || (after.status === before.status && after.revision === before.revision)) continue;
    await writeStanding(sql, tenant, records, record, { status: after.status, ...revisionOf(after) }, now);
  }
}

/** Writes fields of the sign-off as the server's own change, which devices are told of like any other. */
export async function writeStanding(
  sql: Sql,
  tenant: string,
  records: TouchedRecords,
  record: MergedRecord,
  fields: Readonly<Record<string, unknown>>,
  now: number,
): Promise<number> {
  const changeNumber = (await takeChangeNumbers(sql, tenant, 1)) + 1;
  const seen = Object.fromEntries(Object.keys(fields).map((name) => [name, changeNumber]));
  const change: Change = {
    ...{ entity: record.entity, id: record.id, kind: 'put', fields, base: seen },
    hlc: formatClock({ wall: now, counter: 0, device: 'server' }),
  };
  records.keep(mergeOperation(record, change, changeNumber), changeNumber);
  return changeNumber;
}

/** The first is not written: most inspections have no other. */
const revisionOf = ({ revision }: Standing): { readonly revision?: number } =>
  revision > 1 ? { revision } : {};
