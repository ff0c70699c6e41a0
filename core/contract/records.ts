import * as v from 'valibot';
import { DAMAGE_TYPES } from '../domain/damage-types.ts';
import { Geometry, Size } from './geometry.ts';
import { AnalysisId, CaptureId, FindingId, InspectionId, ReviewId, Sha256 } from './ids.ts';
import { Precision } from './model-manifest.ts';
import { RuntimeId } from './runtime.ts';

/**
 * Stored records. Every record is parsed by its schema when it is read.
 * Versions: 1 first form. Later versions only add optional fields.
 */
const schemaV = v.literal(1);
/** Milliseconds since the epoch by the device's own clock; shown, never used for order. */
const wall = v.number();
const text = v.pipe(v.string(), v.maxLength(4000));
const metres = v.pipe(v.number(), v.finite(), v.minValue(0));

export const BladeSide = v.picklist(['leading-edge', 'trailing-edge', 'pressure', 'suction']);
export type BladeSide = v.InferOutput<typeof BladeSide>;

export const ComponentPosition = v.picklist(['A', 'B', 'C']);
export type ComponentPosition = v.InferOutput<typeof ComponentPosition>;

export const AssetType = v.picklist(['turbine', 'bridge', 'tank', 'building', 'other']);
export type AssetType = v.InferOutput<typeof AssetType>;

export const Inspection = v.object({
  schemaV,
  id: InspectionId,
  title: text,
  site: text,
  asset: v.object({ type: AssetType, tag: text, model: v.optional(text) }),
  campaign: text,
  method: v.picklist(['ground', 'rope', 'drone', 'internal']),
  inspector: text,
  /** Blade length, for the blade map; absent when unknown. */
  bladeLengthM: v.optional(metres),
  status: v.picklist(['draft', 'finalised', 'received', 'approved', 'has-issues', 'rejected']),
  modelId: v.string(),
  /** True for the inspection behind the demo link; it is reset, never sent. */
  demo: v.boolean(),
  createdAt: wall,
  updatedAt: wall,
});
export type Inspection = v.InferOutput<typeof Inspection>;

/** Where on the asset a photo was taken. */
export const CapturePlace = v.object({
  component: v.optional(ComponentPosition),
  side: v.optional(BladeSide),
  fromRootM: v.optional(metres),
  toRootM: v.optional(metres),
});
export type CapturePlace = v.InferOutput<typeof CapturePlace>;

/** What the file says of itself; position in degrees, direction in degrees from north, altitude in m. */
export const Exif = v.object({
  takenAt: v.optional(v.string()),
  latitude: v.optional(v.number()),
  longitude: v.optional(v.number()),
  altitudeM: v.optional(v.number()),
  directionDeg: v.optional(v.number()),
  camera: v.optional(v.string()),
  focalLength35mm: v.optional(v.number()),
  orientation: v.optional(v.number()),
});
export type Exif = v.InferOutput<typeof Exif>;

export const Capture = v.object({
  schemaV,
  id: CaptureId,
  inspectionId: InspectionId,
  sha256: Sha256,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  mediaType: v.string(),
  fileName: text,
  source: v.picklist(['file', 'folder', 'drop', 'paste', 'camera', 'sample']),
  /** Pixels after EXIF orientation; absent until the photo was first decoded. */
  size: v.optional(Size),
  place: CapturePlace,
  exif: v.optional(Exif),
  createdAt: wall,
});
export type Capture = v.InferOutput<typeof Capture>;

/** One run of a model on a capture; immutable. */
export const Analysis = v.object({
  schemaV,
  id: AnalysisId,
  inspectionId: InspectionId,
  captureId: CaptureId,
  model: v.object({ id: v.string(), version: v.string(), sha256: Sha256 }),
  runtime: RuntimeId,
  precision: Precision,
  threads: v.number(),
  selfTest: v.picklist(['passed', 'failed', 'not-run']),
  threshold: v.number(),
  tiles: v.number(),
  photo: Size,
  timingsMs: v.record(v.string(), v.number()),
  createdAt: wall,
});
export type Analysis = v.InferOutput<typeof Analysis>;

export const FindingState = v.picklist(['proposed', 'accepted', 'edited', 'rejected', 'not-assessable']);
export type FindingState = v.InferOutput<typeof FindingState>;

export const SeverityScale = v.picklist(['EPRI-5', 'IEA-T46', 'ISO4628-3', 'AASHTO-CW']);
export type SeverityScale = v.InferOutput<typeof SeverityScale>;

export const Severity = v.object({
  scale: SeverityScale,
  value: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5)),
  /** Clauses and figures that matched, as they are shown. */
  criteria: v.array(text),
  /** Categories that the value may be off by. */
  uncertainty: v.pipe(v.number(), v.minValue(0)),
});
export type Severity = v.InferOutput<typeof Severity>;

export const Finding = v.object({
  schemaV,
  id: FindingId,
  inspectionId: InspectionId,
  captureId: CaptureId,
  analysisId: v.optional(AnalysisId),
  origin: v.picklist(['model', 'human', 'both']),
  /** The model's own label, and its score from 0 to 1. */
  label: v.optional(v.string()),
  score: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  type: v.picklist(DAMAGE_TYPES),
  layer: v.optional(v.picklist(['surface', 'topcoat', 'laminate', 'structure', 'through'])),
  place: CapturePlace,
  geometry: Geometry,
  severity: v.optional(Severity),
  note: v.optional(text),
  state: FindingState,
  createdAt: wall,
  updatedAt: wall,
});
export type Finding = v.InferOutput<typeof Finding>;

/** A person's decision on a finding; append-only. Undo is a review of its own that restores `before`. */
export const Review = v.object({
  schemaV,
  id: ReviewId,
  findingId: FindingId,
  inspectionId: InspectionId,
  reviewer: text,
  decision: v.picklist(['accept', 'edit', 'reject', 'not-assessable', 'undo']),
  reason: v.optional(text),
  before: Finding,
  after: Finding,
  seconds: v.number(),
  createdAt: wall,
});
export type Review = v.InferOutput<typeof Review>;
