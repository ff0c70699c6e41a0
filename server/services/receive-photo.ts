import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Sha256 } from '../../core/contract/ids.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { orientedSize, readImageHeader, type ImageFormat } from '../../core/vision/image-header.ts';
import { PIXEL_LIMIT } from '../../core/vision/pixel-limit.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { keepBlob, keptBlobs, type KeptBlob } from '../repositories/blobs.ts';
import type { Database } from '../repositories/database.ts';

/** Enough for the header of nearly every camera's photo. */
const HEADER_BYTES = 256 * 1024;

const MEDIA_TYPES: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  heic: 'image/heic',
  gif: 'image/gif',
  tiff: 'image/tiff',
  bmp: 'image/bmp',
};

export interface PhotoParts {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly now: () => number;
}

export type PhotoFailure =
  /** Not the bytes that were announced: they were spoiled on the way, or on the device. */
  { readonly kind: 'wrong-hash' } | { readonly kind: 'no-image' } | { readonly kind: 'too-many-pixels' };

/**
 * Takes an uploaded file over: hashed again, known as an image by its own bytes, then kept under its hash.
 * First the bytes, then the row that says so: a crash in between leaves a file that the next upload replaces.
 */
export async function receivePhoto(
  { database, blobs, now }: PhotoParts,
  tenant: string,
  sha256: Sha256,
  file: string,
): Promise<Outcome<KeptBlob, PhotoFailure>> {
  if ((await hashOf(file)) !== sha256) return fail({ kind: 'wrong-hash' });
  const header = readImageHeader(await firstBytes(file));
  if (header.format === 'unknown') return fail({ kind: 'no-image' });
  const size = orientedSize(header);
  if (size && size.width * size.height > PIXEL_LIMIT) return fail({ kind: 'too-many-pixels' });
  const { size: bytes } = await stat(file);
  await blobs.publish(tenant, sha256, file);
  const mediaType = MEDIA_TYPES[header.format];
  const { width, height } = { width: null, height: null, ...size };
  const blob: KeptBlob = { sha256, bytes, mediaType, width, height, receivedAt: now() };
  await database.write((sql) => keepBlob(sql, tenant, blob));
  return succeed(blob);
}

/** Those of the hashes whose bytes are here, for receipts and before anything is uploaded twice. */
export function photosHere(
  { database }: PhotoParts,
  tenant: string,
  hashes: readonly Sha256[],
): Promise<readonly KeptBlob[]> {
  return database.read((sql) => keptBlobs(sql, tenant, hashes));
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
