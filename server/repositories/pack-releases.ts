import { PublishedRelease } from '../../core/contract/publishing.ts';
import type { Sql } from './database.ts';
import { parseRows } from './rows.ts';

const columns = `pack AS "id", release_number AS "release", version, manifest, public_key AS "key", signature, share,
  back_from AS "backFrom", published_at AS "publishedAt", published_by AS "by"`;

/** Throws where the pack has a release of this number. */
export async function addRelease(sql: Sql, tenant: string, one: PublishedRelease): Promise<void> {
  const { id, release, version, manifest, key, signature, share, backFrom, publishedAt, by } = one;
  await sql.run(
    `INSERT INTO pack_releases (tenant, pack, release_number, version, manifest, public_key, signature, share,
       back_from, published_at, published_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[tenant, id, release, version, manifest, key, signature, share, backFrom, publishedAt, by],
  );
}

/** Of every pack, or of one: the highest number first. */
export async function packReleases(sql: Sql, tenant: string, pack?: string): Promise<PublishedRelease[]> {
  const rows = await sql.all(
    `SELECT ${columns} FROM pack_releases WHERE tenant = ?${pack === undefined ? '' : ' AND pack = ?'}
     ORDER BY pack, release_number DESC`,
    ...[tenant, ...(pack === undefined ? [] : [pack])],
  );
  return parseRows(PublishedRelease, rows);
}

export async function setShare(
  sql: Sql,
  tenant: string,
  { id, release }: Pick<PublishedRelease, 'id' | 'release'>,
  share: number,
): Promise<void> {
  await sql.run(
    'UPDATE pack_releases SET share = ? WHERE tenant = ? AND pack = ? AND release_number = ?',
    ...[share, tenant, id, release],
  );
}
