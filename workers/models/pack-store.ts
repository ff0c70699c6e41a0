import { ModelManifest, PackIndex, type ModelFile } from '../../core/contract/model-manifest.ts';
import { GoldenFile } from '../../core/contract/golden.ts';
import type { PackProgress, VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import {
  PACK_CACHE,
  downloadModelFile,
  fetchJson,
  keep,
  keptJson,
  messageOf,
  sha256,
  type FetchedJson,
} from './pack-files.ts';

type IndexEntry = PackIndex['packs'][number];

export interface Pack {
  readonly manifest: ModelManifest;
  /** Folder of the manifest; the pack's files lie beside it. */
  readonly folder: string;
  readonly state: 'available' | 'kept' | 'damaged';
  readonly keptBytes: number;
}

export interface PackStoreOptions {
  /** Absolute URL of the folder that holds index.json, with its closing slash. */
  readonly base: string;
  /** The files of a pack that this device runs. */
  readonly neededFiles: (manifest: ModelManifest) => readonly ModelFile[];
}

type Packed<Value> = Promise<Outcome<Value, VisionFailure>>;

/**
 * Model packs, kept in Cache Storage under their own URLs. A pack counts as kept once its `kept` record is
 * written, which is last; that record also names the version in use while a newer one is only offered.
 */
export class PackStore {
  readonly #options: PackStoreOptions;
  readonly #installs = new Map<string, Packed<Pack>>();

  constructor(options: PackStoreOptions) {
    this.#options = options;
  }

  /** The newest of each pack: from the network, else what was seen last. */
  async list(): Packed<readonly Pack[]> {
    const fetched = await fetchJson(this.#indexUrl, PackIndex);
    const kept = fetched.kind === 'found' ? fetched : await keptJson(this.#indexUrl, PackIndex);
    const index = this.#outcome('', kept.kind === 'found' ? kept : fetched);
    if (!index.ok) return index;
    const packs = await Promise.all(index.value.packs.map((entry) => this.#open(entry)));
    const readable = packs.flatMap((pack) => (pack.ok ? [pack.value] : []));
    const failed = packs.flatMap((pack) => (pack.ok ? [] : [pack]))[0];
    return readable.length === 0 && failed ? failed : succeed(readable);
  }

  /** The pack in use without asking the network, or else the offered one. */
  async find(id: string): Packed<Pack> {
    const kept = await this.#keptEntry(id);
    if (kept) {
      const pack = await this.#open(kept, 'kept first');
      if (pack.ok && pack.value.state === 'kept') return pack;
    }
    const offered = await this.#offered(id);
    return offered.ok ? this.#open(offered.value) : offered;
  }

  install(id: string, onProgress: (progress: PackProgress) => void): Packed<Pack> {
    const running = this.#installs.get(id);
    if (running) return running;
    const install = this.#install(id, onProgress).finally(() => this.#installs.delete(id));
    this.#installs.set(id, install);
    return install;
  }

  /** Re-hashes the kept files; those that fail are dropped and named. */
  async verify(id: string): Packed<Pack> {
    const kept = await this.#keptEntry(id);
    const pack = kept ? await this.#open(kept, 'kept first') : await this.find(id);
    if (!pack.ok) return pack;
    const bad: string[] = [];
    for (const file of this.#options.neededFiles(pack.value.manifest)) {
      if (!(await this.readModel(pack.value, file)).ok) bad.push(file.path);
    }
    if (bad.length === 0) return pack;
    return fail({ kind: 'pack-corrupt', modelId: id, file: bad.join(', '), detail: 'missing or changed' });
  }

  async remove(id: string): Promise<void> {
    const cache = await caches.open(PACK_CACHE);
    const folder = `${this.#options.base}${id}/`;
    await cache.delete(this.#keptUrl(id));
    const requests = await cache.keys();
    await Promise.all(
      requests.filter(({ url }) => url.startsWith(folder)).map((request) => cache.delete(request)),
    );
  }

  /** A kept file's bytes, hashed anew; a file that fails is dropped. */
  async readModel(pack: Pack, file: ModelFile): Packed<Uint8Array<ArrayBuffer>> {
    const url = pack.folder + file.path;
    const cache = await caches.open(PACK_CACHE);
    const corrupt = (detail: string) =>
      fail({ kind: 'pack-corrupt', modelId: pack.manifest.id, file: file.path, detail } as const);
    const response = await cache.match(url);
    if (!response) return corrupt('is not kept on this device');
    const bytes = await response.arrayBuffer().then(
      (buffer) => new Uint8Array(buffer),
      () => undefined,
    );
    if (bytes && bytes.byteLength === file.bytes && (await sha256(bytes)) === file.sha256) {
      return succeed(bytes);
    }
    await cache.delete(url);
    return corrupt('its SHA-256 is not the one in the manifest');
  }

  /** Fetches one file: one that went bad, or one that this device runs only when it is asked for. */
  async fetchModel(pack: Pack, file: ModelFile): Packed<Uint8Array<ArrayBuffer>> {
    const { id } = pack.manifest;
    const done = await downloadModelFile(id, pack.folder + file.path, file, () => undefined);
    return done.ok ? this.readModel(pack, file) : done;
  }

  async readGolden(pack: Pack): Packed<GoldenFile> {
    const url = pack.folder + pack.manifest.golden;
    const kept = await keptJson(url, GoldenFile);
    return this.#outcome(pack.manifest.id, kept.kind === 'found' ? kept : await fetchJson(url, GoldenFile));
  }

  async #install(id: string, onProgress: (progress: PackProgress) => void): Packed<Pack> {
    const entry = await this.#offered(id);
    if (!entry.ok) return entry;
    const pack = await this.#open(entry.value, 'kept first');
    if (!pack.ok || pack.value.state === 'kept') return pack;
    try {
      const failure = await this.#keepFiles(pack.value, onProgress);
      if (failure) return failure;
      await keep(this.#keptUrl(id), JSON.stringify({ packs: [entry.value] }), 'application/json');
    } catch (error) {
      return fail({ kind: 'pack-unavailable', modelId: id, detail: messageOf(error) });
    }
    await this.#dropOtherVersions(id, pack.value.folder);
    return this.#open(entry.value, 'kept first');
  }

  async #keepFiles(pack: Pack, onProgress: (progress: PackProgress) => void) {
    const { id } = pack.manifest;
    const needed = this.#options.neededFiles(pack.manifest);
    if (needed.length === 0) {
      return fail({ kind: 'pack-unavailable', modelId: id, detail: 'no file of it runs here' } as const);
    }
    const golden = await this.readGolden(pack);
    if (!golden.ok) return golden;
    for (const file of needed) {
      if ((await this.readModel(pack, file)).ok) continue;
      const done = await downloadModelFile(id, pack.folder + file.path, file, onProgress);
      if (!done.ok) return done;
    }
    return undefined;
  }

  async #dropOtherVersions(id: string, folder: string): Promise<void> {
    const cache = await caches.open(PACK_CACHE);
    const own = `${this.#options.base}${id}/`;
    for (const request of await cache.keys()) {
      if (request.url.startsWith(own) && !request.url.startsWith(folder)) await cache.delete(request);
    }
  }

  async #open(entry: IndexEntry, order: 'network first' | 'kept first' = 'network first'): Packed<Pack> {
    const url = new URL(entry.manifest, this.#options.base).href;
    const [first, second] = order === 'kept first' ? [keptJson, fetchJson] : [fetchJson, keptJson];
    const early = await first(url, ModelManifest);
    const found = early.kind === 'unreachable' ? await second(url, ModelManifest) : early;
    const manifest = this.#outcome(entry.id, found);
    if (!manifest.ok) return manifest;
    if (manifest.value.id !== entry.id || manifest.value.version !== entry.version) {
      const detail = `the manifest is of ${manifest.value.id} ${manifest.value.version}`;
      return fail({ kind: 'model-mismatch', modelId: entry.id, detail });
    }
    const folder = new URL('.', url).href;
    return succeed({ manifest: manifest.value, folder, ...(await this.#state(manifest.value, folder)) });
  }

  async #state(manifest: ModelManifest, folder: string): Promise<Pick<Pack, 'state' | 'keptBytes'>> {
    const cache = await caches.open(PACK_CACHE);
    const needed = this.#options.neededFiles(manifest);
    const present = await Promise.all(needed.map((file) => cache.match(folder + file.path)));
    const keptBytes = needed.reduce((sum, file, at) => sum + (present[at] ? file.bytes : 0), 0);
    const kept = await this.#keptEntry(manifest.id);
    if (kept?.version !== manifest.version) return { state: 'available', keptBytes };
    return { state: present.every(Boolean) ? 'kept' : 'damaged', keptBytes };
  }

  /** What `list` saw last; the network is asked only where nothing was seen yet. */
  async #offered(id: string): Packed<IndexEntry> {
    const seen = await keptJson(this.#indexUrl, PackIndex);
    const index = seen.kind === 'found' ? seen : await fetchJson(this.#indexUrl, PackIndex);
    if (index.kind !== 'found') return this.#outcome(id, index);
    const entry = index.value.packs.find((candidate) => candidate.id === id);
    if (entry) return succeed(entry);
    return fail({ kind: 'pack-unavailable', modelId: id, detail: 'this deployment does not offer it' });
  }

  async #keptEntry(id: string): Promise<IndexEntry | undefined> {
    const kept = await keptJson(this.#keptUrl(id), PackIndex);
    return kept.kind === 'found' ? kept.value.packs[0] : undefined;
  }

  get #indexUrl(): string {
    return `${this.#options.base}index.json`;
  }

  /** No file of the deployment has this address: the record is ours alone. */
  readonly #keptUrl = (id: string): string => `${this.#options.base}kept/${id}.json`;

  #outcome<Value>(modelId: string, found: FetchedJson<Value>): Outcome<Value, VisionFailure> {
    if (found.kind === 'found') return succeed(found.value);
    if (found.kind === 'unreachable') return fail({ kind: 'pack-unavailable', modelId, detail: found.detail });
    return fail({ kind: 'pack-corrupt', modelId, file: 'manifest', detail: found.detail });
  }
}
