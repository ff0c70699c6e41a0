import { Upload, type DetailedError } from 'tus-js-client';
import type { ApiClient } from './api-client.ts';
import { authError } from './auth-error.ts';
import type { PhotoTransfer } from '../storage/schema.ts';
import type { WaitingPhoto } from '../storage/sync-store.ts';

/** Also the least that an S3 store takes as a part is smaller. One of them is in memory at a time. */
const CHUNK_BYTES = 8 * 1024 * 1024;
/** tus-js-client waits on a black hole for ever. */
const STALL_MS = 20_000;

export type Uploaded =
  /** All bytes went; only a receipt says that they arrived. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'unreached' }
  | { readonly kind: 'signed-out' }
  /** A nonce or a new token is wanted; it goes on where it is. */
  | { readonly kind: 'repeat' }
  /** What arrived were other bytes than were announced. */
  | { readonly kind: 'spoiled' }
  | { readonly kind: 'refused'; readonly detail: string };

export interface UploadTarget {
  /** Where the server is, with a slash at the end. */
  readonly url: string;
  /** Says on whose behalf each request comes. */
  readonly api: Pick<ApiClient, 'signed' | 'heard'>;
  readonly stallMs?: number;
}

export interface UploadWatcher {
  /** Told of where it goes. */
  readonly keep: (transfer: PhotoTransfer) => Promise<void>;
  readonly onProgress?: (sentBytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a photo's bytes, going on where an earlier upload of it was cut. */
export function uploadPhoto(
  { url, api, stallMs = STALL_MS }: UploadTarget,
  { sha256, transfer }: WaitingPhoto,
  photo: Blob,
  { keep, onProgress, signal }: UploadWatcher,
): Promise<Uploaded> {
  return new Promise((resolve) => {
    let watch: ReturnType<typeof setTimeout> | undefined;
    const end = (outcome: Uploaded): void => {
      clearTimeout(watch);
      signal?.removeEventListener('abort', giveUp);
      resolve(outcome);
    };
    const giveUp = (): void => {
      end({ kind: 'unreached' });
      void upload.abort().catch(() => undefined);
    };
    const alive = (): void => {
      clearTimeout(watch);
      watch = setTimeout(giveUp, stallMs);
    };
    const upload = new Upload(photo, {
      endpoint: `${url}v1/uploads`,
      ...(transfer?.uploadUrl !== undefined && { uploadUrl: transfer.uploadUrl }),
      metadata: { sha256 },
      onBeforeRequest: async (request) => {
        const signed = await api.signed(request.getMethod(), request.getURL());
        if (!signed.ok) {
          end({ kind: signed.kind === 'signed-out' ? 'signed-out' : 'unreached' });
          throw new Error(signed.kind);
        }
        for (const [name, value] of Object.entries(signed.value)) request.setHeader(name, value);
      },
      chunkSize: CHUNK_BYTES,
      // The outbox decides when to try again, and remembers where.
      retryDelays: null,
      storeFingerprintForResuming: false,
      fileReader: { openFile: (blob: Blob) => Promise.resolve(sourceOf(blob)) },
      onUploadUrlAvailable: () => {
        if (upload.url !== null) void keep({ sha256, uploadUrl: upload.url }).catch(() => undefined);
      },
      onProgress: (sentBytes) => {
        alive();
        onProgress?.(sentBytes);
      },
      onSuccess: () => end({ kind: 'sent' }),
      onError: (error) => end(outcomeOf(error, api)),
    });
    signal?.addEventListener('abort', giveUp);
    alive();
    upload.start();
  });
}

/** In pieces, so that a large photo is never in memory whole; bytes, since Node's build takes no Blob. */
const sourceOf = (blob: Blob) => ({
  size: blob.size,
  slice: async (start: number, end: number) => {
    const bytes = new Uint8Array(await blob.slice(start, end).arrayBuffer());
    // The library asks a chunk for its size as it would a Blob.
    return { value: Object.assign(bytes, { size: bytes.length }), done: end >= blob.size };
  },
  close: () => undefined,
});

function outcomeOf(error: Error | DetailedError, api: UploadTarget['api']): Uploaded {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  if (status === 401) {
    const said = authError(response?.getHeader('WWW-Authenticate'));
    return { kind: api.heard(said, response?.getHeader('DPoP-Nonce')) ? 'repeat' : 'unreached' };
  }
  if (status === 460) return { kind: 'spoiled' };
  if (status === 413 || status === 415) return { kind: 'refused', detail: response?.getBody() ?? '' };
  return { kind: 'unreached' };
}
