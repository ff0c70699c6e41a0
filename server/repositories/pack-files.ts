import * as v from 'valibot';
import { Sha256 } from '../../core/contract/ids.ts';
import type { Sql } from './database.ts';
import { parseRows, places } from './rows.ts';

const PackFile = v.object({ sha256: Sha256, bytes: v.number() });
/** A file of a model pack whose bytes lie in the blob store. */
export type PackFile = v.InferOutput<typeof PackFile>;

export async function keepPackFile(
  sql: Sql,
  tenant: string,
  { sha256, bytes }: PackFile,
  now: number,
): Promise<void> {
  await sql.run(
    `INSERT INTO pack_files (tenant, sha256, bytes, received_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (tenant, sha256) DO NOTHING`,
    ...[tenant, sha256, bytes, now],
  );
}

/** Those of the files that are here. */
export async function packFiles(sql: Sql, tenant: string, hashes: readonly Sha256[]): Promise<PackFile[]> {
  if (hashes.length === 0) return [];
  const rows = await sql.all(
    `SELECT sha256, bytes FROM pack_files WHERE tenant = ? AND sha256 IN (${places(hashes)})`,
    ...[tenant, ...hashes],
  );
  return parseRows(PackFile, rows);
}

export async function allPackFiles(sql: Sql, tenant: string): Promise<PackFile[]> {
  const rows = await sql.all('SELECT sha256, bytes FROM pack_files WHERE tenant = ? ORDER BY sha256', tenant);
  return parseRows(PackFile, rows);
}

/** Its bytes are not here after all: whoever publishes it again sends them. */
export async function forgetPackFile(sql: Sql, tenant: string, sha256: Sha256): Promise<void> {
  await sql.run('DELETE FROM pack_files WHERE tenant = ? AND sha256 = ?', tenant, sha256);
}
