import {
  readRelease,
  signedText,
  type PublisherKey,
  type RefusalReason,
  type ReleaseManifest,
  type SignedRelease,
} from '../../core/contract/release.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';

/** The release where one of the keys signed it; how it stands to what this device has had is not looked at. */
export async function checkRelease(
  { manifest, key, signature }: SignedRelease,
  trusted: readonly string[],
): Promise<Outcome<ReleaseManifest, { readonly kind: RefusalReason }>> {
  if (!trusted.includes(key)) return fail({ kind: 'unknown-key' });
  const isSigned = await isSignedBy(key, signature, signedText('release', manifest));
  if (isSigned !== true) return fail({ kind: isSigned === undefined ? 'cannot-check' : 'bad-signature' });
  const release = readRelease(manifest);
  return release ? succeed(release) : fail({ kind: 'unreadable' });
}

/**
 * The keys to pin from now on. Of the pinned ones those stay that the office still has, for it may take trust away but
 * not give it; another comes in only where one that is pinned endorsed it. Where none is pinned, those offered first.
 */
export async function trustedKeys(
  pinned: readonly string[],
  offered: readonly PublisherKey[],
): Promise<readonly string[]> {
  if (pinned.length === 0) return offered.map(({ key }) => key);
  const trusted = pinned.filter((key) => offered.some((one) => one.key === key));
  // An office that has none of them any more would be free to begin anew.
  if (trusted.length === 0) return pinned;
  for (let before = -1; before !== trusted.length;) {
    before = trusted.length;
    for (const { key, endorsement } of offered) {
      if (!endorsement || trusted.includes(key) || !trusted.includes(endorsement.by)) continue;
      if (await isSignedBy(endorsement.by, endorsement.signature, signedText('key', key))) trusted.push(key);
    }
  }
  return trusted;
}

/** Undefined where this browser does not know Ed25519. */
async function isSignedBy(key: string, signature: string, text: string): Promise<boolean | undefined> {
  const { subtle } = crypto;
  try {
    const publicKey = await subtle.importKey('raw', bytesOf(key), 'Ed25519', false, ['verify']);
    return await subtle.verify('Ed25519', publicKey, bytesOf(signature), new TextEncoder().encode(text));
  } catch (error) {
    return error instanceof DOMException && error.name === 'NotSupportedError' ? undefined : false;
  }
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
