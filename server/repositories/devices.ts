import * as v from 'valibot';
import type { AppReport } from '../../core/contract/sync.ts';
import type { Sql } from './database.ts';
import { parseRows } from './rows.ts';
import { StoredRoles, storedRoles } from './stored-roles.ts';

const Device = v.object({
  tenant: v.string(),
  id: v.string(),
  name: v.string(),
  roles: StoredRoles,
  person: v.nullable(v.string()),
  /** Thumbprint of its key. */
  jkt: v.nullable(v.string()),
});
export type Device = v.InferOutput<typeof Device>;
const columns = 'tenant, id, name, roles, person, jkt';

const ListedDevice = v.object({
  ...Device.entries,
  enrolledAt: v.number(),
  revokedAt: v.nullable(v.number()),
  /** When it last renewed its token. */
  lastSeen: v.nullable(v.number()),
  appVersion: v.nullable(v.string()),
  /** JSON of the versions of its model packs, by their ids. */
  packs: v.nullable(v.string()),
});
export type ListedDevice = v.InferOutput<typeof ListedDevice>;

export async function addDevice(sql: Sql, device: Device, now: number): Promise<void> {
  const { tenant, id, name, roles, person, jkt } = device;
  await sql.run(
    // The column is of an earlier version, whose nodes may still run.
    `INSERT INTO devices (tenant, id, name, roles, person, jkt, enrolled_at, token_hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[tenant, id, name, storedRoles(roles), person, jkt, now, `none ${id}`],
  );
}

/** Undefined where there is none, or it was revoked. */
export async function deviceOf(sql: Sql, tenant: string, id: string): Promise<Device | undefined> {
  const rows = await sql.all(
    `SELECT ${columns} FROM devices WHERE tenant = ? AND id = ? AND revoked_at IS NULL`,
    ...[tenant, id],
  );
  return parseRows(Device, rows)[0];
}

/** The device with a key that was enrolled at a time, unless it was revoked. */
export async function deviceByKey(sql: Sql, jkt: string, enrolledAt: number): Promise<Device | undefined> {
  const rows = await sql.all(
    `SELECT ${columns} FROM devices WHERE jkt = ? AND enrolled_at = ? AND revoked_at IS NULL`,
    ...[jkt, enrolledAt],
  );
  return parseRows(Device, rows)[0];
}

export async function noteSeen(
  sql: Sql,
  { tenant, id }: Pick<Device, 'tenant' | 'id'>,
  app: AppReport | undefined,
  now: number,
): Promise<void> {
  await sql.run('UPDATE devices SET last_seen = ? WHERE tenant = ? AND id = ?', now, tenant, id);
  if (!app) return;
  await sql.run(
    'UPDATE devices SET app_version = ?, packs = COALESCE(?, packs) WHERE tenant = ? AND id = ?',
    ...[app.version, app.packs ? JSON.stringify(app.packs) : null, tenant, id],
  );
}

/** All of a tenant, revoked ones too, newest first. */
export async function listDevices(sql: Sql, tenant: string): Promise<ListedDevice[]> {
  const rows = await sql.all(
    `SELECT ${columns}, enrolled_at AS "enrolledAt", revoked_at AS "revokedAt", last_seen AS "lastSeen",
       app_version AS "appVersion", packs
     FROM devices WHERE tenant = ? ORDER BY enrolled_at DESC, id`,
    tenant,
  );
  return parseRows(ListedDevice, rows);
}

/** Resolves with whether there was such a device that was not revoked yet. */
export async function revokeDevice(sql: Sql, tenant: string, id: string, now: number): Promise<boolean> {
  const rows = await sql.all(
    'UPDATE devices SET revoked_at = ? WHERE tenant = ? AND id = ? AND revoked_at IS NULL RETURNING id',
    ...[now, tenant, id],
  );
  return rows.length > 0;
}

export async function deviceCount(sql: Sql, tenant: string): Promise<number> {
  const rows = await sql.all('SELECT COUNT(*) AS "count" FROM devices WHERE tenant = ?', tenant);
  return parseRows(v.object({ count: v.number() }), rows)[0]?.count ?? 0;
}
