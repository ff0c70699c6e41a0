import type { DamageType } from '../domain/damage-types.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Box, Geometry, Size } from './geometry.ts';
import type { Sha256 } from './ids.ts';
import type { ModelManifest, Precision } from './model-manifest.ts';
import type { Capabilities, RuntimeId, SelfTest } from './runtime.ts';

/**
 * The door between page and vision worker (comlink). Expected failures are values.
 * `Photo` is the browser's Blob; core has no DOM types, so both sides name it.
 */
export interface VisionWorkerApi<Photo> {
  capabilities(): Promise<Capabilities>;

  /** Packs that this deployment offers, from the network or else from what is kept. */
  packs(): Promise<Outcome<readonly PackStatus[], VisionFailure>>;
  /** Downloads, checks by SHA-256 and keeps a pack's files that this device needs. Idempotent. */
  installPack(
    id: string,
    onProgress: (progress: PackProgress) => void,
  ): Promise<Outcome<PackStatus, VisionFailure>>;
  /** Re-hashes the kept files; files that fail are dropped and named. */
  verifyPack(id: string): Promise<Outcome<PackStatus, VisionFailure>>;
  removePack(id: string): Promise<void>;

  /** Loads the model (installing the pack if needed), runs its golden test once per runtime and precision. */
  prepare(
    request: PrepareRequest,
    onProgress?: (progress: PackProgress) => void,
    /** A step of the self-test is done; on a slow device the whole of it takes minutes. */
    onStep?: () => void,
  ): Promise<Outcome<Prepared, VisionFailure>>;

  /** Analyses one photo. Events stream while it runs; the result corrects them. */
  analyse(
    request: AnalyseRequest<Photo>,
    onEvent: (event: AnalysisEvent) => void,
  ): Promise<Outcome<AnalysisResult, VisionFailure>>;

  /** Stops a job at its next tile; the job then resolves with `cancelled`. */
  cancel(jobId: string): Promise<void>;

  /** A small JPEG of the photo, orientation applied, and the photo's size. */
  thumbnail(photo: Photo, longestSide: number): Promise<Outcome<Thumbnail<Photo>, VisionFailure>>;
}

export interface Thumbnail<Photo> {
  readonly blob: Photo;
  /** Of the photo itself, orientation applied. */
  readonly size: Size;
}

export interface PackProgress {
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export interface PackStatus {
  readonly manifest: ModelManifest;
  readonly state: 'available' | 'kept' | 'damaged';
  readonly keptBytes: number;
  /** Golden verdicts of this device, newest per runtime and precision. */
  readonly selfTests: readonly SelfTest[];
}

export interface PrepareRequest {
  readonly modelId: string;
  /** Absent: the device's own choice. */
  readonly runtime?: RuntimeId;
  readonly precision?: Precision;
}

export interface Prepared {
  readonly manifest: ModelManifest;
  readonly sha256: Sha256;
  readonly runtime: RuntimeId;
  readonly precision: Precision;
  readonly threads: number;
  readonly selfTest: SelfTest;
  readonly loadMs: number;
}

export interface AnalyseRequest<Photo> extends PrepareRequest {
  readonly jobId: string;
  /** A File or Blob: a handle crosses, not its bytes. */
  readonly photo: Photo;
  /** For messages only. */
  readonly name: string;
  /** Lowest score that is reported; absent: the pack's thresholds. */
  readonly minScore?: number;
  /** For evaluation: the merged probability of each photo pixel, 0 to 255, row by row. */
  readonly wantProbability?: boolean;
}

export interface RawFinding {
  readonly label: string;
  readonly labelIndex: number;
  readonly damageType: DamageType;
  readonly score: number;
  readonly box: Box;
  readonly geometry: Geometry;
}

export type AnalysisEvent =
  | { readonly kind: 'photo'; readonly size: Size; readonly tiles: number }
  | {
      readonly kind: 'tile';
      readonly done: number;
      readonly tiles: number;
      readonly findings: readonly RawFinding[];
    };

/** Milliseconds by stage; total is from the Blob to the merged findings. */
export interface StageTimes {
  readonly decode: number;
  readonly pack: number;
  readonly infer: number;
  readonly merge: number;
  readonly total: number;
}

export interface AnalysisResult {
  readonly photo: Size;
  readonly prepared: Omit<Prepared, 'manifest'> & { readonly modelId: string; readonly version: string };
  readonly threshold: number;
  readonly tiles: number;
  readonly findings: readonly RawFinding[];
  readonly times: StageTimes;
  readonly probability?: Uint8Array<ArrayBuffer>;
  /** Calibrated probability that the photo shows a defect, where the pack answers it. */
  readonly defectProbability?: number;
}

export type VisionFailure =
  | { readonly kind: 'empty-file'; readonly name: string }
  | { readonly kind: 'not-an-image'; readonly name: string }
  | { readonly kind: 'unsupported-format'; readonly name: string; readonly format: string }
  | {
      readonly kind: 'too-many-pixels';
      readonly name: string;
      readonly megapixels: number;
      readonly limit: number;
    }
  | { readonly kind: 'undecodable'; readonly name: string; readonly detail: string }
  | { readonly kind: 'pack-unavailable'; readonly modelId: string; readonly detail: string }
  | {
      readonly kind: 'pack-corrupt';
      readonly modelId: string;
      readonly file: string;
      readonly detail: string;
    }
  | { readonly kind: 'model-mismatch'; readonly modelId: string; readonly detail: string }
  | { readonly kind: 'runtime-failed'; readonly runtime: RuntimeId; readonly detail: string }
  | {
      readonly kind: 'self-test-failed';
      readonly modelId: string;
      readonly runtime: RuntimeId;
      readonly detail: string;
    }
  | { readonly kind: 'worker-lost'; readonly detail: string }
  | { readonly kind: 'no-space'; readonly neededBytes: number }
  | { readonly kind: 'cancelled' };
