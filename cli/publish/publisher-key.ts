import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import {
  PublicKey,
  readRelease,
  signedText,
  type ReleaseManifest,
  type SignedRelease,
} from '../../core/contract/release.ts';
import { canonicalJson } from '../../core/domain/canonical-json.ts';
import { UsageError } from '../options.ts';

/** An Ed25519 key of a publisher; `publicKey` as base64url, as the server and devices know it. */
export class PublisherKey {
  readonly publicKey: string;
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = key;
    this.publicKey = publicKeyOf(key);
  }

  static make(): PublisherKey {
    return new PublisherKey(generateKeyPairSync('ed25519').privateKey);
  }

  /** Errors: throws UsageError where the file holds no Ed25519 key that the passphrase opens. */
  static async read(file: string, passphrase?: string): Promise<PublisherKey> {
    const pem = await readFile(file, 'utf8').catch(() => undefined);
    if (pem === undefined) throw new UsageError(`${file} cannot be read; --new-key ${file} makes a key`);
    try {
      const key = createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
      if (key.asymmetricKeyType === 'ed25519') return new PublisherKey(key);
    } catch (error) {
      throw new UsageError(`${file} is not opened: it is no key, or LOUPE_KEY_PASSPHRASE is not its own`, {
        cause: error,
      });
    }
    throw new UsageError(`${file} holds another kind of key than Ed25519`);
  }

  /** PKCS #8, readable by its owner alone, encrypted where there is a passphrase. Never over another file. */
  async save(file: string, passphrase?: string): Promise<void> {
    const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
    const pem = this.#key.export({ type: 'pkcs8', format: 'pem', ...cipher });
    await writeFile(file, pem, { mode: 0o600, flag: 'wx' });
  }

  release(manifest: ReleaseManifest): SignedRelease {
    const text = canonicalJson(manifest);
    return { manifest: text, key: this.publicKey, signature: this.#sign(signedText('release', text)) };
  }

  /** What lets devices that take this publisher's releases take another's too. */
  endorse(publicKey: string): string {
    return this.#sign(signedText('key', v.parse(PublicKey, publicKey)));
  }

  #sign(text: string): string {
    return sign(null, Buffer.from(text), this.#key).toString('base64url');
  }
}

/** A release that one of these keys signed; undefined where none of them did. */
export function trustedRelease(
  { manifest, key, signature }: SignedRelease,
  trusted: readonly string[],
): ReleaseManifest | undefined {
  if (!trusted.includes(key)) return undefined;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key };
  const text = Buffer.from(signedText('release', manifest));
  const isSigned = verify(
    null,
    text,
    createPublicKey({ key: jwk, format: 'jwk' }),
    Buffer.from(signature, 'base64url'),
  );
  return isSigned ? readRelease(manifest) : undefined;
}

const publicKeyOf = (key: KeyObject): string =>
  v.parse(v.object({ x: PublicKey }), createPublicKey(key).export({ format: 'jwk' })).x;
