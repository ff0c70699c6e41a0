import { ModelManifest } from '../../core/contract/model-manifest.ts';
import type { SignedRelease } from '../../core/contract/release.ts';
import type { OfficePart, PackProgress, VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { partsOf } from '../../core/domain/pack-parts.ts';
import { misfitOfRelease } from '../../core/domain/release-fit.ts';
import { offerIn, OfficeRecords } from './office-records.ts';
import { keptJson, PACK_CACHE, sha256 } from './pack-files.ts';
import { officeOrigin, type OpenedPack } from './pack-origin.ts';

const MANIFEST = 'manifest.json';

/** What the office has given: its records, and the files of the releases in use, before them, and on their way. */
export class OfficeStore {
  readonly records: OfficeRecords;
  readonly #url: string;
  #part: OfficePart = () => Promise.resolve(undefined);

  /** `base` is the absolute URL of the folder of the packs. No pack's id begins with an underscore. */
  constructor(base: string) {
    this.#url = `${base}_office/`;
    this.records = new OfficeRecords(this.#url);
  }

  use(part: OfficePart): void {
    this.#part = part;
  }

  /** A release whose manifest is kept. It is hashed anew, and has to be what was signed. */
  async open(signed: SignedRelease | undefined): Promise<Outcome<OpenedPack, VisionFailure> | undefined> {
    const offer = offerIn(signed);
    if (!offer) return undefined;
    const origin = officeOrigin(offer, this.#url, this.#part);
    const corrupt = (detail: string) =>
      fail({ kind: 'pack-corrupt', modelId: offer.id, file: MANIFEST, detail } as const);
    const url = origin.urlOf(MANIFEST);
    if (!(await isKeptWhole(url))) return corrupt('is not kept on this device');
    const found = await keptJson(url, ModelManifest);
    if (found.kind !== 'found') return corrupt(found.detail);
    const misfit = misfitOfRelease(offer, found.value);
    return misfit === undefined ? succeed({ manifest: found.value, origin }) : corrupt(misfit);
  }

  /** The same once its small files are here: manifest, golden test and card. */
  async fetch(
    signed: SignedRelease | undefined,
    onProgress: (progress: PackProgress) => void,
    signal?: AbortSignal,
  ): Promise<Outcome<OpenedPack, VisionFailure> | undefined> {
    const offer = offerIn(signed);
    if (!offer) return undefined;
    const origin = officeOrigin(offer, this.#url, this.#part);
    const fetchOne = async (path: string) => {
      const part = offer.files.find((file) => file.path === path);
      return !part || (await isKeptWhole(origin.urlOf(path))) ? succeed(null) : origin.fetchPart(part, onProgress, signal);
    };
    const fetched = await fetchOne(MANIFEST);
    if (!fetched.ok) return fetched;
    const opened = await this.open(signed);
    if (!opened?.ok) return opened;
    for (const path of [opened.value.manifest.golden, opened.value.manifest.card]) {
      const done = await fetchOne(path);
      if (!done.ok) return done;
    }
    return opened;
  }

  /** Removes the weights of a pack's releases; what says how they are to be had stays. */
  async removeModels(id: string): Promise<void> {
    const { latest, current, previous } = (await this.records.find(id)) ?? {};
    const cache = await caches.open(PACK_CACHE);
    for (const signed of [latest, current, previous]) {
      const opened = await this.open(signed);
      if (!opened?.ok) continue;
      const { manifest, origin } = opened.value;
      for (const part of manifest.files.flatMap(partsOf)) await cache.delete(origin.urlOf(part.path));
    }
  }

  /** Removes files that no release in use, before it or to come has. */
  async sweep(): Promise<void> {
    const wanted = (await this.records.all())
      .flatMap(({ latest, current, previous }) => [latest, current, previous])
      .flatMap((signed) => offerIn(signed)?.files ?? []);
    const hashes = new Set<string>(wanted.map((file) => file.sha256));
    const cache = await caches.open(PACK_CACHE);
    for (const request of await cache.keys()) {
      const [, hash] = /\/_office\/(?:files|pieces)\/([0-9a-f]{64})/.exec(request.url) ?? [];
      const isOurs = request.url.startsWith(this.#url) && hash !== undefined;
      if (isOurs && !hashes.has(hash)) await cache.delete(request);
    }
  }
}

/** Whether a file lies under its hash and has it; one that was spoiled is dropped. */
async function isKeptWhole(url: string): Promise<boolean> {
  const cache = await caches.open(PACK_CACHE);
  const bytes = await (await cache.match(url))?.arrayBuffer().catch(() => undefined);
  if (bytes && url.endsWith(`/${await sha256(new Uint8Array(bytes))}`)) return true;
  await cache.delete(url);
  return false;
}
