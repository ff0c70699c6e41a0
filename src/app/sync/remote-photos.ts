import type { Capture } from '../../../core/contract/records.ts';
import type { Sha256 } from '../../../core/contract/ids.ts';

/** Gives a photo's bytes, checked against their hash; undefined where they cannot be had now. */
export type FetchPhoto = (sha256: Sha256) => Promise<Blob | undefined>;

const CACHE = 'loupe-photos-elsewhere';
const MOST_BYTES = 200e6;
const AT_ONCE = 2;

/**
 * Photos that other devices took, or whose file is lost here: from the server when somebody looks at them. They are
 * kept as copies in the browser's cache, which may drop them; nothing here counts them as saved.
 */
export class RemotePhotos {
  readonly #fetch: FetchPhoto;
  /** With a PIN lock nothing is written that is not encrypted, and the cache is not. */
  readonly #mayKeep: () => boolean;
  readonly #coming = new Map<Sha256, Promise<Blob | undefined>>();
  #free = AT_ONCE;
  readonly #queue: (() => void)[] = [];

  constructor(fetch: FetchPhoto, mayKeep: () => boolean) {
    this.#fetch = fetch;
    this.#mayKeep = mayKeep;
  }

  async get({ sha256, mediaType }: Pick<Capture, 'sha256' | 'mediaType'>): Promise<Blob | undefined> {
    const coming = this.#coming.get(sha256) ?? this.#bring(sha256).finally(() => this.#coming.delete(sha256));
    this.#coming.set(sha256, coming);
    const photo = await coming;
    return photo?.slice(0, photo.size, mediaType);
  }

  async #bring(sha256: Sha256): Promise<Blob | undefined> {
    const kept = await copyOf(sha256);
    if (kept) return kept;
    if (this.#free === 0) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#free--;
    try {
      const photo = await this.#fetch(sha256);
      if (photo && this.#mayKeep()) await keepCopy(sha256, photo).catch(() => undefined);
      return photo;
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

const addressOf = (sha256: Sha256): string => `/photos-elsewhere/${sha256}`;

async function copyOf(sha256: Sha256): Promise<Blob | undefined> {
  // A context without a cache is one without copies.
  const caches = (globalThis as { readonly caches?: CacheStorage }).caches;
  const cache = await caches?.open(CACHE).catch(() => undefined);
  const found = await cache?.match(addressOf(sha256)).catch(() => undefined);
  if (!cache || !found) return undefined;
  const photo = await found.blob();
  if ((await hashOf(photo)) === sha256) return photo;
  await cache.delete(addressOf(sha256));
  return undefined;
}

/** The oldest go when there are too many. */
async function keepCopy(sha256: Sha256, photo: Blob): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.put(addressOf(sha256), new Response(photo, { headers: { 'X-Bytes': String(photo.size) } }));
  const all = [...(await cache.keys())].reverse();
  let bytes = 0;
  for (const request of all) {
    bytes += Number((await cache.match(request))?.headers.get('X-Bytes') ?? 0);
    if (bytes > MOST_BYTES) await cache.delete(request);
  }
}

export async function hashOf(photo: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await photo.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
