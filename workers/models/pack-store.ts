import type { ModelFile, ModelManifest, PackPart } from '../../core/contract/model-manifest.ts';
import { GoldenFile } from '../../core/contract/golden.ts';
import type { SignedRelease } from '../../core/contract/release.ts';
import type { PackProgress, VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { partsOf } from '../../core/domain/pack-parts.ts';
import { AppPacks } from './app-packs.ts';
import { OfficeStore } from './office-store.ts';
import { PACK_CACHE, messageOf, outcomeOf, sha256 } from './pack-files.ts';
import type { OpenedPack } from './pack-origin.ts';

export interface Pack extends OpenedPack {
  readonly state: 'available' | 'kept' | 'damaged';
  readonly keptBytes: number;
  /** Of all files that this device runs by itself. */
  readonly neededBytes: number;
}

type Packed<Value> = Promise<Outcome<Value, VisionFailure>>;

/** A model as a runtime takes it. */
export interface ModelBytes {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly weights?: Uint8Array<ArrayBuffer>;
  readonly scout?: Uint8Array<ArrayBuffer>;
}

interface Install {
  readonly outcome: Packed<Pack>;
  readonly abort: AbortController;
}

export interface PackStoreOptions {
  /** Absolute URL of the folder that holds index.json, with its closing slash. */
  readonly base: string;
  /** The files of a pack that this device runs. */
  readonly neededFiles: (manifest: ModelManifest) => readonly ModelFile[];
}

/**
 * Model packs, kept in Cache Storage. One of the app counts as kept once its `kept` record is written, which is last;
 * that record also names the version in use while a newer one is only offered. What the office released stands in
 * the place of the app's own pack of that name, until the office withdraws it.
 */
export class PackStore {
  readonly office: OfficeStore;
  readonly #app: AppPacks;
  readonly #options: PackStoreOptions;
  readonly #installs = new Map<string, Install>();

  constructor(options: PackStoreOptions) {
    this.#options = options;
    this.office = new OfficeStore(options.base);
    this.#app = new AppPacks(options.base);
  }

  /** Each pack once: the office's release in use, or else the newest of the app. */
  async list(): Packed<readonly Pack[]> {
    const records = await this.office.records.all();
    const opened = await Promise.all(records.map(({ current }) => this.#opened(current)));
    const office = opened.flatMap((pack) => (pack?.ok ? [pack.value] : []));
    const app = await this.#listApp();
    if (!app.ok) return office.length > 0 ? succeed(office) : app;
    const own = app.value.map((pack) => office.find(({ manifest }) => manifest.id === pack.manifest.id) ?? pack);
    return succeed([...own, ...office.filter((pack) => !own.includes(pack))]);
  }

  async #listApp(): Packed<readonly Pack[]> {
    const entries = await this.#app.list();
    if (!entries.ok) return entries;
    const packs = await Promise.all(entries.value.map(async (entry) => this.#packOf(await this.#app.open(entry))));
    const readable = packs.flatMap((pack) => (pack.ok ? [pack.value] : []));
    const failed = packs.flatMap((pack) => (pack.ok ? [] : [pack]))[0];
    return readable.length === 0 && failed ? failed : succeed(readable);
  }

  /** The pack in use without asking the network, or else the offered one. */
  async find(id: string): Packed<Pack> {
    const released = await this.#opened((await this.office.records.find(id))?.current);
    if (released) return released;
    const kept = await this.#keptApp(id);
    if (kept) return kept;
    const offered = await this.#app.offered(id);
    return offered.ok ? this.#packOf(await this.#app.open(offered.value)) : offered;
  }

  /** What can run where the pack in use is broken and cannot be fetched: the office's release before, or the app's. */
  async spare(id: string): Promise<Outcome<Pack, VisionFailure> | undefined> {
    const before = await this.#opened((await this.office.records.find(id))?.previous);
    return before?.ok && before.value.state === 'kept' ? before : this.#keptApp(id);
  }

  /** The office's latest release, its files kept but nothing pointing to it yet; undefined where there is none. */
  async fetchLatest(
    id: string,
    onProgress: (progress: PackProgress) => void,
  ): Promise<Outcome<Pack, VisionFailure> | undefined> {
    return this.#fetchRelease((await this.office.records.find(id))?.latest, onProgress);
  }

  install(id: string, onProgress: (progress: PackProgress) => void): Packed<Pack> {
    const running = this.#installs.get(id);
    if (running) return running.outcome;
    const abort = new AbortController();
    const outcome = this.#install(id, onProgress, abort.signal).finally(() => this.#installs.delete(id));
    this.#installs.set(id, { outcome, abort });
    return outcome;
  }

  /** Files that are whole by then stay: the next `install` goes on from there. */
  cancelInstall(id: string): void {
    this.#installs.get(id)?.abort.abort();
  }

  /** Re-hashes the kept files; those that fail are dropped and named. */
  async verify(id: string): Packed<Pack> {
    const kept = await this.#app.kept(id);
    const released = await this.#opened((await this.office.records.find(id))?.current);
    const own = kept && (await this.#packOf(await this.#app.open(kept, 'kept first')));
    const pack = released ?? own ?? (await this.find(id));
    if (!pack.ok) return pack;
    const bad: string[] = [];
    for (const part of this.#neededParts(pack.value.manifest)) {
      if (!(await this.#readPart(pack.value, part)).ok) bad.push(part.path);
    }
    if (bad.length === 0) return pack;
    return fail({ kind: 'pack-corrupt', modelId: id, file: bad.join(', '), detail: 'missing or changed' });
  }

  async remove(id: string): Promise<void> {
    await this.office.removeModels(id);
    await this.#app.remove(id);
  }

  /** A kept model's bytes, hashed anew; a file that fails is dropped. */
  async readModel(pack: Pack, file: ModelFile): Packed<ModelBytes> {
    const read = async (part: PackPart | undefined) => (part ? this.#readPart(pack, part) : undefined);
    const model = await this.#readPart(pack, file);
    const weights = await read(file.weights);
    const scout = await read(file.scout);
    if (!model.ok) return model;
    if (weights && !weights.ok) return weights;
    if (scout && !scout.ok) return scout;
    return succeed({
      model: model.value,
      ...(weights && { weights: weights.value }),
      ...(scout && { scout: scout.value }),
    });
  }

  /** Fetches what is missing of a model: one that went bad, or one that this device runs only when asked to. */
  async fetchModel(
    pack: Pack,
    file: ModelFile,
    onProgress: (progress: PackProgress) => void,
  ): Packed<ModelBytes> {
    const failure = await this.#keepParts(pack, partsOf(file), onProgress);
    return failure ?? this.readModel(pack, file);
  }

  async #readPart(pack: Pack, file: PackPart): Packed<Uint8Array<ArrayBuffer>> {
    const url = pack.origin.urlOf(file.path);
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

  async readGolden(pack: Pack): Packed<GoldenFile> {
    const { manifest, origin } = pack;
    return outcomeOf(manifest.id, await origin.readJson(manifest.golden, GoldenFile));
  }

  /** A pack's CARD.md; undefined where it is not kept and not to be reached. */
  async readCard(id: string): Promise<string | undefined> {
    const packs = await this.list();
    const pack = packs.ok ? packs.value.find(({ manifest }) => manifest.id === id) : undefined;
    if (!pack) return undefined;
    const url = pack.origin.urlOf(pack.manifest.card);
    const kept = await (await caches.open(PACK_CACHE)).match(url);
    const found = kept ?? (pack.origin.offer ? undefined : await fetch(url).catch(() => undefined));
    return found?.ok ? found.text() : undefined;
  }

  async #install(
    id: string,
    onProgress: (progress: PackProgress) => void,
    signal: AbortSignal,
  ): Packed<Pack> {
    const { current } = (await this.office.records.find(id)) ?? {};
    const released = await this.#fetchRelease(current, onProgress, signal);
    if (released) return released;
    const entry = await this.#app.offered(id);
    if (!entry.ok) return entry;
    const known = await this.#packOf(await this.#app.open(entry.value, 'kept first'));
    if (!known.ok || known.value.state === 'kept') return known;
    // A manifest that named a wrong hash may have been mended since it was seen.
    const pack = await this.#packOf(await this.#app.open(entry.value));
    if (!pack.ok) return pack;
    try {
      const failure = await this.#keepFiles(pack.value, onProgress, signal);
      if (failure) return failure;
      await this.#app.noteKept(entry.value);
    } catch (error) {
      return fail({ kind: 'pack-unavailable', modelId: id, detail: messageOf(error) });
    }
    return this.#packOf(await this.#app.open(entry.value, 'kept first'));
  }

  async #keepFiles(pack: Pack, onProgress: (progress: PackProgress) => void, signal: AbortSignal) {
    const { id } = pack.manifest;
    const needed = this.#neededParts(pack.manifest);
    if (needed.length === 0) {
      return fail({ kind: 'pack-unavailable', modelId: id, detail: 'no file of it runs here' } as const);
    }
    const golden = await this.readGolden(pack);
    if (!golden.ok) return golden;
    return this.#keepParts(pack, needed, onProgress, signal);
  }

  /** The first failure; undefined where all parts are kept now. */
  async #keepParts(
    pack: Pack,
    parts: readonly PackPart[],
    onProgress: (progress: PackProgress) => void,
    signal?: AbortSignal,
  ) {
    for (const part of parts) {
      if ((await this.#readPart(pack, part)).ok) continue;
      const done = await pack.origin.fetchPart(part, onProgress, signal);
      if (!done.ok) return done;
    }
    return undefined;
  }

  #neededParts(manifest: ModelManifest): readonly PackPart[] {
    const parts = this.#options.neededFiles(manifest).flatMap(partsOf);
    // Models of one format share a scout.
    return parts.filter(({ path }, at) => parts.findIndex((other) => other.path === path) === at);
  }

  /** A release as a pack, whatever of it is here. */
  async #opened(signed: SignedRelease | undefined): Promise<Outcome<Pack, VisionFailure> | undefined> {
    const opened = await this.office.open(signed);
    return opened && this.#packOf(opened);
  }

  /** The same with all its files here. */
  async #fetchRelease(
    signed: SignedRelease | undefined,
    onProgress: (progress: PackProgress) => void,
    signal?: AbortSignal,
  ): Promise<Outcome<Pack, VisionFailure> | undefined> {
    const opened = await this.office.fetch(signed, onProgress, signal);
    const pack = opened && (await this.#packOf(opened));
    if (!pack?.ok) return pack;
    const abort = signal ?? new AbortController().signal;
    return (await this.#keepFiles(pack.value, onProgress, abort)) ?? this.#opened(signed);
  }

  async #packOf(opened: Outcome<OpenedPack, VisionFailure>): Packed<Pack> {
    return opened.ok ? succeed({ ...opened.value, ...(await this.#state(opened.value)) }) : opened;
  }

  /** The app's own pack where it is kept whole. */
  async #keptApp(id: string): Promise<Outcome<Pack, VisionFailure> | undefined> {
    const kept = await this.#app.kept(id);
    const pack = kept && (await this.#packOf(await this.#app.open(kept, 'kept first')));
    return pack?.ok && pack.value.state === 'kept' ? pack : undefined;
  }

  async #state({ manifest, origin }: OpenedPack): Promise<Omit<Pack, keyof OpenedPack>> {
    const cache = await caches.open(PACK_CACHE);
    const needed = this.#neededParts(manifest);
    const present = await Promise.all(needed.map(({ path }) => cache.match(origin.urlOf(path))));
    const keptBytes = needed.reduce((sum, file, at) => sum + (present[at] ? file.bytes : 0), 0);
    const neededBytes = needed.reduce((sum, file) => sum + file.bytes, 0);
    const isNoted = origin.offer
      ? present.some(Boolean)
      : (await this.#app.kept(manifest.id))?.version === manifest.version;
    const state = isNoted ? (present.every(Boolean) ? 'kept' : 'damaged') : 'available';
    return { state, keptBytes, neededBytes };
  }

}
