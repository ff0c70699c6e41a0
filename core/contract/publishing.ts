import * as v from 'valibot';
import { PackId, Semver } from './model-manifest.ts';
import { PublisherKey, SignedRelease } from './release.ts';
import { PROTOCOL } from './sync.ts';

/**
 * What publishers, the office and devices say to the server about model packs.
 * Versions: 1 first form.
 */
const protocol = v.literal(PROTOCOL);
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** What one device is to run now, and the keys that the office has registered. */
export const ReleasesAnswer = v.object({
  protocol,
  releases: v.array(SignedRelease),
  keys: v.array(PublisherKey),
});
export type ReleasesAnswer = v.InferOutput<typeof ReleasesAnswer>;

/** `back` is signed with it, one number higher, and leads back to what was before: for the office to use one day. */
export const PublishRequest = v.object({ release: SignedRelease, back: SignedRelease });
export type PublishRequest = v.InferOutput<typeof PublishRequest>;

/** Percent of the devices. */
export const DeviceShare = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100));
export const StageRequest = v.object({ share: v.pipe(DeviceShare, v.minValue(1)) });

export const PublisherKeyRequest = v.object({
  ...PublisherKey.entries,
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100), v.regex(/^[^\p{Cc}\p{Cs}]*$/u)),
});
export type PublisherKeyRequest = v.InferOutput<typeof PublisherKeyRequest>;

export const PublishedRelease = v.object({
  ...SignedRelease.entries,
  id: PackId,
  release: count,
  /** Null: a withdrawal. */
  version: v.nullable(Semver),
  share: DeviceShare,
  /** The release that this one leads back from; null where it was published for itself. */
  backFrom: v.nullable(count),
  publishedAt: time,
  by: v.string(),
});
export type PublishedRelease = v.InferOutput<typeof PublishedRelease>;

export const ReleaseAnswer = v.object({ protocol, release: PublishedRelease });

export const ListedKey = v.object({
  ...PublisherKey.entries,
  name: v.string(),
  addedAt: time,
  by: v.string(),
  revokedAt: v.nullable(time),
});
export type ListedKey = v.InferOutput<typeof ListedKey>;

/** Releases of each pack, highest number first. */
export const PacksAnswer = v.object({
  protocol,
  releases: v.array(PublishedRelease),
  keys: v.array(ListedKey),
});
export type PacksAnswer = v.InferOutput<typeof PacksAnswer>;
