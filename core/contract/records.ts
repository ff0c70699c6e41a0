import * as v from 'valibot';
import { DAMAGE_TYPES } from '../domain/damage-types.ts';
import { Geometry, Point, Size } from './geometry.ts';
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
const nonNegative = v.pipe(v.number(), v.finite(), v.minValue(0));

export const BladeSide = v.picklist(['leading-edge', 'trailing-edge', 'pressure', 'suction']);
export type BladeSide = v.InferOutput<typeof BladeSide>;

export const ComponentPosition = v.picklist(['A', 'B', 'C']);
export type ComponentPosition = v.InferOutput<typeof ComponentPosition>;

/**
 * A measured value, or plainly none. `uncertainty` is the half-width of the interval that covers about 95 %
 * (k = 2, JCGM 100), in the value's own unit; so is every uncertainty that is stored.
 */
export const Measured = v.union([
  v.object({ value: nonNegative, uncertainty: nonNegative }),
  v.literal('not-measurable'),
]);
export type Measured = v.InferOutput<typeof Measured>;

/** WGS 84 degrees. */
export const Position = v.object({
  latitude: v.pipe(v.number(), v.minValue(-90), v.maxValue(90)),
  longitude: v.pipe(v.number(), v.minValue(-180), v.maxValue(180)),
});
export type Position = v.InferOutput<typeof Position>;

/** A part of the asset, as its owner's list names it. */
export const Component = v.object({
  type: text,
  position: v.optional(ComponentPosition),
  serial: v.optional(text),
  lengthM: v.optional(nonNegative),
  leadingEdgeProtection: v.optional(text),
});
export type Component = v.InferOutput<typeof Component>;

/** "No damage seen", said by a person for one side of one component. */
export const CleanSide = v.object({
  component: v.optional(ComponentPosition),
  side: BladeSide,
  by: text,
  at: wall,
});
export type CleanSide = v.InferOutput<typeof CleanSide>;

/** A name written by hand, as it was drawn: each stroke's points within `size`. */
export const Signature = v.object({
  by: text,
  at: wall,
  size: Size,
  strokes: v.pipe(v.array(v.pipe(v.array(Point), v.minLength(1), v.maxLength(5000))), v.maxLength(200)),
});
export type Signature = v.InferOutput<typeof Signature>;

/** What the office says of an inspection that was handed over. */
export const Decision = v.picklist(['approved', 'has-issues', 'rejected']);
export type Decision = v.InferOutput<typeof Decision>;

/** Counted from 1. */
const revision = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** What the office last said of an inspection; its status says the same until the technician hands in again. */
export const OfficeReview = v.object({
  status: Decision,
  note: text,
  by: text,
  at: wall,
  /** The revision that was looked at; absent: the first. */
  revision: v.optional(revision),
});
export type OfficeReview = v.InferOutput<typeof OfficeReview>;

export const AssetType = v.picklist(['turbine', 'bridge', 'tank', 'building', 'other']);
export type AssetType = v.InferOutput<typeof AssetType>;

export const InspectionStatus = v.picklist([
  'draft',
  'finalised',
  'received',
  'approved',
  'has-issues',
  'rejected',
]);
export type InspectionStatus = v.InferOutput<typeof InspectionStatus>;

export const Inspection = v.object({
  schemaV,
  id: InspectionId,
  title: text,
  site: text,
  asset: v.object({
    type: AssetType,
    tag: text,
    model: v.optional(text),
    maker: v.optional(text),
    serial: v.optional(text),
    hubHeightM: v.optional(nonNegative),
    rotorDiameterM: v.optional(nonNegative),
  }),
  campaign: text,
  method: v.picklist(['ground', 'rope', 'drone', 'internal']),
  inspector: text,
  /** Blade length, for the blade map; absent when unknown. */
  bladeLengthM: v.optional(nonNegative),
  status: InspectionStatus,
  /** Counted by the server: an edit after a decision begins the next. Absent: the first. */
  revision: v.optional(revision),
  modelId: v.string(),
  /** True for the inspection behind the demo link; it is reset, never sent. */
  demo: v.boolean(),
  country: v.optional(text),
  operator: v.optional(text),
  position: v.optional(Position),
  timeZone: v.optional(text),
  weather: v.optional(text),
  assetState: v.optional(v.picklist(['stopped', 'locked', 'running'])),
  components: v.optional(v.array(Component)),
  cleanSides: v.optional(v.array(CleanSide)),
  signature: v.optional(Signature),
  office: v.optional(OfficeReview),
  /** The photo on the report's cover; absent: the one with the gravest finding. */
  coverCaptureId: v.optional(CaptureId),
  device: v.optional(text),
  appVersion: v.optional(text),
  taxonomyVersion: v.optional(text),
  createdAt: wall,
  updatedAt: wall,
});
export type Inspection = v.InferOutput<typeof Inspection>;

/** Where on the asset a photo was taken. */
export const CapturePlace = v.object({
  component: v.optional(ComponentPosition),
  side: v.optional(BladeSide),
  fromRootM: v.optional(nonNegative),
  toRootM: v.optional(nonNegative),
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

/** Millimetres on the asset's surface per photo pixel, and what it was derived from. */
export const Scale = v.object({
  mmPerPixel: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  uncertainty: nonNegative,
  method: v.picklist(['two-taps', 'chord', 'camera']),
  /** The two tapped points, in photo pixels, and the distance between them. */
  taps: v.optional(v.tuple([Point, Point])),
  knownMm: v.optional(nonNegative),
  /** From the camera to the surface. */
  distanceM: v.optional(nonNegative),
});
export type Scale = v.InferOutput<typeof Scale>;

export const QualityFlag = v.picklist(['blur', 'dark', 'bright', 'glare', 'far']);
export type QualityFlag = v.InferOutput<typeof QualityFlag>;

/** What was measured on a photo and which limits it broke; see core/quality. */
export const Quality = v.object({
  flags: v.array(QualityFlag),
  measures: v.record(v.string(), v.number()),
});
export type Quality = v.InferOutput<typeof Quality>;

/**
 * What the device knew of itself when the photo was taken: metres, degrees from north, and the tilt of its
 * camera against the horizon (up is positive) and around its own axis (clockwise is positive), in degrees.
 */
export const DevicePose = v.object({
  position: v.optional(Position),
  accuracyM: v.optional(nonNegative),
  altitudeM: v.optional(v.number()),
  headingDeg: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(360))),
  pitchDeg: v.optional(v.pipe(v.number(), v.minValue(-90), v.maxValue(90))),
  rollDeg: v.optional(v.pipe(v.number(), v.minValue(-180), v.maxValue(180))),
});
export type DevicePose = v.InferOutput<typeof DevicePose>;

/** A spoken note. It lies in the record, so that journal, sidecar, bundle and sync carry it as they carry text. */
export const VoiceMemo = v.object({
  mediaType: v.string(),
  seconds: nonNegative,
  /** Base64; a minute of Opus at 24 kbit/s is 240 kB of it. */
  audio: v.pipe(v.string(), v.maxLength(1_000_000)),
});
export type VoiceMemo = v.InferOutput<typeof VoiceMemo>;

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
  scale: v.optional(Scale),
  quality: v.optional(Quality),
  pose: v.optional(DevicePose),
  note: v.optional(text),
  memo: v.optional(VoiceMemo),
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

/** Extents along and across the finding, its area, and for a crack its width. */
export const FindingSize = v.object({
  lengthCm: Measured,
  widthCm: Measured,
  areaCm2: Measured,
  crackWidthMm: Measured,
});
export type FindingSize = v.InferOutput<typeof FindingSize>;

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
  size: v.optional(FindingSize),
  action: v.optional(v.picklist(['none', 'monitor', 'repair', 'repair-urgent', 'stop'])),
  /** Calendar day by which the action is due, as YYYY-MM-DD. */
  due: v.optional(v.pipe(v.string(), v.isoDate())),
  ndtRecommended: v.optional(v.boolean()),
  /** The same damage in an earlier campaign, and how much longer it has grown since. */
  previousFindingId: v.optional(FindingId),
  growthCm: v.optional(v.object({ value: v.number(), uncertainty: nonNegative })),
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
