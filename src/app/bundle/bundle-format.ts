import * as v from 'valibot';
import { CaptureId, InspectionId, Sha256 } from '../../../core/contract/ids.ts';
import { Analysis, Capture, Finding, Inspection, Review } from '../../../core/contract/records.ts';

/**
 * A bundle is a zip of one inspection: manifest.json, records/*.json, photos/<sha256>.<ext>. The manifest
 * names every other file with its size and hash. It proves that nothing was damaged on the way, not who made it.
 * Versions: 1 first form.
 */
export const SCHEMA = 1;
export const MANIFEST = 'manifest.json';

/** Each records file and what every element of its array must be. */
export const RECORDS = {
  inspection: { path: 'records/inspection.json', schema: v.pipe(v.array(Inspection), v.length(1)) },
  captures: { path: 'records/captures.json', schema: v.array(Capture) },
  analyses: { path: 'records/analyses.json', schema: v.array(Analysis) },
  findings: { path: 'records/findings.json', schema: v.array(Finding) },
  reviews: { path: 'records/reviews.json', schema: v.array(Review) },
} as const;

const PATH = /^(records\/[a-z]+\.json|photos\/[0-9a-f]{64}\.[a-z]{3,4})$/;
const bytes = v.pipe(v.number(), v.integer(), v.minValue(0));

export const BundleFile = v.object({
  path: v.pipe(v.string(), v.regex(PATH, 'not a path of a bundle')),
  bytes,
  sha256: Sha256,
});
export type BundleFile = v.InferOutput<typeof BundleFile>;

export const BundleManifest = v.object({
  format: v.literal('loupe-bundle'),
  schema: v.literal(SCHEMA),
  inspectionId: InspectionId,
  title: v.string(),
  appVersion: v.string(),
  madeAt: v.number(),
  files: v.array(BundleFile),
  /** Photos whose bytes were gone or no longer had their hash when the bundle was made. */
  missing: v.array(v.object({ captureId: CaptureId, reason: v.picklist(['gone', 'damaged']) })),
});
export type BundleManifest = v.InferOutput<typeof BundleManifest>;

/** What a bundle may ask of a device before anything of it is read. */
export interface BundleLimits {
  readonly files: number;
  /** Largest single file and all of them together, unpacked, in bytes. */
  readonly fileBytes: number;
  readonly totalBytes: number;
}

/** 2,000 photos of 12 MB with room; one photo of 500 MB. */
export const LIMITS: BundleLimits = { files: 20_000, fileBytes: 512e6, totalBytes: 64e9 };

export type BundleFailure =
  | { readonly kind: 'not-a-bundle'; readonly detail: string }
  | { readonly kind: 'newer-bundle' }
  | { readonly kind: 'unsafe-path'; readonly path: string }
  | { readonly kind: 'not-a-file'; readonly path: string }
  | { readonly kind: 'too-many-files'; readonly count: number; readonly limit: number }
  | { readonly kind: 'too-large'; readonly path: string; readonly bytes: number; readonly limit: number }
  | { readonly kind: 'damaged-file'; readonly path: string; readonly detail: string }
  | { readonly kind: 'wrong-hash'; readonly path: string }
  | { readonly kind: 'unlisted-file'; readonly path: string }
  | { readonly kind: 'missing-file'; readonly path: string }
  | { readonly kind: 'bad-record'; readonly path: string; readonly detail: string }
  | { readonly kind: 'cancelled' };
