import { randomBytes, randomUUID } from 'node:crypto';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '../../core/contract/ids.ts';
import { openParts, type OpenParts } from '../open-parts.ts';
import { allBlobs, forgetBlob } from '../repositories/blobs.ts';
import { allPackFiles, forgetPackFile } from '../repositories/pack-files.ts';
import { renewLineage, tenantIds } from '../repositories/tenants.ts';
import type { SharedStores } from '../shared-stores.ts';
import { hashOfFile, readManifest } from './manifest.ts';
import { runPostgresTool } from './postgres-tools.ts';

export interface Restored {
  readonly madeAt: string;
  readonly tenants: number;
  readonly photos: number;
  /** Photos that the backup does not have whole, forgotten so that tablets send them again; and such files of packs. */
  readonly missing: readonly string[];
}

/**
 * Puts a backup into an empty server. Every tenant's history gets a new name, by which tablets notice that the
 * server was restored, are told everything again, and send again what it lost.
 */
export async function restoreBackup(
  folder: string,
  data: string,
  shared: SharedStores,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Restored> {
  const manifest = await readManifest(folder);
  const file = join(folder, manifest.database);
  if ((await hashOfFile(file)) !== manifest.sha256) throw new Error(`${file} is not as it was backed up`);
  if ((manifest.kind === 'postgresql') !== (shared.postgres !== undefined)) {
    throw new Error(`this is a backup of ${manifest.kind}: set or unset DATABASE_URL`);
  }
  await mkdir(data, { recursive: true, mode: 0o700 });
  if (shared.postgres) await restorePostgres(shared, data, file, environment);
  else await restoreSqlite(join(data, 'loupe.sqlite'), file);
  const parts = await openParts(data, shared, environment);
  try {
    const tenants = await parts.database.read(tenantIds);
    const photos = await restoreFiles(parts, tenants, folder, data);
    // Last: until then no tablet may be told anything, and a restore that was cut is begun again.
    for (const tenant of tenants) {
      const lineage = randomBytes(9).toString('base64url');
      await parts.database.write((sql) => renewLineage(sql, tenant, lineage, parts.now()));
    }
    return { madeAt: manifest.madeAt, tenants: tenants.length, ...photos };
  } finally {
    await parts.close();
  }
}

async function restoreSqlite(target: string, file: string): Promise<void> {
  if (await stat(target).catch(() => undefined)) throw new Error(`${target} is there already: move it away`);
  await copyFile(file, target);
}

async function restorePostgres(
  shared: SharedStores,
  data: string,
  file: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const { postgres } = shared;
  if (!postgres) return;
  // Opening makes the tables, which the restore replaces.
  const parts = await openParts(data, { postgres }, environment);
  const tenants = await parts.database.read(tenantIds).finally(() => parts.close());
  if (tenants.length > 0) throw new Error('the database is not empty: make a new one');
  await runPostgresTool('pg_restore', postgres.url, [
    ...['--clean', '--if-exists', '--no-owner', '--no-privileges', '--exit-on-error', '--single-transaction'],
    ...['--dbname', decodeURIComponent(new URL(postgres.url).pathname.slice(1)), file],
  ]);
}

async function restoreFiles(
  parts: OpenParts,
  tenants: readonly string[],
  folder: string,
  data: string,
): Promise<Pick<Restored, 'photos' | 'missing'>> {
  const { database } = parts;
  const missing: string[] = [];
  let photos = 0;
  for (const tenant of tenants) {
    const from = { folder: join(folder, 'photos', tenant), tenant, data };
    for (const { sha256 } of await database.read((sql) => allBlobs(sql, tenant))) {
      if (await restoreFile(parts, sha256, from)) {
        photos++;
        continue;
      }
      missing.push(sha256);
      await database.write((sql) => forgetBlob(sql, tenant, sha256));
    }
    for (const { sha256 } of await database.read((sql) => allPackFiles(sql, tenant))) {
      if (await restoreFile(parts, sha256, from)) continue;
      missing.push(sha256);
      await database.write((sql) => forgetPackFile(sql, tenant, sha256));
    }
  }
  return { photos, missing };
}

interface BackedUp {
  readonly folder: string;
  readonly tenant: string;
  readonly data: string;
}

/** Whether the backup has the bytes whole. */
async function restoreFile(
  { blobs }: OpenParts,
  sha256: Sha256,
  { folder, tenant, data }: BackedUp,
): Promise<boolean> {
  // In the data folder, from where it is taken over by renaming.
  const copy = join(data, `restoring-${randomUUID()}`);
  const isHere = await copyFile(join(folder, sha256), copy).then(
    () => true,
    () => false,
  );
  if (!isHere || (await hashOfFile(copy)) !== sha256) return false;
  await blobs.publish(tenant, sha256, copy);
  return true;
}
