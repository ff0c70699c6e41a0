import * as v from 'valibot';
import { canonicalJson } from '../domain/canonical-json.ts';
import { PackId, PackPart, Semver } from './model-manifest.ts';

/**
 * Signed releases of model packs (ADR 37).
 * Versions: 1 first form.
 */
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** 32 bytes, base64url. */
export const PublicKey = v.pipe(v.string(), v.regex(/^[\w-]{43}$/, 'not an Ed25519 public key'));
/** 64 bytes, base64url. */
export const Signature = v.pipe(v.string(), v.regex(/^[\w-]{86}$/, 'not an Ed25519 signature'));

/** Above any file of a pack that a tablet can run; beyond it nothing is taken. */
export const MOST_PACK_FILE_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 40;
const MOST_MANIFEST_CHARACTERS = 20_000;

const common = {
  schema: v.literal(1),
  id: PackId,
  /** Grows with each release of this pack, whatever its version; a device goes to a higher one only. */
  release: count,
  issuedAt: time,
};

const ReleaseFile = v.strictObject({
  ...PackPart.entries,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_PACK_FILE_BYTES)),
});

/** offer: from now on this version. withdrawal: from now on what came with the app, if it has such a pack. */
export const ReleaseManifest = v.variant('kind', [
  v.strictObject({
    kind: v.literal('offer'),
    ...common,
    version: Semver,
    minApp: Semver,
    /** After it devices warn, and go on. */
    expiresAt: v.optional(time),
    /** Every file of the pack, its manifest.json among them. */
    files: v.pipe(v.array(ReleaseFile), v.minLength(1), v.maxLength(MOST_FILES)),
  }),
  v.strictObject({ kind: v.literal('withdrawal'), ...common }),
]);
export type ReleaseManifest = v.InferOutput<typeof ReleaseManifest>;
export type ReleaseOffer = Extract<ReleaseManifest, { readonly kind: 'offer' }>;

/** `manifest` is the canonical JSON of a ReleaseManifest, to the byte that was signed. */
export const SignedRelease = v.object({
  manifest: v.pipe(v.string(), v.maxLength(MOST_MANIFEST_CHARACTERS)),
  /** The publisher's public key. */
  key: PublicKey,
  signature: Signature,
});
export type SignedRelease = v.InferOutput<typeof SignedRelease>;

/** What each signature is over; the first line keeps one kind from being taken for the other. */
export const signedText = (kind: 'release' | 'key', text: string): string => `loupe-pack-${kind}-v1\n${text}`;

/** The manifest of a release; undefined where its text is none, or not canonical. Says nothing of its signature. */
export function readRelease(text: string): ReleaseManifest | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ReleaseManifest), text);
  return parsed.success && canonicalJson(parsed.output) === text ? parsed.output : undefined;
}

/** A key whose releases devices take. Endorsed: its `signedText` of kind key was signed by one that was there before. */
export const PublisherKey = v.object({
  key: PublicKey,
  endorsement: v.optional(v.object({ by: PublicKey, signature: Signature })),
});
export type PublisherKey = v.InferOutput<typeof PublisherKey>;

/** Why a device does not take a release. */
export const RefusalReason = v.picklist([
  /** Signed by nobody whose releases this device takes. */
  'unknown-key',
  'bad-signature',
  /** Of a form that this app does not know. */
  'unreadable',
  /** Its number is lower than one that this device has had, or is another release's. */
  'old-release',
  'needs-newer-app',
  /** This browser cannot check Ed25519. */
  'cannot-check',
  /** What was fetched is not what was signed. */
  'spoiled',
  'self-test-failed',
]);
export type RefusalReason = v.InferOutput<typeof RefusalReason>;

/** A release that was not taken. What it says of itself is a claim, unless its signature was good. */
export const RefusedRelease = v.object({
  id: PackId,
  release: v.number(),
  version: v.optional(Semver),
  reason: RefusalReason,
  detail: v.optional(v.string()),
  at: v.number(),
});
export type RefusedRelease = v.InferOutput<typeof RefusedRelease>;

/** What the office wants this device to run, and by whom it believes that. */
export interface ReleasesTold {
  readonly releases: readonly SignedRelease[];
  /** As the server has them registered. */
  readonly offered: readonly PublisherKey[];
  /** Public keys whose releases this device takes; none: those that are offered first. */
  readonly pinned: readonly string[];
}

export interface TakenReleases {
  /** To be pinned from now on. */
  readonly trusted: readonly string[];
  /** Packs of which a release is to be installed. */
  readonly toInstall: readonly string[];
  /** Packs that were withdrawn just now. */
  readonly withdrawn: readonly string[];
}
