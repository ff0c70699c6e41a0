import * as v from 'valibot';
import { CaptureId } from '../../core/contract/ids.ts';
import type { KeptFile, PhotoFiles, StagedPhoto } from './photo-files.ts';
import type { Records } from './records.ts';
import type { Sidecar, StoredBlob } from './schema.ts';
import { RESERVE_BYTES } from './reserve.ts';
import { sha256 } from './sha256.ts';
import { parseSidecar, sidecarText } from './sidecar.ts';
import type { TypedRows } from './typed-rows.ts';

/** The nil UUID, which no photo has. */
const RESERVE_ID = v.parse(CaptureId, '00000000-0000-0000-0000-000000000000');

/** Photos as rows of the database, where there is no private file system (WebKitGTK, private windows). */
export class RecordPhotoFiles implements PhotoFiles {
  readonly kind = 'indexeddb';
  readonly #records: Records;
  readonly #rows: TypedRows;

  constructor(records: Records, rows: TypedRows) {
    this.#records = records;
    this.#rows = rows;
  }

  async stage(id: CaptureId, photo: Blob): Promise<StagedPhoto> {
    const bytes = await photo.arrayBuffer();
    const hash = await sha256(bytes);
    await this.#records.write(['blobs', 'blobBytes'], async (transaction) => {
      transaction.put('blobs', { id, size: bytes.byteLength, state: 'staged' });
      transaction.put('blobBytes', { id, bytes });
    });
    const back = await this.#bytes(id);
    if (!back || (await sha256(back)) !== hash) throw new Error('the photo reads back differently');
    return { sha256: hash, bytes: bytes.byteLength };
  }

  async keep(id: CaptureId, sidecar: Sidecar): Promise<void> {
    await this.#records.write(['blobs'], async (transaction) => {
      const row = this.#rows.one('blobs', await transaction.get('blobs', id));
      if (!row) throw new Error('the staged photo is gone');
      transaction.put('blobs', { ...row, state: 'kept', sidecar: sidecarText(sidecar) });
    });
  }

  async discard(id: CaptureId): Promise<void> {
    if ((await this.#row(id))?.state === 'staged') await this.remove(id);
  }

  async read(id: CaptureId): Promise<Blob | undefined> {
    if ((await this.#row(id))?.state !== 'kept') return undefined;
    const bytes = await this.#bytes(id);
    return bytes && new Blob([bytes]);
  }

  async sidecar(id: CaptureId): Promise<Sidecar | undefined> {
    const text = (await this.#row(id))?.sidecar;
    return text === undefined ? undefined : parseSidecar(text);
  }

  async remove(id: CaptureId): Promise<void> {
    await this.#records.write(['blobs', 'blobBytes'], async (transaction) => {
      transaction.delete('blobs', id);
      transaction.delete('blobBytes', id);
    });
  }

  async list(): Promise<readonly KeptFile[]> {
    return (await this.#all())
      .filter((row) => row.state === 'kept')
      .map((row) => ({ id: row.id, bytes: row.size, hasSidecar: row.sidecar !== undefined }));
  }

  async sweep(): Promise<number> {
    const staged = (await this.#all()).filter((row) => row.state === 'staged');
    for (const row of staged) await this.remove(row.id);
    return staged.length;
  }

  async holdReserve(): Promise<boolean> {
    try {
      await this.#records.write(['blobBytes'], async (transaction) => {
        if ((await transaction.get('blobBytes', RESERVE_ID)) !== undefined) return;
        transaction.put('blobBytes', { id: RESERVE_ID, bytes: new ArrayBuffer(RESERVE_BYTES) });
      });
      return true;
    } catch {
      return false;
    }
  }

  async releaseReserve(): Promise<boolean> {
    return this.#records.write(['blobBytes'], async (transaction) => {
      const isHeld = (await transaction.get('blobBytes', RESERVE_ID)) !== undefined;
      transaction.delete('blobBytes', RESERVE_ID);
      return isHeld;
    });
  }

  async #row(id: CaptureId): Promise<StoredBlob | undefined> {
    const raw = await this.#records.read(['blobs'], (transaction) => transaction.get('blobs', id));
    return this.#rows.one('blobs', raw);
  }

  async #bytes(id: CaptureId): Promise<ArrayBuffer | undefined> {
    const raw = await this.#records.read(['blobBytes'], (transaction) => transaction.get('blobBytes', id));
    return this.#rows.one('blobBytes', raw)?.bytes;
  }

  async #all(): Promise<StoredBlob[]> {
    const raws = await this.#records.read(['blobs'], (transaction) => transaction.all('blobs'));
    return this.#rows.many('blobs', raws);
  }
}
