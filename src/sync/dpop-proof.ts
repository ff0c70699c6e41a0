export interface ProofFor {
  readonly method: string;
  /** Whole; query and hash are left out of the proof. */
  readonly url: string;
  readonly accessToken?: string | undefined;
  /** The server's, where it gave one. */
  readonly nonce?: string | undefined;
  /** Ms since the epoch by this device's clock. */
  readonly now: number;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** The key by which a server knows this device. It cannot be read out, only used. */
export const newDeviceKey = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);

/**
 * Proof that a request comes from the owner of a key: a DPoP JWT, RFC 9449 section 4.2. By hand, since a library
 * for JWTs weighs more than all the rest of what syncs.
 */
export async function makeProof(key: CryptoKeyPair, proof: ProofFor): Promise<string> {
  const { method, url, accessToken, nonce, now } = proof;
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', key.publicKey);
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
  const { origin, pathname } = new URL(url);
  const claims = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: origin + pathname,
    iat: Math.floor(now / 1000),
    ...(accessToken !== undefined && { ath: await hashOf(accessToken) }),
    ...(nonce !== undefined && { nonce }),
  };
  const said = `${encoded(JSON.stringify(header))}.${encoded(JSON.stringify(claims))}`;
  const bytes = new TextEncoder().encode(said);
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, bytes);
  return `${said}.${base64url(new Uint8Array(signature))}`;
}

/** Names a key. Source: RFC 7638. */
export async function thumbprint({ publicKey }: CryptoKeyPair): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return hashOf(JSON.stringify({ crv, kty, x, y }));
}

async function hashOf(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}

const encoded = (text: string): string => base64url(new TextEncoder().encode(text));

function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
