import type { Sha256 } from '../../core/contract/ids.ts';
import type { Receipt } from '../../core/contract/sync.ts';
import type { PhotoTransfer } from '../storage/schema.ts';
import type { SyncStore, WaitingPhoto } from '../storage/sync-store.ts';
import type { ApiClient } from './api-client.ts';
import type { UploadTarget } from './upload-photo.ts';

const AT_ONCE = 2;
const MOST_HASHES = 1000;
/** As often as in ApiClient. */
const MOST_TRIES = 4;

export interface PhotoDeps {
  readonly store: SyncStore;
  readonly api: ApiClient;
  readonly target: UploadTarget;
  readonly hash: (photo: Blob) => Promise<string>;
  /** How far a photo on its way is; `done` is `all` when it is over, one way or the other. */
  readonly onProgress?: (sha256: Sha256, done: number, all: number) => void;
}

export type PhotosSent = 'done' | 'unreached' | 'signed-out';

/**
 * Brings every photo that waits to the server, a few at a time: first it is asked which it has already, and at
 * the end only its receipt for the very hash counts.
 */
export async function sendPhotos(deps: PhotoDeps, signal?: AbortSignal): Promise<PhotosSent> {
  const { store, onProgress } = deps;
  const waiting = await store.waitingPhotos();
  const asked = await takeReceipts(deps, hashesOf(waiting));
  if (asked !== 'done') return asked;
  // A photo in two inspections is sent once.
  const queue = [
    ...new Map((await store.waitingPhotos()).map((photo) => [photo.sha256, photo])).values(),
  ].filter(({ transfer, isElsewhere }) => transfer?.trouble === undefined && !isElsewhere);
  let stopped: PhotosSent = 'done';
  const lane = async (): Promise<void> => {
    for (let photo = queue.shift(); photo && stopped === 'done'; photo = queue.shift()) {
      signal?.throwIfAborted();
      onProgress?.(photo.sha256, 0, photo.bytes);
      const sent = await sendOne(deps, photo, signal);
      if (sent !== 'done') stopped = sent;
      onProgress?.(photo.sha256, photo.bytes, photo.bytes);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return stopped;
}

async function sendOne(
  deps: PhotoDeps,
  photo: WaitingPhoto,
  signal: AbortSignal | undefined,
): Promise<PhotosSent> {
  const { store, target, hash, onProgress } = deps;
  const { sha256 } = photo;
  const trouble = (text: string): Promise<void> => store.keepTransfers([{ sha256, trouble: text }]);
  const bytes = await store.photo(photo);
  // It is not here, but perhaps on the device that took it.
  if (!bytes) return 'done';
  const { uploadPhoto } = await import('./upload-photo.ts');
  let { transfer } = photo;
  const keep = (begun: PhotoTransfer): Promise<void> => {
    transfer = begun;
    return store.keepTransfers([begun]);
  };
  const watcher = {
    keep,
    onProgress: (done: number) => onProgress?.(sha256, done, photo.bytes),
    signal,
  };
  let sent = await uploadPhoto(target, photo, bytes, watcher);
  for (let tries = 1; sent.kind === 'repeat'; tries++) {
    if (tries === MOST_TRIES) return 'unreached';
    sent = await uploadPhoto(target, { ...photo, transfer }, bytes, watcher);
  }
  if (sent.kind === 'unreached' || sent.kind === 'signed-out') return sent.kind;
  if (sent.kind === 'refused') {
    await trouble(sent.detail);
    return 'done';
  }
  if (sent.kind === 'spoiled' && (await hash(bytes)) !== sha256) {
    await trouble('The photo on this device is not what was saved.');
    return 'done';
  }
  const asked = await takeReceipts(deps, [sha256]);
  if (asked !== 'done') return asked;
  const transfers = await store.transfers();
  if (transfers.some((transfer) => transfer.sha256 === sha256 && transfer.receivedAt !== undefined))
    return 'done';
  // Sent, and not there: the server lost what it had of it. The next try begins anew.
  await store.keepTransfers([{ sha256 }]);
  return 'unreached';
}

async function takeReceipts({ store, api }: PhotoDeps, hashes: readonly Sha256[]): Promise<PhotosSent> {
  for (let at = 0; at < hashes.length; at += MOST_HASHES) {
    const answer = await api.receipts(hashes.slice(at, at + MOST_HASHES));
    if (!answer.ok) return answer.kind === 'signed-out' ? 'signed-out' : 'unreached';
    await store.keepTransfers(answer.value.receipts.map(asTransfer));
  }
  return 'done';
}

const hashesOf = (photos: readonly WaitingPhoto[]): Sha256[] => [
  ...new Set(photos.map(({ sha256 }) => sha256)),
];
const asTransfer = ({ sha256, receivedAt }: Receipt): PhotoTransfer => ({ sha256, receivedAt });
