import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sha256 } from '../../core/contract/ids.ts';
import { MOST_PACK_FILE_BYTES } from '../../core/contract/release.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Database } from '../repositories/database.ts';
import { keepPackFile, packFiles, type PackFile } from '../repositories/pack-files.ts';

export interface PackParts {
  readonly database: Database;
  readonly blobs: BlobStore;
  /** Where what arrives lies until it is whole. */
  readonly uploadFolder: string;
  readonly now: () => number;
}

export type PackFileFailure = { readonly kind: 'wrong-hash' } | { readonly kind: 'too-large' };

class TooLarge extends Error {}

/** Takes a file of a pack in, hashed on its way; kept under its hash, whoever names it. Doing it again is harmless. */
export async function receivePackFile(
  { database, blobs, uploadFolder, now }: PackParts,
  tenant: string,
  sha256: Sha256,
  body: ReadableStream<Uint8Array>,
): Promise<Outcome<PackFile, PackFileFailure>> {
  await mkdir(uploadFolder, { recursive: true });
  const file = join(uploadFolder, `pack-${randomUUID()}`);
  try {
    const arrived = await writeHashed(body, file);
    if (arrived.bytes === 0 || arrived.sha256 !== sha256) return fail({ kind: 'wrong-hash' });
    await blobs.publish(tenant, sha256, file);
    const kept = { sha256, bytes: arrived.bytes };
    await database.write((sql) => keepPackFile(sql, tenant, kept, now()));
    return succeed(kept);
  } catch (error) {
    if (error instanceof TooLarge) return fail({ kind: 'too-large' });
    throw error;
  } finally {
    await rm(file, { force: true });
  }
}

export const packFile = async (
  { database }: Pick<PackParts, 'database'>,
  tenant: string,
  sha256: Sha256,
): Promise<PackFile | undefined> => (await database.read((sql) => packFiles(sql, tenant, [sha256])))[0];

/** A small file of a pack as text; undefined where it is not here, or longer than `most` bytes. */
export async function packText(
  parts: Pick<PackParts, 'database' | 'blobs'>,
  tenant: string,
  sha256: Sha256,
  most: number,
): Promise<string | undefined> {
  const known = await packFile(parts, tenant, sha256);
  if (!known || known.bytes > most) return undefined;
  const stream = await parts.blobs.open(tenant, sha256);
  return stream && new Response(stream).text();
}

async function writeHashed(body: ReadableStream<Uint8Array>, file: string) {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > MOST_PACK_FILE_BYTES ? new TooLarge() : null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(body as never), counted, createWriteStream(file));
  return { bytes, sha256: hash.digest('hex') };
}
