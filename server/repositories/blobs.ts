import * as v from 'valibot';
import { Sha256 } from '../../core/contract/ids.ts';
import type { Sql } from './database.ts';
import { parseRows, places } from './rows.ts';

const Blob = v.object({
  sha256: Sha256,
  bytes: v.number(),
  mediaType: v.string(),
  width: v.nullable(v.number()),
  height: v.nullable(v.number()),
  receivedAt: v.number(),
});
/** A photo's bytes that lie in the blob store; sides in pixels after orientation, null where it has none. */
export type KeptBlob = v.InferOutput<typeof Blob>;

const columns = 'sha256, bytes, media_type AS "mediaType", width, height, received_at AS "receivedAt"';

export async function keptBlobs(
  sql: Sql,
  tenant: string,
  hashes: readonly Sha256[],
): Promise<readonly KeptBlob[]> {
  if (hashes.length === 0) return [];
  const rows = await sql.all(
    `SELECT ${columns} FROM blobs WHERE tenant = ? AND sha256 IN (${places(hashes)})`,
    ...[tenant, ...hashes],
  );
  return parseRows(Blob, rows);
}

/** The first to bring the bytes stays on record. */
export async function keepBlob(sql: Sql, tenant: string, blob: KeptBlob): Promise<void> {
  const { sha256, bytes, mediaType, width, height, receivedAt } = blob;
  await sql.run(
    `INSERT INTO blobs (tenant, sha256, bytes, media_type, width, height, received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, sha256) DO NOTHING`,
    ...[tenant, sha256, bytes, mediaType, width, height, receivedAt],
  );
}

/** Every photo of a tenant. */
export async function allBlobs(sql: Sql, tenant: string): Promise<readonly KeptBlob[]> {
  const rows = await sql.all(`SELECT ${columns} FROM blobs WHERE tenant = ? ORDER BY sha256`, tenant);
  return parseRows(Blob, rows);
}

/** Its bytes are not here after all: whoever has them is asked to send them. */
export async function forgetBlob(sql: Sql, tenant: string, sha256: Sha256): Promise<void> {
  await sql.run('DELETE FROM blobs WHERE tenant = ? AND sha256 = ?', tenant, sha256);
}
