import * as v from 'valibot';
import type { Sql } from './database.ts';
import { parseRows } from './rows.ts';

const Tenant = v.object({
  id: v.string(),
  /** Random; another one after a restore from backup, so that devices notice. */
  lineage: v.string(),
  /** Of the change made last. */
  changeNumber: v.number(),
  /** Changes up to here may have lost their tombstones. */
  horizon: v.number(),
});
export type Tenant = v.InferOutput<typeof Tenant>;

const columns = 'id, lineage, change_number AS "changeNumber", horizon';

export interface NewTenant {
  readonly id: string;
  readonly name: string;
  readonly lineage: string;
  readonly now: number;
}

export async function addTenant(sql: Sql, { id, name, lineage, now }: NewTenant): Promise<void> {
  await sql.run(
    'INSERT INTO tenants (id, name, lineage, change_number, horizon, created_at) VALUES (?, ?, ?, 0, 0, ?)',
    ...[id, name, lineage, now],
  );
}

export async function tenantOf(sql: Sql, id: string): Promise<Tenant | undefined> {
  return parseRows(Tenant, await sql.all(`SELECT ${columns} FROM tenants WHERE id = ?`, id))[0];
}

const Named = v.object({ name: v.string() });

/** As people call it. */
export async function tenantName(sql: Sql, id: string): Promise<string | undefined> {
  return parseRows(Named, await sql.all('SELECT name FROM tenants WHERE id = ?', id))[0]?.name;
}

export async function tenantIds(sql: Sql): Promise<string[]> {
  const rows = await sql.all('SELECT id FROM tenants ORDER BY created_at, id');
  return parseRows(v.object({ id: v.string() }), rows).map(({ id }) => id);
}

/**
 * Takes `count` change numbers, and with them the lock under which a tenant's changes are made: numbers are
 * committed in their order, so that no page of changes leaves out one that comes late. Resolves with the
 * number before the first.
 */
export async function takeChangeNumbers(sql: Sql, tenant: string, count: number): Promise<number> {
  const rows = await sql.all(
    'UPDATE tenants SET change_number = change_number + ? WHERE id = ? RETURNING change_number AS "last"',
    ...[count, tenant],
  );
  const [row] = parseRows(v.object({ last: v.number() }), rows);
  if (!row) throw new Error(`there is no tenant ${tenant}`);
  return row.last - count;
}

/** More than any server makes between a backup and its loss. */
const LEAP = 1_000_000_000;
/** More than any server makes in a second. Numbers stay safe integers until the year 2255. */
const MOST_A_SECOND = 1_000_000;

/**
 * For a server that was restored from a backup: every cursor given out before is refused, so that devices
 * begin anew, and no version is given out twice, not even where one backup is restored twice.
 */
export async function renewLineage(sql: Sql, tenant: string, lineage: string, now: number): Promise<void> {
  const passed = Math.floor(now / 1000) * MOST_A_SECOND;
  await sql.run(
    `UPDATE tenants SET lineage = ?, change_number =
       CASE WHEN change_number + ? > ? THEN change_number + ? ELSE ? END WHERE id = ?`,
    ...[lineage, LEAP, passed, LEAP, passed, tenant],
  );
}

export async function raiseHorizon(sql: Sql, tenant: string, horizon: number): Promise<void> {
  await sql.run('UPDATE tenants SET horizon = ? WHERE id = ? AND horizon < ?', horizon, tenant, horizon);
}
