import type { DamageType } from '../domain/damage-types.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { ExplainProgress, Explanation, ExplainRequest } from './explanation.ts';
import type { Box, Geometry, Size } from './geometry.ts';
import type { Sha256 } from './ids.ts';
import type { LookRequest, LookResult } from './live-look.ts';
import type { ModelManifest, Precision } from './model-manifest.ts';
import type { RefusedRelease, ReleasesTold, TakenReleases } from './release.ts';
import type { Capabilities, RuntimeId, SelfTest, Way } from './runtime.ts';

/**
 * The door between page and vision worker (comlink). Expected failures are values.
 * `Photo` is the browser's Blob, `Frame` its ImageBitmap; core has no DOM types, so both sides name them.
 */
export interface VisionWorkerApi<Photo, Frame> {
  capabilities(): Promise<Capabilities>;

  /** Packs that this deployment offers, from the network or else from what is kept. */
  packs(): Promise<Outcome<readonly PackStatus[], VisionFailure>>;
  /** Downloads, checks by SHA-256 and keeps a pack's files that this device needs. Idempotent. */
  installPack(
    id: string,
    onProgress: (progress: PackProgress) => void,
  ): Promise<Outcome<PackStatus, VisionFailure>>;
  /** Ends a download that is under way; `installPack` then answers `cancelled`. */
  cancelInstall(id: string): Promise<void>;
  /** Re-hashes the kept files; files that fail are dropped and named. */
  verifyPack(id: string): Promise<Outcome<PackStatus, VisionFailure>>;
  removePack(id: string): Promise<void>;
  /** A pack's CARD.md, from what is kept or else from where the pack came; undefined where neither has it. */
  readCard(id: string): Promise<string | undefined>;

  /** Where files of the office's releases are fetched from, from now on. */
  useOffice(part: OfficePart): Promise<void>;
  /** Checks signatures and numbers of what the office wants run here, and notes it. Nothing is fetched yet. */
  takeReleases(told: ReleasesTold): Promise<TakenReleases>;
  /**
   * Fetches a release that was noted, proves it by its golden test, and only then uses it. `again`: also one that
   * failed here before.
   */
  installRelease(
    id: string,
    again: boolean,
    onProgress: (progress: PackProgress) => void,
    onStep: () => void,
  ): Promise<Outcome<PackStatus, VisionFailure>>;
  /** The last release of each pack that was not taken, unless a later one was. */
  refusedReleases(): Promise<readonly RefusedRelease[]>;
  /** From now on the pack runs in this way where it can; `undefined` leaves it to what was measured. */
  chooseWay(id: string, way: Way | undefined): Promise<void>;

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

  /** Decodes the photo that is analysed next while another is under way; `key` then names it there. */
  ahead(photo: PhotoAhead<Photo>): Promise<void>;

  /** One run over a frame of a running picture. */
  look(request: LookRequest<Frame>): Promise<Outcome<LookResult, VisionFailure>>;

  /** What the model saw at a finding: some fifty runs. */
  explain(
    request: ExplainRequest<Photo>,
    onProgress: (progress: ExplainProgress) => void,
  ): Promise<Outcome<Explanation, VisionFailure>>;

  /** Stops a job at its next tile; the job then resolves with `cancelled`. */
  cancel(jobId: string): Promise<void>;

  /** A small JPEG of the photo, orientation applied, and the photo's size; Infinity: a JPEG in its own size. */
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

/** Bytes `first` to `last` of a file by its hash, both within; undefined where the office is not reached. */
export type OfficePart = (
  sha256: Sha256,
  first: number,
  last: number,
) => Promise<Uint8Array<ArrayBuffer> | undefined>;

/** Where a pack came from: with the app, or as a signed release of the office. */
export type PackSource =
  | { readonly kind: 'app' }
  | {
      readonly kind: 'office';
      readonly release: number;
      /** Ms since the epoch; what expired goes on, with a warning. */
      readonly expiresAt?: number;
      readonly isExpired: boolean;
    };

export interface PackStatus {
  readonly manifest: ModelManifest;
  readonly source: PackSource;
  readonly state: 'available' | 'kept' | 'damaged';
  readonly keptBytes: number;
  /** Of the files that this device runs by itself. */
  readonly neededBytes: number;
  /** Golden verdicts of this device, newest per runtime and precision. */
  readonly selfTests: readonly SelfTest[];
  /** Every way in which this device could run it, with what each costs to fetch. */
  readonly ways: readonly (Way & { readonly bytes: number })[];
  /** The way that a person chose. */
  readonly byHand?: Way;
  /** The way that is tried first as things stand. */
  readonly inUse?: Way;
}

export interface PrepareRequest {
  readonly modelId: string;
  /** Absent: the device's own choice. */
  readonly runtime?: RuntimeId;
  readonly precision?: Precision;
  /** Forget the verdict that is kept, and test anew. */
  readonly again?: boolean;
}

export interface Prepared {
  readonly manifest: ModelManifest;
  readonly sha256: Sha256;
  readonly runtime: RuntimeId;
  readonly precision: Precision;
  readonly threads: number;
  readonly selfTest: SelfTest;
  readonly loadMs: number;
  /** Who looks at a large photo first; absent: nobody, every tile is run. */
  readonly firstLook?: 'model' | 'scout';
}

export interface AnalyseRequest<Photo> extends PrepareRequest {
  readonly jobId: string;
  /** A File or Blob: a handle crosses, not its bytes. */
  readonly photo: Photo;
  /** For messages only. */
  readonly name: string;
  /** Under which the photo was given to `ahead`. */
  readonly key?: string;
  /** Lowest score that is reported; absent: the pack's thresholds. */
  readonly minScore?: number;
  /** Runs every tile, also those in which the first look saw nothing. */
  readonly thorough?: boolean;
  /** For evaluation: the merged probability of each photo pixel, 0 to 255, row by row. */
  readonly wantProbability?: boolean;
  /** For packs of patch features, which find nothing by themselves: the features of the photo's patches. */
  readonly wantFeatures?: boolean;
}

export interface PhotoAhead<Photo> {
  readonly key: string;
  readonly photo: Photo;
  /** For messages only. */
  readonly name: string;
  readonly thorough?: boolean;
}

/** Patch features, row by row: `rows` holds count x `dimensions` numbers. */
export interface PatchFeatures {
  readonly dimensions: number;
  readonly rows: Float32Array<ArrayBuffer>;
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
  /** `tiles` is the most that are run: after a first look fewer may be left. */
  | { readonly kind: 'photo'; readonly size: Size; readonly tiles: number }
  | {
      readonly kind: 'tile';
      readonly done: number;
      /** Runs in all, as far as is known by now; `done` of the last event equals it. */
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
  /** Runs of the model, those of the first look included. */
  readonly tiles: number;
  /** How many tiles fewer were run than cover the photo, because the first look saw nothing in them. */
  readonly skipped: number;
  readonly findings: readonly RawFinding[];
  readonly times: StageTimes;
  readonly probability?: Uint8Array<ArrayBuffer>;
  readonly features?: PatchFeatures;
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
