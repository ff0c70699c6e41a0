import type { CaptureId, Sha256 } from '../../core/contract/ids.ts';
import type { Reserve } from './reserve.ts';
import type { Sidecar } from './schema.ts';

/**
 * Where original photos lie, each with a sidecar that can bring its record back. Two steps, so that the
 * hash of what was really written is known before the record is made: `stage` writes and reads back under
 * a temporary name, `keep` writes the sidecar and then gives the final name. Methods reject with what the
 * browser threw, or a StorageError.
 */
export interface PhotoFiles extends Reserve {
  readonly kind: 'opfs' | 'indexeddb';
  stage(id: CaptureId, photo: Blob): Promise<StagedPhoto>;
  keep(id: CaptureId, sidecar: Sidecar): Promise<void>;
  /** Takes back a staged photo; nothing happens when there is none. */
  discard(id: CaptureId): Promise<void>;
  read(id: CaptureId): Promise<Blob | undefined>;
  sidecar(id: CaptureId): Promise<Sidecar | undefined>;
  remove(id: CaptureId): Promise<void>;
  list(): Promise<readonly KeptFile[]>;
  /** Removes what killed writers left under temporary names. Only while nobody writes. */
  sweep(): Promise<number>;
}

export interface StagedPhoto {
  readonly sha256: Sha256;
  readonly bytes: number;
}

export interface KeptFile {
  readonly id: CaptureId;
  /** Undefined when only the sidecar is there. */
  readonly bytes: number | undefined;
  readonly hasSidecar: boolean;
}
