import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { OpenParts } from '../open-parts.ts';
import { allBlobs } from '../repositories/blobs.ts';
import { allPackFiles, type PackFile } from '../repositories/pack-files.ts';
import { tenantIds } from '../repositories/tenants.ts';
import { copySqlite } from '../repositories/sqlite/copy-sqlite.ts';
import type { SharedStores } from '../shared-stores.ts';
import { hashOfFile, writeManifest, type Manifest } from './manifest.ts';
import { runPostgresTool } from './postgres-tools.ts';

/**
 * Copies everything into a folder while the server runs: one state of the database, then every photo and file of a
 * model pack that it names, which never change. A folder of an earlier backup is gone on with: photos that lie there are not copied
 * again. Throws where a photo is missing or spoiled, and then there is no manifest.
 */
export async function makeBackup(
  parts: OpenParts,
  data: string,
  shared: SharedStores,
  folder: string,
): Promise<Manifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rm(join(folder, 'backup.json'), { force: true });
  // Before the photos: a row is written once its bytes are kept, so every row in the copy has them.
  const database = shared.postgres ? 'database.pgdump' : 'database.sqlite';
  const file = join(folder, database);
  await rm(file, { force: true });
  if (shared.postgres) {
    await runPostgresTool('pg_dump', shared.postgres.url, [
      '--format=custom',
      '--no-owner',
      '--no-privileges',
      '--file',
      file,
    ]);
  } else {
    copySqlite(join(data, 'loupe.sqlite'), file);
  }
  const manifest: Manifest = {
    ...{
      version: 1,
      kind: shared.postgres ? 'postgresql' : 'sqlite',
      madeAt: new Date(parts.now()).toISOString(),
    },
    ...{ database, sha256: await hashOfFile(file), photos: await copyFiles(parts, folder) },
  };
  await writeManifest(folder, manifest);
  return manifest;
}

/** Resolves with the number of photos. */
async function copyFiles(parts: OpenParts, folder: string): Promise<number> {
  const { database } = parts;
  let photos = 0;
  for (const tenant of await database.read(tenantIds)) {
    const blobs = await database.read((sql) => allBlobs(sql, tenant));
    const files = await database.read((sql) => allPackFiles(sql, tenant));
    for (const file of [...blobs, ...files]) await copyFile(parts, tenant, file, folder);
    photos += blobs.length;
  }
  return photos;
}

async function copyFile(
  { blobs }: OpenParts,
  tenant: string,
  { sha256, bytes }: PackFile,
  folder: string,
): Promise<void> {
  const path = join(folder, 'photos', tenant, sha256);
  if ((await stat(path).catch(() => undefined))?.size === bytes) return;
  const stream = await blobs.open(tenant, sha256);
  if (!stream) throw new Error(`${sha256} is missing from the store`);
  await mkdir(dirname(path), { recursive: true });
  await pipeline(Readable.fromWeb(stream as never), createWriteStream(`${path}.part`, { flush: true }));
  if ((await hashOfFile(`${path}.part`)) !== sha256) throw new Error(`${sha256} is spoiled in the store`);
  await rename(`${path}.part`, path);
}
