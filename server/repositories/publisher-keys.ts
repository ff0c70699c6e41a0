import * as v from 'valibot';
import { ListedKey } from '../../core/contract/publishing.ts';
import type { Sql } from './database.ts';
import { parseRows } from './rows.ts';

const Row = v.object({
  key: ListedKey.entries.key,
  name: v.string(),
  endorsedBy: v.nullable(v.string()),
  endorsement: v.nullable(v.string()),
  addedAt: v.number(),
  by: v.string(),
  revokedAt: v.nullable(v.number()),
});
const columns = `public_key AS "key", name, endorsed_by AS "endorsedBy", endorsement, added_at AS "addedAt",
  added_by AS "by", revoked_at AS "revokedAt"`;

/** False where it is registered already, also where it was revoked. */
export async function addPublisherKey(
  sql: Sql,
  tenant: string,
  { key, name, endorsement, addedAt, by }: Omit<ListedKey, 'revokedAt'>,
): Promise<boolean> {
  const rows = await sql.all(
    `INSERT INTO publisher_keys (tenant, public_key, name, endorsed_by, endorsement, added_at, added_by)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, public_key) DO NOTHING RETURNING public_key`,
    ...[tenant, key, name, endorsement?.by ?? null, endorsement?.signature ?? null, addedAt, by],
  );
  return rows.length > 0;
}

/** Oldest first, revoked ones too. */
export async function publisherKeys(sql: Sql, tenant: string): Promise<ListedKey[]> {
  const rows = await sql.all(
    `SELECT ${columns} FROM publisher_keys WHERE tenant = ? ORDER BY added_at, public_key`,
    tenant,
  );
  return parseRows(Row, rows).map(({ endorsedBy, endorsement, ...key }) =>
    v.parse(ListedKey, {
      ...key,
      ...(endorsedBy !== null && { endorsement: { by: endorsedBy, signature: endorsement } }),
    }),
  );
}

export async function goodPublisherKeys(sql: Sql, tenant: string): Promise<ListedKey[]> {
  return (await publisherKeys(sql, tenant)).filter(({ revokedAt }) => revokedAt === null);
}

/** Resolves with whether there was such a key that was not revoked yet. */
export async function revokePublisherKey(
  sql: Sql,
  tenant: string,
  key: string,
  now: number,
): Promise<boolean> {
  const rows = await sql.all(
    `UPDATE publisher_keys SET revoked_at = ? WHERE tenant = ? AND public_key = ? AND revoked_at IS NULL
     RETURNING public_key`,
    ...[now, tenant, key],
  );
  return rows.length > 0;
}
