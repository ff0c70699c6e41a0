import type { PublishedRelease, PublisherKeyRequest } from '../../core/contract/publishing.ts';
import { signedText, type PublisherKey, type SignedRelease } from '../../core/contract/release.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { isInShare } from '../../core/sync-rules/device-share.ts';
import { audit } from '../repositories/audit.ts';
import type { Database, Sql } from '../repositories/database.ts';
import { deviceName } from '../repositories/device-name.ts';
import { packReleases, setShare } from '../repositories/pack-releases.ts';
import { addPublisherKey, goodPublisherKeys, revokePublisherKey } from '../repositories/publisher-keys.ts';
import { takeChangeNumbers } from '../repositories/tenants.ts';
import { isSignedBy } from './ed25519.ts';
import type { Identity } from './identity.ts';

export type ReleaseFailure =
  | { readonly kind: 'unknown' }
  /** Of devices that have it nobody is taken away: the way back is another release. */
  | { readonly kind: 'share-shrinks' }
  /** The way back waits for a roll back, and is no release to stage. */
  | { readonly kind: 'way-back' }
  /** It reaches no device, or a higher number does already. */
  | { readonly kind: 'nothing-to-take-back' };
type Changed = Promise<Outcome<PublishedRelease, ReleaseFailure>>;

/** The release that is in force on a device for each pack: the highest number whose share it is in. */
export async function releasesFor(
  database: Database,
  { tenant, device }: Pick<Identity, 'tenant' | 'device'>,
): Promise<{ readonly releases: SignedRelease[]; readonly keys: PublisherKey[] }> {
  return database.read(async (sql) => {
    const keys = await goodPublisherKeys(sql, tenant);
    const good = new Set(keys.map(({ key }) => key));
    const forIt = (await packReleases(sql, tenant)).filter(
      ({ key, id, share }) => good.has(key) && isInShare(device, id, share),
    );
    const highest = forIt.filter((one, at) => forIt.findIndex(({ id }) => id === one.id) === at);
    return {
      releases: highest.map(({ manifest, key, signature }) => ({ manifest, key, signature })),
      keys: keys.map(({ key, endorsement }) => ({ key, ...(endorsement && { endorsement }) })),
    };
  });
}

/** Gives a release to more devices; a share never shrinks. */
export function stageRelease(
  database: Database,
  who: Identity,
  place: Pick<PublishedRelease, 'id' | 'release'>,
  share: number,
  now: number,
): Changed {
  return change(database, who, place, async (sql, one) => {
    if (one.backFrom !== null) return fail({ kind: 'way-back' });
    if (share < one.share) return fail({ kind: 'share-shrinks' });
    await setShare(sql, who.tenant, one, share);
    const detail = { version: one.version, release: one.release, from: one.share, to: share };
    await audit(sql, who, { action: 'pack-staged', subject: one.id, detail, now });
    return succeed({ ...one, share });
  });
}

/** Puts the way back that was signed with a release in force, on every device. */
export function rollBack(
  database: Database,
  who: Identity,
  place: Pick<PublishedRelease, 'id' | 'release'>,
  now: number,
): Changed {
  return change(database, who, place, async (sql, one, all) => {
    const back = all.find(({ backFrom }) => backFrom === one.release);
    const highest = all.find(({ share }) => share > 0);
    if (!back || highest !== one) return fail({ kind: 'nothing-to-take-back' });
    await setShare(sql, who.tenant, back, 100);
    const detail = { from: one.version, to: back.version, release: back.release };
    await audit(sql, who, { action: 'pack-rolled-back', subject: one.id, detail, now });
    return succeed({ ...back, share: 100 });
  });
}

async function change(
  database: Database,
  { tenant }: Identity,
  { id, release }: Pick<PublishedRelease, 'id' | 'release'>,
  work: (sql: Sql, one: PublishedRelease, all: readonly PublishedRelease[]) => Changed,
): Changed {
  return database.write(async (sql) => {
    // The tenant's row lock: what is decided on is what is there.
    await takeChangeNumbers(sql, tenant, 0);
    const all = await packReleases(sql, tenant, id);
    const one = all.find((other) => other.release === release);
    return one ? work(sql, one, all) : fail({ kind: 'unknown' });
  });
}

/** Errors: `known` also where it was revoked; `unendorsed` where its endorsement is by no key that is good here. */
export async function registerKey(
  database: Database,
  who: Identity,
  { key, name, endorsement }: PublisherKeyRequest,
  now: number,
): Promise<Outcome<null, { readonly kind: 'known' | 'unendorsed' }>> {
  return database.write(async (sql) => {
    if (endorsement) {
      const good = (await goodPublisherKeys(sql, who.tenant)).some((one) => one.key === endorsement.by);
      const isSigned = isSignedBy(endorsement.by, endorsement.signature, signedText('key', key));
      if (!good || !isSigned) return fail({ kind: 'unendorsed' });
    }
    const by = who.person ?? (await deviceName(sql, who.tenant, who.device));
    const isNew = await addPublisherKey(sql, who.tenant, {
      ...{ key, name, addedAt: now, by },
      ...(endorsement && { endorsement }),
    });
    if (!isNew) return fail({ kind: 'known' });
    const detail = { name, endorsedBy: endorsement?.by ?? null };
    await audit(sql, who, { action: 'publisher-key-added', subject: key, detail, now });
    return succeed(null);
  });
}

/** Resolves with whether there was such a key that was not revoked yet. */
export async function revokeKey(
  database: Database,
  who: Identity,
  key: string,
  now: number,
): Promise<boolean> {
  return database.write(async (sql) => {
    if (!(await revokePublisherKey(sql, who.tenant, key, now))) return false;
    await audit(sql, who, { action: 'publisher-key-revoked', subject: key, now });
    return true;
  });
}
