import * as v from 'valibot';

/** Ids are UUIDv7 from the client; they are never used for order. */
const brandedUuid = <const Name extends string>(name: Name) => v.pipe(v.string(), v.uuid(), v.brand(name));

export const InspectionId = brandedUuid('InspectionId');
export type InspectionId = v.InferOutput<typeof InspectionId>;

export const CaptureId = brandedUuid('CaptureId');
export type CaptureId = v.InferOutput<typeof CaptureId>;

export const AnalysisId = brandedUuid('AnalysisId');
export type AnalysisId = v.InferOutput<typeof AnalysisId>;

export const FindingId = brandedUuid('FindingId');
export type FindingId = v.InferOutput<typeof FindingId>;

export const ReviewId = brandedUuid('ReviewId');
export type ReviewId = v.InferOutput<typeof ReviewId>;

export const OperationId = brandedUuid('OperationId');
export type OperationId = v.InferOutput<typeof OperationId>;

/** Lower-case hex of a SHA-256. */
export const Sha256 = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hex'),
  v.brand('Sha256'),
);
export type Sha256 = v.InferOutput<typeof Sha256>;
