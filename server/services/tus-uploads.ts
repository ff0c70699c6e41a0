import { rm } from 'node:fs/promises';
import { Server, type Locker, type Upload } from '@tus/server';
import * as v from 'valibot';
import { Sha256 } from '../../core/contract/ids.ts';
import { DiskUploads } from '../blobs/disk-uploads.ts';
import type { UploadStore } from '../blobs/upload-store.ts';
import type { Identity } from './identity.ts';
import { receivePhoto, type PhotoFailure, type PhotoParts } from './receive-photo.ts';

export const UPLOADS_PATH = '/v1/uploads';
/** Larger than any photo of a camera that is carried. */
export const MOST_BYTES = 200 * 1024 * 1024;
/** An upload that is not finished by then is begun anew. */
export const UPLOAD_LIFE_MS = 14 * 24 * 60 * 60 * 1000;

const Announced = v.object({ sha256: Sha256 });
/** Of whom an upload is; written by us, never by the client. */
const Owned = v.object({ sha256: Sha256, tenant: v.string(), device: v.string() });

/** How tus takes an error: thrown, with a status and a body. */
const refusal = (status_code: number, body: string): Error & { status_code: number; body: string } =>
  Object.assign(new Error(body), { status_code, body });

const FAILURES: Readonly<Record<PhotoFailure['kind'], Error>> = {
  // 460 is tus's own status for a checksum that does not match.
  'wrong-hash': refusal(460, 'The bytes do not have the hash that was announced.'),
  'no-image': refusal(415, 'This is no photo.'),
  'too-many-pixels': refusal(413, 'The photo has too many pixels.'),
};

export interface UploadParts extends PhotoParts {
  /** Where this node's uploads under way lie. */
  readonly uploadFolder: string;
  /** Shared by all nodes; absent: `uploadFolder`. */
  readonly uploads?: UploadStore;
  /** Shared by all nodes that share the uploads; absent: within this process. */
  readonly locker?: Locker;
}

/**
 * Resumable uploads by tus 1.0. An upload's id is random, so that a repeated POST begins another upload instead
 * of cutting a finished one; it belongs to the device that began it, and to others it does not exist.
 */
export class TusUploads {
  readonly #server: Server;
  readonly #store: UploadStore;
  readonly #parts: UploadParts;
  readonly #who = new WeakMap<object, Identity>();

  constructor(parts: UploadParts) {
    this.#parts = parts;
    this.#store = parts.uploads ?? new DiskUploads(parts.uploadFolder, UPLOAD_LIFE_MS);
    this.#server = new Server({
      path: UPLOADS_PATH,
      datastore: this.#store.datastore,
      relativeLocation: true,
      maxSize: MOST_BYTES,
      allowedOrigins: () => false,
      ...(parts.locker && { locker: parts.locker }),
      onIncomingRequest: (request, id) => this.#requireOwner(request, id),
      onUploadCreate: (request, { size, metadata }) => Promise.resolve(this.#begin(request, size, metadata)),
      onResponseError: (_request, error) => unavailable(error),
      onUploadFinish: (_request, upload) => this.#finish(upload),
    });
  }

  async handle(request: Request, who: Identity): Promise<Response> {
    this.#who.set(request, who);
    return this.#server.handleWeb(request);
  }

  /** Removes uploads that nobody finished in time. */
  removeExpired(): Promise<number> {
    return this.#server.cleanUpExpiredUploads();
  }

  #begin(request: object, size: number | undefined, metadata: unknown): { metadata: Record<string, string> } {
    const who = this.#who.get(request);
    const announced = v.safeParse(Announced, metadata);
    if (!who || !announced.success) throw refusal(400, 'Announce the sha256 of the photo.');
    if (size === undefined || size < 1) throw refusal(400, 'Announce how long the photo is.');
    return { metadata: { ...announced.output, tenant: who.tenant, device: who.device } };
  }

  async #requireOwner(request: { readonly method: string }, id: string): Promise<void> {
    if (request.method === 'POST') return;
    const who = this.#who.get(request);
    const { metadata } = await this.#store.datastore.getUpload(id);
    const owner = v.safeParse(Owned, metadata);
    const isOwner =
      owner.success && owner.output.tenant === who?.tenant && owner.output.device === who.device;
    if (!isOwner) throw refusal(404, 'There is no such upload.');
  }

  async #finish(upload: Upload): Promise<Record<string, never>> {
    const { tenant, sha256 } = v.parse(Owned, upload.metadata);
    const file = await this.#store.fetch(upload);
    let received;
    try {
      received = await receivePhoto(this.#parts, tenant, sha256, file);
    } catch (error) {
      // Another try begins from the upload, which stays: a shared one is fetched again.
      if (this.#parts.uploads) await rm(file, { force: true });
      throw error;
    }
    if (!received.ok) await rm(file, { force: true });
    await this.#store.forget(upload);
    if (!received.ok) throw FAILURES[received.kind];
    return {};
  }
}

/** What is not tus's own answer is a store that cannot: to be tried again. */
function unavailable(error: unknown): { readonly status_code: number; readonly body: string } | undefined {
  if (typeof error === 'object' && error !== null && 'status_code' in error) return undefined;
  return { status_code: 503, body: 'The request was not carried out. Try again.' };
}
