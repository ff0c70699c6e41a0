import { ModelManifest, PackIndex } from '../../core/contract/model-manifest.ts';
import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { fetchJson, keep, keptJson, outcomeOf, PACK_CACHE } from './pack-files.ts';
import { appOrigin, type OpenedPack } from './pack-origin.ts';

export type IndexEntry = PackIndex['packs'][number];
type Answer<Value> = Promise<Outcome<Value, VisionFailure>>;

/** The packs that the app's own origin offers, and which version of each is kept; all under their own URLs. */
export class AppPacks {
  readonly #base: string;

  /** `base` is the absolute URL of the folder that holds index.json, with its closing slash. */
  constructor(base: string) {
    this.#base = base;
  }

  /** From the network, else what was seen last. */
  async list(): Answer<readonly IndexEntry[]> {
    const fetched = await fetchJson(this.#indexUrl, PackIndex);
    const kept = fetched.kind === 'found' ? fetched : await keptJson(this.#indexUrl, PackIndex);
    const index = outcomeOf('', kept.kind === 'found' ? kept : fetched);
    return index.ok ? succeed(index.value.packs) : index;
  }

  /** What `list` saw last; the network is asked only where nothing was seen yet. */
  async offered(id: string): Answer<IndexEntry> {
    const seen = await keptJson(this.#indexUrl, PackIndex);
    const index = seen.kind === 'found' ? seen : await fetchJson(this.#indexUrl, PackIndex);
    if (index.kind !== 'found') return outcomeOf(id, index);
    const entry = index.value.packs.find((candidate) => candidate.id === id);
    if (entry) return succeed(entry);
    return fail({ kind: 'pack-unavailable', modelId: id, detail: 'this deployment does not offer it' });
  }

  async open(
    entry: IndexEntry,
    order: 'network first' | 'kept first' = 'network first',
  ): Answer<OpenedPack> {
    const url = new URL(entry.manifest, this.#base).href;
    const [first, second] = order === 'kept first' ? [keptJson, fetchJson] : [fetchJson, keptJson];
    const early = await first(url, ModelManifest);
    const found = early.kind === 'unreachable' ? await second(url, ModelManifest) : early;
    const manifest = outcomeOf(entry.id, found);
    if (!manifest.ok) return manifest;
    if (manifest.value.id !== entry.id || manifest.value.version !== entry.version) {
      const detail = `the manifest is of ${manifest.value.id} ${manifest.value.version}`;
      return fail({ kind: 'model-mismatch', modelId: entry.id, detail });
    }
    return succeed({ manifest: manifest.value, origin: appOrigin(entry.id, new URL('.', url).href) });
  }

  /** The version that is kept. */
  async kept(id: string): Promise<IndexEntry | undefined> {
    const kept = await keptJson(this.#keptUrl(id), PackIndex);
    return kept.kind === 'found' ? kept.value.packs[0] : undefined;
  }

  /** From now on this version counts as kept; others go. */
  async noteKept(entry: IndexEntry): Promise<void> {
    await keep(this.#keptUrl(entry.id), JSON.stringify({ packs: [entry] }), 'application/json');
    const folder = new URL('.', new URL(entry.manifest, this.#base)).href;
    await this.#drop(entry.id, (url) => !url.startsWith(folder));
  }

  async remove(id: string): Promise<void> {
    await (await caches.open(PACK_CACHE)).delete(this.#keptUrl(id));
    await this.#drop(id, () => true);
  }

  async #drop(id: string, which: (url: string) => boolean): Promise<void> {
    const cache = await caches.open(PACK_CACHE);
    const own = `${this.#base}${id}/`;
    for (const request of await cache.keys()) {
      if (request.url.startsWith(own) && which(request.url)) await cache.delete(request);
    }
  }

  get #indexUrl(): string {
    return `${this.#base}index.json`;
  }

  /** No file of the deployment has this address: the record is ours alone. */
  readonly #keptUrl = (id: string): string => `${this.#base}kept/${id}.json`;
}
