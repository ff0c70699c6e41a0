import type { Sha256 } from '../../core/contract/ids.ts';

/** Bytes from `first` to `last`, both within and counted from 0. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Where the bytes of photos and model packs lie, by tenant and hash. What is there never changes. */
export interface BlobStore {
  /**
   * Takes a file over as the bytes of a hash that its caller has checked; resolves once they outlive a power
   * cut. The file is gone afterwards. Doing it again is harmless.
   */
  publish(tenant: string, sha256: Sha256, file: string): Promise<void>;
  /** All bytes, or a range of them; undefined where there are none. */
  open(tenant: string, sha256: Sha256, range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined>;
}
