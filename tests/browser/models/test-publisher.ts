import type { Sha256 } from '../../../core/contract/ids.ts';
import { signedText, type PublisherKey, type ReleaseManifest, type SignedRelease } from '../../../core/contract/release.ts';
import type { OfficePart } from '../../../core/contract/vision-worker.ts';
import { canonicalJson } from '../../../core/domain/canonical-json.ts';
import { sha256 } from '../../../workers/models/pack-files.ts';
import manifest from '../../fixtures/packs/tiny-squares/1.0.0/manifest.json';

const TINY = '/tests/fixtures/packs/tiny-squares/1.0.0/';
export const ID = 'tiny-squares';

/** An Ed25519 key that signs, as `npm run publish-pack` does. */
export class TestPublisher {
  readonly key: string;
  readonly #pair: CryptoKeyPair;

  private constructor(pair: CryptoKeyPair, key: string) {
    this.#pair = pair;
    this.key = key;
  }

  static async make(): Promise<TestPublisher> {
    const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    return new TestPublisher(pair, base64url(await crypto.subtle.exportKey('raw', pair.publicKey)));
  }

  async release(release: ReleaseManifest): Promise<SignedRelease> {
    const text = canonicalJson(release);
    return { manifest: text, key: this.key, signature: await this.#sign(signedText('release', text)) };
  }

  async endorse(key: string): Promise<PublisherKey> {
    return { key, endorsement: { by: this.key, signature: await this.#sign(signedText('key', key)) } };
  }

  async #sign(text: string): Promise<string> {
    return base64url(await crypto.subtle.sign('Ed25519', this.#pair.privateKey, new TextEncoder().encode(text)));
  }
}

const base64url = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

type Offer = Extract<ReleaseManifest, { readonly kind: 'offer' }>;

/** An office that has files by their hashes, and counts what is asked of it. */
export class TestOffice {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly asked: string[] = [];
  isReachable = true;

  readonly part: OfficePart = async (hash: Sha256, first, last) => {
    this.asked.push(`${hash} ${first}`);
    return this.isReachable ? this.files.get(hash)?.slice(first, last + 1) : undefined;
  };

  /** The tiny pack as another version, its files brought. `change` is made to its manifest. */
  async offer(version: string, release: number, change: object = {}, more: Partial<Offer> = {}): Promise<Offer> {
    const own = new TextEncoder().encode(JSON.stringify({ ...manifest, version, ...change }));
    const parts = manifest.files.flatMap((file) => ('weights' in file ? [file, file.weights] : [file]));
    const paths = [...new Set(['golden.json', 'CARD.md', ...parts.map(({ path }) => path)])];
    const files = [await this.#bring('manifest.json', own)];
    for (const path of paths) {
      const response = await fetch(TINY + path);
      files.push(await this.#bring(path, new Uint8Array(await response.arrayBuffer())));
    }
    const { id, minApp } = manifest;
    return { kind: 'offer', schema: 1, id, release, issuedAt: 1, version, minApp, files, ...more };
  }

  async #bring(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Offer['files'][number]> {
    const hash = await sha256(bytes);
    this.files.set(hash, bytes);
    return { path, sha256: hash as Sha256, bytes: bytes.byteLength };
  }
}

export const withdrawal = (release: number): ReleaseManifest => ({
  ...{ kind: 'withdrawal', schema: 1, id: ID, release, issuedAt: 1 },
});
