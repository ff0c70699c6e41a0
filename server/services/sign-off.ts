import type { SignOffAnswer, SignOffRequest } from '../../core/contract/desk.ts';
import { PROTOCOL } from '../../core/contract/sync.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { isDeleted, shown, type MergedRecord } from '../../core/sync-rules/merge.ts';
import { afterEvent } from '../../core/sync-rules/sign-off.ts';
import { audit } from '../repositories/audit.ts';
import type { Database, Sql } from '../repositories/database.ts';
import { deviceName } from '../repositories/device-name.ts';
import { recordsAfter } from '../repositories/records.ts';
import { takeChangeNumbers, tenantOf } from '../repositories/tenants.ts';
import type { Identity } from './identity.ts';
import { changeNumberOf } from './pull-changes.ts';
import { standingOf, writeStanding } from './sign-off-standing.ts';
import { TouchedRecords } from './touched-records.ts';

export type SignOffFailure =
  | { readonly kind: 'unknown' }
  /** The desk has not seen all of it as it is now. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'not-handed-over' };

const PAGE = 500;

/** The office decides on an inspection; devices are told by their next pull. */
export function signOff(
  database: Database,
  who: Identity,
  id: string,
  { decision, note, seen }: SignOffRequest,
  now: number,
): Promise<Outcome<SignOffAnswer, SignOffFailure>> {
  const { tenant } = who;
  const decide = async (sql: Sql): Promise<Outcome<SignOffAnswer, SignOffFailure>> => {
    // Takes the tenant's lock: what is being pushed meanwhile is either seen or comes after the decision.
    await takeChangeNumbers(sql, tenant, 0);
    const records = new TouchedRecords(sql, tenant, now);
    const record = await records.get('inspection', id);
    if (!record || isDeleted(record)) return fail({ kind: 'unknown' });
    if (await hasChanged(sql, tenant, id, seen)) return fail({ kind: 'changed' });
    const standing = afterEvent(standingOf(record), { kind: 'decided', decision });
    if (!standing) return fail({ kind: 'not-handed-over' });
    const { status, revision } = standing;
    const by = who.person ?? (await deviceName(sql, tenant, who.device));
    const office = { status: decision, note, by, at: now, revision };
    await writeStanding(sql, tenant, records, record, { status, office }, now);
    await records.write();
    await audit(sql, who, { action: 'inspection-decided', subject: id, detail: { ...office }, now });
    return succeed({ protocol: PROTOCOL, office });
  };
  return database.write(decide, { lane: tenant });
}

/** Whether anything of the inspection was changed after the cursor. */
async function hasChanged(sql: Sql, tenantId: string, inspectionId: string, seen: string): Promise<boolean> {
  const tenant = await tenantOf(sql, tenantId);
  let after = tenant && changeNumberOf(seen, tenant);
  if (after === undefined) return true;
  for (;;) {
    const page = await recordsAfter(sql, tenantId, after, PAGE);
    if (page.some(({ merged }) => ownerOf(merged) === inspectionId)) return true;
    after = page.at(-1)?.changeNumber;
    if (page.length < PAGE || after === undefined) return false;
  }
}

const ownerOf = (record: MergedRecord): unknown =>
  record.entity === 'inspection' ? record.id : shown(record, 'inspectionId');
