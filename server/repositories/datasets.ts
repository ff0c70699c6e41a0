import * as v from 'valibot';
import { FrozenDataset } from '../../core/contract/desk.ts';
import type { Sha256 } from '../../core/contract/ids.ts';
import type { Sql } from './database.ts';
import { parseRows } from './rows.ts';

const columns = 'id, images, annotations, rejected, frozen_at AS "frozenAt", frozen_by AS "by"';

/** What was frozen before stays as it is. */
export async function keepDataset(
  sql: Sql,
  tenant: string,
  { id, images, annotations, rejected, frozenAt, by }: FrozenDataset,
  body: string,
  photos: readonly Sha256[],
): Promise<void> {
  for (const photo of photos) {
    await sql.run(
      'INSERT INTO dataset_photos (tenant, dataset, sha256) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      ...[tenant, id, photo],
    );
  }
  await sql.run(
    `INSERT INTO datasets (tenant, id, images, annotations, rejected, frozen_at, frozen_by, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, id) DO NOTHING`,
    ...[tenant, id, images, annotations, rejected, frozenAt, by, body],
  );
}

/** Newest first. */
export async function listDatasets(sql: Sql, tenant: string): Promise<FrozenDataset[]> {
  const rows = await sql.all(
    `SELECT ${columns} FROM datasets WHERE tenant = ? ORDER BY frozen_at DESC, id`,
    tenant,
  );
  return parseRows(FrozenDataset, rows);
}

export async function datasetOf(sql: Sql, tenant: string, id: Sha256): Promise<FrozenDataset | undefined> {
  const rows = await sql.all(`SELECT ${columns} FROM datasets WHERE tenant = ? AND id = ?`, tenant, id);
  return parseRows(FrozenDataset, rows)[0];
}

/** COCO, as it was frozen. */
export async function datasetBody(sql: Sql, tenant: string, id: Sha256): Promise<string | undefined> {
  const rows = await sql.all('SELECT body FROM datasets WHERE tenant = ? AND id = ?', tenant, id);
  return parseRows(v.object({ body: v.string() }), rows)[0]?.body;
}

export interface DatasetKey {
  readonly keyHash: string;
  readonly tenant: string;
  readonly dataset: Sha256;
  readonly expiresAt: number;
}

export async function addDatasetKey(
  sql: Sql,
  { keyHash, tenant, dataset, expiresAt }: DatasetKey,
): Promise<void> {
  await sql.run(
    'INSERT INTO dataset_keys (key_hash, tenant, dataset, expires_at) VALUES (?, ?, ?, ?)',
    ...[keyHash, tenant, dataset, expiresAt],
  );
}

/** Of which tenant's dataset a key is, while it is good. */
export async function tenantOfKey(
  sql: Sql,
  keyHash: string,
  dataset: Sha256,
  now: number,
): Promise<string | undefined> {
  const rows = await sql.all(
    'SELECT tenant FROM dataset_keys WHERE key_hash = ? AND dataset = ? AND expires_at > ?',
    ...[keyHash, dataset, now],
  );
  return parseRows(v.object({ tenant: v.string() }), rows)[0]?.tenant;
}

export async function isInDataset(sql: Sql, tenant: string, id: Sha256, photo: Sha256): Promise<boolean> {
  const rows = await sql.all(
    'SELECT sha256 FROM dataset_photos WHERE tenant = ? AND dataset = ? AND sha256 = ?',
    ...[tenant, id, photo],
  );
  return rows.length > 0;
}
