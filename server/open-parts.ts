import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskBlobs } from './blobs/disk-blobs.ts';
import { S3Blobs } from './blobs/s3-blobs.ts';
import { S3Uploads } from './blobs/s3-uploads.ts';
import type { Database } from './repositories/database.ts';
import { PostgresDatabase } from './repositories/postgres/postgres-database.ts';
import { SqliteDatabase } from './repositories/sqlite/sqlite-database.ts';
import type { ApiParts } from './routes/api.ts';
import { LeaseLocker } from './services/lease-locker.ts';
import { oidcSettings } from './services/oidc.ts';
import { UPLOAD_LIFE_MS } from './services/tus-uploads.ts';
import { tokenKeys } from './services/token-keys.ts';
import type { SharedStores } from './shared-stores.ts';

export interface OpenParts extends ApiParts {
  /** Rejects where database or object store do not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** The parts of a server: what is not shared with other nodes lies in one folder, made where there is none. */
export async function openParts(
  folder: string,
  shared: SharedStores = {},
  environment: NodeJS.ProcessEnv = process.env,
): Promise<OpenParts> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { postgres, s3 } = shared;
  const keys = await tokenKeys(environment, folder, postgres !== undefined);
  const database: Database = postgres
    ? await PostgresDatabase.open(postgres)
    : await SqliteDatabase.open(join(folder, 'loupe.sqlite'));
  const now = Date.now;
  const uploadFolder = join(folder, 'uploads');
  const objects = s3 && {
    blobs: new S3Blobs(s3),
    uploads: new S3Uploads(s3, join(folder, 'looked-at'), UPLOAD_LIFE_MS),
  };
  return {
    database,
    blobs: new DiskBlobs(join(folder, 'photos')),
    ...objects,
    uploadFolder,
    ...(postgres && { locker: new LeaseLocker(database, now) }),
    now,
    keys,
    origin: environment['LOUPE_ORIGIN'],
    oidc: oidcSettings(environment),
    limits: { proxies: Number(environment['LOUPE_PROXIES'] ?? 0) },
    check: async () => {
      await database.read((sql) => sql.all('SELECT 1 AS "one"'));
      await objects?.blobs.check();
    },
    close: async () => {
      objects?.blobs.close();
      objects?.uploads.close();
      await database.close();
    },
  };
}
