import * as v from 'valibot';
import {
  readRelease,
  RefusedRelease,
  SignedRelease,
  type RefusalReason,
  type ReleaseManifest,
  type ReleaseOffer,
  type ReleasesTold,
  type TakenReleases,
} from '../../core/contract/release.ts';
import { PackId, Semver } from '../../core/contract/model-manifest.ts';
import { isAtLeast } from '../../core/domain/version.ts';
import { version as appVersion } from '../../package.json';
import { checkRelease, trustedKeys } from './check-release.ts';
import { keep, keptJson, PACK_CACHE } from './pack-files.ts';

/** What the office has said of one pack, and what became of it here. */
const OfficeRecord = v.object({
  id: PackId,
  /** The highest number that was ever seen with a good signature; absent: none yet. */
  latest: v.optional(SignedRelease),
  /** In use: the pointer. */
  current: v.optional(SignedRelease),
  /** What was in use before; its files stay. */
  previous: v.optional(SignedRelease),
  refused: v.optional(RefusedRelease),
});
export type OfficeRecord = v.InferOutput<typeof OfficeRecord>;

const Claim = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ id: PackId, release: v.number(), version: v.optional(Semver) }),
);

/** An offer's manifest; undefined where there is none. */
export function offerIn(signed: SignedRelease | undefined): ReleaseOffer | undefined {
  const release = signed && readRelease(signed.manifest);
  return release?.kind === 'offer' ? release : undefined;
}

/** Releases of the office by pack, one record each in the pack cache. One worker writes them, one call at a time. */
export class OfficeRecords {
  readonly #folder: string;

  /** `office` is the absolute URL under which all of the office lies, with its closing slash. */
  constructor(office: string) {
    this.#folder = `${office}records/`;
  }

  async find(id: string): Promise<OfficeRecord | undefined> {
    const kept = await keptJson(this.#url(id), OfficeRecord);
    return kept.kind === 'found' ? kept.value : undefined;
  }

  async all(): Promise<readonly OfficeRecord[]> {
    const requests = await (await caches.open(PACK_CACHE)).keys();
    const urls = requests.map(({ url }) => url).filter((url) => url.startsWith(this.#folder));
    const kept = await Promise.all(urls.map((url) => keptJson(url, OfficeRecord)));
    return kept.flatMap((one) => (one.kind === 'found' ? [one.value] : []));
  }

  /** Notes what is new and rightly signed; a withdrawal holds at once, an offer once it is installed. */
  async take({ releases, offered, pinned }: ReleasesTold): Promise<TakenReleases> {
    const trusted = await trustedKeys(pinned, offered);
    const [toInstall, withdrawn]: [string[], string[]] = [[], []];
    for (const signed of releases) {
      const taken = await this.#takeOne(signed, trusted);
      if (taken?.kind === 'offer') toInstall.push(taken.id);
      if (taken?.kind === 'withdrawal') withdrawn.push(taken.id);
    }
    return { trusted, toInstall, withdrawn };
  }

  /** Points to a release whose files are here and were proven; not where a later one came meanwhile. */
  async flip(id: string, release: number): Promise<void> {
    const record = await this.find(id);
    if (!record?.latest || offerIn(record.latest)?.release !== release) return;
    const { latest, current, previous } = record;
    const before = current && current.manifest !== latest.manifest ? current : previous;
    await this.#write({ id, latest, current: latest, ...(before && { previous: before }) });
  }

  /** Says why the latest is not used; what was in use stays. */
  async refuseLatest(id: string, reason: RefusalReason, detail: string): Promise<void> {
    const record = await this.find(id);
    const release = record?.latest && readRelease(record.latest.manifest);
    if (release) await this.#refuse(record, release, reason, detail);
  }

  /** The release where there is something to do for it. */
  async #takeOne(signed: SignedRelease, trusted: readonly string[]): Promise<ReleaseManifest | undefined> {
    const claim = v.safeParse(Claim, signed.manifest);
    // Without even the name of a pack there is nothing to be said of it.
    if (!claim.success) return undefined;
    const { id } = claim.output;
    const record = (await this.find(id)) ?? { id };
    const checked = await checkRelease(signed, trusted);
    if (!checked.ok) {
      await this.#refuse(record, claim.output, checked.kind);
      return undefined;
    }
    const release = checked.value;
    const had = record.latest && readRelease(record.latest.manifest);
    const isSame = record.latest?.manifest === signed.manifest;
    if (had && !isSame && release.release <= had.release) {
      await this.#refuse(record, claim.output, 'old-release');
      return undefined;
    }
    return release.kind === 'withdrawal'
      ? this.#withdraw(record, signed, release)
      : this.#note(record, signed, release);
  }

  async #withdraw(
    record: OfficeRecord,
    latest: SignedRelease,
    release: ReleaseManifest,
  ): Promise<ReleaseManifest | undefined> {
    if (record.latest?.manifest === latest.manifest && !record.refused) return undefined;
    await this.#write({ id: record.id, latest });
    return release;
  }

  async #note(
    record: OfficeRecord,
    latest: SignedRelease,
    release: ReleaseOffer,
  ): Promise<ReleaseManifest | undefined> {
    const { refused, ...rest } = record;
    const noted = { ...rest, latest };
    const isInUse = record.current?.manifest === latest.manifest;
    if (!isInUse && !isAtLeast(appVersion, release.minApp)) {
      await this.#refuse(noted, release, 'needs-newer-app', release.minApp);
      return undefined;
    }
    // A release that failed here fails again, unless a person asks for another try.
    const hasFailed = refused?.reason === 'self-test-failed' && refused.release === release.release;
    if (record.latest?.manifest !== latest.manifest || (refused && !hasFailed)) await this.#write(noted);
    return isInUse || hasFailed ? undefined : release;
  }

  async #refuse(
    record: OfficeRecord,
    { release, version }: { readonly release: number; readonly version?: string | undefined },
    reason: RefusalReason,
    detail?: string,
  ): Promise<void> {
    const { id, refused } = record;
    const isKnown = refused?.release === release && refused.reason === reason;
    await this.#write({
      ...record,
      refused: {
        ...{ id, release, reason, at: isKnown ? refused.at : Date.now() },
        ...(version !== undefined && { version }),
        ...(detail !== undefined && { detail }),
      },
    });
  }

  #write(record: OfficeRecord): Promise<void> {
    return keep(this.#url(record.id), JSON.stringify(record), 'application/json');
  }

  readonly #url = (id: string): string => `${this.#folder}${id}.json`;
}
