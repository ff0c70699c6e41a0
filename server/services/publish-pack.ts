import * as v from 'valibot';
import { ModelManifest } from '../../core/contract/model-manifest.ts';
import type { PublishedRelease, PublishRequest } from '../../core/contract/publishing.ts';
import {
  readRelease,
  signedText,
  type ReleaseManifest,
  type ReleaseOffer,
  type SignedRelease,
} from '../../core/contract/release.ts';
import { canonicalJson } from '../../core/domain/canonical-json.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { misfitOfRelease } from '../../core/domain/release-fit.ts';
import { audit } from '../repositories/audit.ts';
import { deviceName } from '../repositories/device-name.ts';
import type { Sql } from '../repositories/database.ts';
import { packFiles } from '../repositories/pack-files.ts';
import { addRelease, packReleases } from '../repositories/pack-releases.ts';
import { goodPublisherKeys } from '../repositories/publisher-keys.ts';
import { takeChangeNumbers } from '../repositories/tenants.ts';
import { isSignedBy } from './ed25519.ts';
import type { Identity } from './identity.ts';
import { packText, type PackParts } from './pack-files.ts';

export interface PublishFailure {
  /** conflict: with what was published before. unsigned: by no key of this tenant. unfit: it is no release. */
  readonly kind: 'conflict' | 'unsigned' | 'unfit';
  readonly detail: string;
}
type Checked<Value> = Outcome<Value, PublishFailure>;

interface Pair {
  readonly release: ReleaseManifest;
  readonly back: ReleaseManifest;
}

const MOST_MANIFEST_BYTES = 1_000_000;

/**
 * Takes a signed release in, for no device yet, and with it the signed way back. Everything that a tablet will check
 * is checked here first: signatures, numbers, and that the pack's own manifest is what was signed.
 */
export async function publishPack(
  parts: PackParts,
  who: Identity,
  { release: signed, back: signedBack }: PublishRequest,
): Promise<Checked<PublishedRelease>> {
  const { database, now } = parts;
  const pair = readPair(signed, signedBack);
  if (!pair.ok) return pair;
  for (const one of [pair.value.release, pair.value.back]) {
    const fits = await fitsItsFiles(parts, who.tenant, one);
    if (!fits.ok) return fits;
  }
  return database.write(async (sql) => {
    const isSigned = await areSigned(sql, who.tenant, [signed, signedBack]);
    if (!isSigned.ok) return isSigned;
    // The tenant's row lock: two publishers come one after the other.
    await takeChangeNumbers(sql, who.tenant, 0);
    const before = await packReleases(sql, who.tenant, pair.value.release.id);
    const fits = fitsBehind(before, pair.value);
    if (!fits.ok) return fits;
    const by = who.person ?? (await deviceName(sql, who.tenant, who.device));
    const at = now();
    const row = (manifest: ReleaseManifest, text: SignedRelease, backFrom: number | null) => ({
      ...text,
      ...{ id: manifest.id, release: manifest.release, version: versionOf(manifest), share: 0 },
      ...{ backFrom, publishedAt: at, by },
    });
    const published = row(pair.value.release, signed, null);
    await addRelease(sql, who.tenant, published);
    await addRelease(sql, who.tenant, row(pair.value.back, signedBack, published.release));
    const detail = { version: published.version, release: published.release, key: signed.key };
    await audit(sql, who, { action: 'pack-published', subject: published.id, detail, now: at });
    return succeed(published);
  });
}

const versionOf = (one: ReleaseManifest): string | null => (one.kind === 'offer' ? one.version : null);
const unfit = (detail: string) => fail({ kind: 'unfit', detail } as const);

function readPair(signed: SignedRelease, signedBack: SignedRelease): Checked<Pair> {
  const [release, back] = [readRelease(signed.manifest), readRelease(signedBack.manifest)];
  if (!release || !back) return unfit('A manifest is not canonical JSON of a release.');
  if (back.id !== release.id) return unfit('The way back is of another pack.');
  if (back.release !== release.release + 1) return unfit('The way back has not the next number.');
  return succeed({ release, back });
}

async function areSigned(sql: Sql, tenant: string, all: readonly SignedRelease[]): Promise<Checked<null>> {
  const known = new Set((await goodPublisherKeys(sql, tenant)).map(({ key }) => key));
  for (const { key, manifest, signature } of all) {
    if (!known.has(key)) return fail({ kind: 'unsigned', detail: 'The key is not registered here.' });
    if (!isSignedBy(key, signature, signedText('release', manifest)))
      return fail({ kind: 'unsigned', detail: 'The signature does not fit the manifest.' });
  }
  return succeed(null);
}

function fitsBehind(before: readonly PublishedRelease[], { release, back }: Pair): Checked<null> {
  const highest = before[0]?.release ?? 0;
  if (release.release <= highest) {
    return fail({
      kind: 'conflict',
      detail: `Release ${highest} is there: the next number is ${highest + 1}.`,
    });
  }
  for (const one of [release, back]) {
    if (one.kind !== 'offer') continue;
    const same = before.find(({ version }) => version === one.version);
    const known = same && readRelease(same.manifest);
    if (known?.kind === 'offer' && filesOf(known) !== filesOf(one)) {
      return fail({ kind: 'conflict', detail: `Version ${one.version} was published with other files.` });
    }
  }
  return succeed(null);
}

const filesOf = ({ files }: ReleaseOffer): string =>
  canonicalJson(files.toSorted((a, b) => (a.path < b.path ? -1 : 1)));

async function fitsItsFiles(parts: PackParts, tenant: string, one: ReleaseManifest): Promise<Checked<null>> {
  if (one.kind === 'withdrawal') return succeed(null);
  const hashes = one.files.map(({ sha256 }) => sha256);
  const here = await parts.database.read((sql) => packFiles(sql, tenant, hashes));
  const lengths = new Map(here.map(({ sha256, bytes }) => [sha256, bytes]));
  const missing = one.files.filter(({ sha256, bytes }) => lengths.get(sha256) !== bytes);
  if (missing.length > 0) return unfit(`Not here: ${missing.map(({ path }) => path).join(', ')}.`);
  const own = one.files.find(({ path }) => path === 'manifest.json');
  const text = own && (await packText(parts, tenant, own.sha256, MOST_MANIFEST_BYTES));
  const manifest = v.safeParse(v.pipe(v.string(), v.parseJson(), ModelManifest), text);
  if (!manifest.success) return unfit(`manifest.json: ${v.summarize(manifest.issues)}`);
  const misfit = misfitOfRelease(one, manifest.output);
  return misfit === undefined ? succeed(null) : unfit(misfit);
}
