import * as v from 'valibot';
import { fromBase64, toBase64 } from './sealed-journal.ts';
import type { SentinelPlace } from './sentinels.ts';

/** The data key, wrapped by a key that is derived from a secret (PBKDF2, HMAC-SHA-256). */
const Wrapped = v.object({
  salt: v.string(),
  iterations: v.pipe(v.number(), v.integer(), v.minValue(1)),
  iv: v.string(),
  key: v.string(),
});
type Wrapped = v.InferOutput<typeof Wrapped>;

/**
 * Lies beside what it locks, in the open: without a secret it opens nothing. `sealing` and `opening` say that
 * some is still plain, or still sealed; both go on at the next start.
 * Versions: 1 first form.
 */
export const VaultHeader = v.object({
  version: v.literal(1),
  /** Grows with every change: of two places that disagree, the higher one is right. */
  generation: v.number(),
  state: v.picklist(['sealing', 'sealed', 'opening']),
  pin: Wrapped,
  rescue: Wrapped,
});
export type VaultHeader = v.InferOutput<typeof VaultHeader>;

/** OWASP's floor for PBKDF2-HMAC-SHA256 (Password Storage Cheat Sheet, 2023). */
export const LEAST_ITERATIONS = 600_000;
const MOST_ITERATIONS = 10_000_000;
/** What one try may cost on this device: a person hardly waits, a guesser does. */
const TARGET_MS = 700;
const PROBE_ITERATIONS = 50_000;

/** As many as this device does in the time aimed at, never fewer than the floor. */
export async function measuredIterations(now: () => number): Promise<number> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const start = now();
  await wrappingKey('probe', salt, PROBE_ITERATIONS);
  const perMs = PROBE_ITERATIONS / Math.max(1, now() - start);
  return Math.round(Math.min(MOST_ITERATIONS, Math.max(LEAST_ITERATIONS, perMs * TARGET_MS)));
}

/** Extractable, as wrapping wants it; it is dropped once it is wrapped, and opened again as one that is not. */
export const newDataKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);

export async function wrap(key: CryptoKey, secret: string, iterations: number): Promise<Wrapped> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapping = await wrappingKey(secret, salt, iterations);
  const wrapped = await crypto.subtle.wrapKey('raw', key, wrapping, { name: 'AES-GCM', iv });
  return {
    salt: toBase64(salt),
    iterations,
    iv: toBase64(iv),
    key: toBase64(new Uint8Array(wrapped)),
  };
}

/** Undefined where the secret is another one. Extractable only to be wrapped anew. */
export async function unwrap(
  { salt, iterations, iv, key }: Wrapped,
  secret: string,
  isExtractable = false,
): Promise<CryptoKey | undefined> {
  const [saltBytes, ivBytes, keyBytes] = [salt, iv, key].map(fromBase64);
  if (!saltBytes || !ivBytes || !keyBytes) return undefined;
  const wrapping = await wrappingKey(secret, saltBytes, iterations);
  return crypto.subtle
    .unwrapKey('raw', keyBytes, wrapping, { name: 'AES-GCM', iv: ivBytes }, 'AES-GCM', isExtractable, [
      'encrypt',
      'decrypt',
    ])
    .catch(() => undefined);
}

async function wrappingKey(
  secret: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret.normalize('NFKC'));
  const material = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['wrapKey', 'unwrapKey'],
  );
}

/** Crockford's letters: none is taken for another. 25 of them hold 125 random bits, which no one guesses. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LETTERS = 25;

export function newRescueCode(): string {
  const random = crypto.getRandomValues(new Uint8Array(CODE_LETTERS));
  const code = Array.from(random, (byte) => LETTERS[byte % LETTERS.length]).join('');
  return code.replace(/(.{5})(?=.)/g, '$1-');
}

/** As it was written down: without dashes and blanks, small or large, O for 0, I and L for 1. */
export const plainCode = (code: string): string =>
  code
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');

/** Kept more than once: without it all that is sealed is lost. */
export class VaultHeaders {
  readonly #places: readonly SentinelPlace[];

  constructor(places: readonly SentinelPlace[]) {
    this.#places = places;
  }

  /** The newest; a place that lacks it or lags behind is set right. */
  async read(): Promise<VaultHeader | undefined> {
    const texts = await Promise.all(this.#places.map((place) => place.read().catch(() => undefined)));
    const headers = texts.map(parseHeader);
    const newest = headers
      .filter((header) => header !== undefined)
      .sort((a, b) => b.generation - a.generation)[0];
    const isAgreed = headers.every((header) => header?.generation === newest?.generation);
    if (newest && !isAgreed) await this.write(newest).catch(() => undefined);
    return newest;
  }

  /** Rejects unless every place holds it: a key that can be lost must not seal anything. */
  async write(header: VaultHeader): Promise<void> {
    const text = JSON.stringify(header);
    for (const place of this.#places) {
      await place.write(text);
      if ((await place.read()) !== text) throw new Error('the lock’s header reads back differently');
    }
  }

  async remove(): Promise<void> {
    for (const place of this.#places) await place.write('');
  }
}

function parseHeader(text: string | undefined): VaultHeader | undefined {
  if (text === undefined || text === '') return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), VaultHeader), text);
  return parsed.success ? parsed.output : undefined;
}
