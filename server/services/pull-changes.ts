import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { PROTOCOL, type ChangesPage, type ServerRow } from '../../core/contract/sync.ts';
import { serverRow } from '../../core/sync-rules/server-row.ts';
import type { Database } from '../repositories/database.ts';
import { recordsAfter, recordsInConflict } from '../repositories/records.ts';
import { tenantOf, type Tenant } from '../repositories/tenants.ts';

export const MOST_ROWS = 500;

/**
 * What changed after a cursor, or from the beginning: then it is a snapshot, in pages like any other.
 * outdated: the cursor is of another history of this server, or tombstones after it are forgotten.
 */
export async function pullChanges(
  database: Database,
  tenantId: string,
  cursor: string | undefined,
  limit = MOST_ROWS,
): Promise<Outcome<ChangesPage, { readonly kind: 'outdated' }>> {
  return database.read(async (sql) => {
    const tenant = await tenantOf(sql, tenantId);
    if (!tenant) throw new Error(`there is no tenant ${tenantId}`);
    const after = cursor === undefined ? 0 : changeNumberOf(cursor, tenant);
    if (after === undefined) return fail({ kind: 'outdated' });
    const records = await recordsAfter(sql, tenantId, after, limit);
    const last = records.at(-1)?.changeNumber ?? after;
    return succeed({
      protocol: PROTOCOL,
      rows: records.map(({ merged }) => serverRow(merged)),
      cursor: [tenant.lineage, last, tenant.horizon].join('.'),
      more: records.length === limit,
      history: tenant.lineage,
    });
  });
}

/** What a person has to look at, oldest first. */
export async function conflicts(database: Database, tenant: string): Promise<ServerRow[]> {
  const records = await database.read((sql) => recordsInConflict(sql, tenant, MOST_ROWS));
  return records.map(({ merged }) => serverRow(merged));
}

/** Good while no tombstone was forgotten that it has not passed. */
export function changeNumberOf(cursor: string, tenant: Tenant): number | undefined {
  const [lineage, ...numbers] = cursor.split('.');
  const [last = NaN, horizon = NaN] = numbers.map(Number);
  const isOurs = lineage === tenant.lineage && Number.isSafeInteger(last) && last <= tenant.changeNumber;
  return isOurs && last >= 0 && (last >= tenant.horizon || horizon === tenant.horizon) ? last : undefined;
}
