import type { AnalysisId, CaptureId, FindingId, InspectionId } from '../../core/contract/ids.ts';
import type { Analysis, Capture, Finding, Inspection, Review } from '../../core/contract/records.ts';
import type { Outcome } from '../../core/domain/outcome.ts';

/**
 * The door to what is kept on this device. A method that saves resolves only when the bytes are durable:
 * the record and its outbox operation in one strict transaction, a photo's file before its record.
 */
export interface InspectionStore {
  inspections(): Promise<readonly InspectionSummary[]>;
  inspection(id: InspectionId): Promise<Inspection | undefined>;
  saveInspection(inspection: Inspection): Promise<Outcome<Inspection, StorageFailure>>;
  /** Removes the inspection with its captures, findings and files, and returns what brings them back. */
  deleteInspection(id: InspectionId): Promise<Outcome<Restore, StorageFailure>>;

  /** Keeps the original bytes unaltered; resolves with the capture once file and record are durable. */
  savePhoto(draft: CaptureDraft, photo: Blob): Promise<Outcome<Capture, StorageFailure>>;
  /** Takes the photo out with its analyses and findings, and returns what brings them back. */
  deletePhoto(id: CaptureId): Promise<Outcome<Restore, StorageFailure>>;
  updateCapture(capture: Capture): Promise<Outcome<Capture, StorageFailure>>;
  captures(inspectionId: InspectionId): Promise<readonly Capture[]>;
  capture(id: CaptureId): Promise<Capture | undefined>;
  /** Those of an inspection's photos that were taken on another device: their files are not here. */
  elsewhere(inspectionId: InspectionId): Promise<ReadonlySet<CaptureId>>;
  /** The original file; undefined when the file is gone although its record is there. */
  photo(id: CaptureId): Promise<Blob | undefined>;
  thumbnail(id: CaptureId): Promise<Blob | undefined>;
  saveThumbnail(id: CaptureId, thumbnail: Blob): Promise<void>;

  /** An analysis replaces the proposed findings of earlier analyses of its capture; judged ones stay. */
  saveAnalysis(analysis: Analysis, findings: readonly Finding[]): Promise<Outcome<Analysis, StorageFailure>>;
  analyses(inspectionId: InspectionId): Promise<readonly Analysis[]>;
  analysis(id: AnalysisId): Promise<Analysis | undefined>;

  findings(inspectionId: InspectionId): Promise<readonly Finding[]>;
  /** One transaction over the finding, the review and the outbox. */
  saveReview(review: Review): Promise<Outcome<Finding, StorageFailure>>;
  /** A finding that a person drew. */
  saveFinding(finding: Finding): Promise<Outcome<Finding, StorageFailure>>;
  /** Only a finding that a person drew; one of a model is rejected by a review. */
  deleteFinding(id: FindingId): Promise<Outcome<Restore, StorageFailure>>;
  reviews(findingId: FindingId): Promise<readonly Review[]>;

  setting<Value>(key: string, parse: (raw: unknown) => Value | undefined): Promise<Value | undefined>;
  saveSetting(key: string, value: unknown): Promise<void>;

  status(): Promise<StorageStatus>;
  /** Operations that wait for a server. */
  waiting(): Promise<number>;
  /** Called after every committed change, in this tab or another. Returns how to stop. */
  onChange(listener: (change: StoreChange) => void): () => void;
}

export type CaptureDraft = Pick<Capture, 'inspectionId' | 'fileName' | 'source' | 'place'> &
  Partial<Pick<Capture, 'size' | 'exif' | 'pose' | 'quality'>>;

export interface InspectionSummary {
  readonly inspection: Inspection;
  readonly captures: number;
  readonly analysed: number;
  readonly findings: number;
  readonly judged: number;
  readonly coverCaptureId: CaptureId | undefined;
}

export interface StorageStatus {
  readonly persisted: boolean;
  readonly usedBytes: number;
  readonly quotaBytes: number;
  readonly photoFiles: 'opfs' | 'indexeddb';
}

export interface StoreChange {
  readonly entity: 'inspection' | 'capture' | 'analysis' | 'finding';
  readonly inspectionId: InspectionId;
}

/** Takes a deletion back; rejects with a StorageError where it is too late. */
export type Restore = () => Promise<void>;

export type StorageFailure =
  | { readonly kind: 'no-space'; readonly neededBytes: number; readonly freeBytes: number }
  | { readonly kind: 'duplicate'; readonly captureId: CaptureId }
  | { readonly kind: 'unwritable'; readonly detail: string }
  | { readonly kind: 'blocked'; readonly detail: string };

/** Takes in an inspection that another device made. */
export interface InspectionImporter {
  /**
   * Keeps every record under its own id and every photo's bytes, photos before records, all or nothing: a
   * failure leaves what was there. The records wait for a server as if they had been made here.
   */
  importInspection(source: InspectionImport): Promise<Outcome<Inspection, ImportFailure>>;
}

/** Records that were parsed and belong together. */
export interface InspectionImport {
  readonly inspection: Inspection;
  readonly captures: readonly Capture[];
  readonly analyses: readonly Analysis[];
  readonly findings: readonly Finding[];
  readonly reviews: readonly Review[];
  /** Original bytes, checked against the capture's hash; undefined when they did not come along. */
  photo(capture: Capture): Promise<Blob | undefined>;
}

export type ImportFailure =
  StorageFailure | { readonly kind: 'already-here'; readonly inspectionId: InspectionId };
