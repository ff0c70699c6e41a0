import type { Context } from 'hono';
import type { Sha256 } from '../../core/contract/ids.ts';
import { problem } from '../problem.ts';
import { photosHere, type PhotoParts } from '../services/receive-photo.ts';

/** Bytes from outside are handed over to be kept, never to be run or shown as a page of ours. */
export const FOREIGN_BYTES = {
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Content-Disposition': 'attachment',
  'Cache-Control': 'private, max-age=31536000, immutable',
} as const;

/** What is known of a tenant's photo, and its bytes; undefined where it is not here. */
export async function openPhoto(parts: PhotoParts, tenant: string, sha256: Sha256) {
  const [photo] = await photosHere(parts, tenant, [sha256]);
  const bytes = photo && (await parts.blobs.open(tenant, photo.sha256));
  return bytes && { photo, bytes };
}

/** The original bytes of a tenant's photo, or that there are none. */
export async function photoAnswer(
  c: Context,
  parts: PhotoParts,
  tenant: string,
  sha256: Sha256 | undefined,
): Promise<Response> {
  const found = sha256 && (await openPhoto(parts, tenant, sha256));
  if (!found) return problem(c, 404, 'Not here', 'There is no such photo.');
  const { photo, bytes } = found;
  return c.body(bytes, 200, {
    ...FOREIGN_BYTES,
    'Content-Type': photo.mediaType,
    'Content-Length': String(photo.bytes),
  });
}
