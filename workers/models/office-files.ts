import type { PackPart } from '../../core/contract/model-manifest.ts';
import type { OfficePart, PackProgress, VisionFailure } from '../../core/contract/vision-worker.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import { fetchPart, keep, PACK_CACHE } from './pack-files.ts';

/** A minute on a line of 250 kbit/s: what is lost where the app is closed meanwhile. */
const PIECE_BYTES = 2 * 1024 * 1024;

export interface OfficeFile {
  readonly modelId: string;
  readonly url: string;
  readonly file: PackPart;
  /** Absolute URL under which all of the office lies. */
  readonly office: string;
  readonly part: OfficePart;
  readonly onProgress: (progress: PackProgress) => void;
  readonly signal?: AbortSignal;
}

/** Fetches a file in pieces, each kept as it comes, so that the next try goes on from there. */
export async function fetchOfficeFile(wanted: OfficeFile): Promise<Outcome<null, VisionFailure>> {
  const { modelId, url, file, office, signal } = wanted;
  const pieces = `${office}pieces/${file.sha256}/`;
  const fetched = await fetchPart(modelId, url, file, (until) => readPieces(wanted, pieces, until), signal);
  // Whole or spoiled: neither goes on from them.
  if (fetched.ok || fetched.kind === 'pack-corrupt') await dropPieces(pieces);
  return fetched;
}

async function readPieces(
  { file, part, onProgress }: OfficeFile,
  pieces: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = new Uint8Array(file.bytes);
  for (let first = 0; first < file.bytes; first += PIECE_BYTES) {
    signal?.throwIfAborted();
    const length = Math.min(PIECE_BYTES, file.bytes - first);
    const url = `${pieces}${first}`;
    const piece = (await keptPiece(url, length)) ?? (await part(file.sha256, first, first + length - 1));
    if (!piece) throw new Error('the office was not reached');
    if (piece.byteLength !== length) return undefined;
    bytes.set(piece, first);
    if (length < file.bytes) await keep(url, piece, 'application/octet-stream');
    onProgress({ file: file.path, receivedBytes: first + length, totalBytes: file.bytes });
  }
  return bytes;
}

async function keptPiece(url: string, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const response = await (await caches.open(PACK_CACHE)).match(url);
  const bytes = response && new Uint8Array(await response.arrayBuffer());
  return bytes?.byteLength === length ? bytes : undefined;
}

async function dropPieces(folder: string): Promise<void> {
  const cache = await caches.open(PACK_CACHE);
  for (const request of await cache.keys()) if (request.url.startsWith(folder)) await cache.delete(request);
}
