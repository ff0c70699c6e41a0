import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, importJWK, jwtVerify, type CryptoKey, type JWTHeaderParameters } from 'jose';
import * as v from 'valibot';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { Nonces } from './nonces.ts';
import { RecentlyUsed } from './recently-used.ts';

/** How far a device's clock may be off before it needs a nonce. */
const CLOCK_S = 60;
const MOST_CHARACTERS = 4000;

const PublicKey = v.strictObject({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: v.string(),
  y: v.string(),
});
const Claims = v.object({
  jti: v.pipe(v.string(), v.minLength(8), v.maxLength(100)),
  htm: v.string(),
  htu: v.pipe(v.string(), v.url()),
  iat: v.number(),
  ath: v.optional(v.string()),
  nonce: v.optional(v.string()),
});

/** Keys that signed lately: importing one takes longer than a signature. */
const MOST_KEYS = 5000;
const known = new RecentlyUsed<{ readonly key: CryptoKey | Uint8Array; readonly jkt: string }>(MOST_KEYS);

/** A request that a proof has to be about. */
export interface Proven {
  readonly method: string;
  readonly url: string;
  /** Where the server is for its users; absent: wherever it was asked, behind whichever proxy. */
  readonly origin?: string | undefined;
  readonly accessToken?: string;
}

export interface Proof {
  /** Thumbprint of the key, RFC 7638. */
  readonly jkt: string;
  readonly jti: string;
}

export type ProofFailure = { readonly kind: 'invalid_dpop_proof' | 'use_dpop_nonce' };

/**
 * Checks a DPoP proof (RFC 9449, section 4.3), but for whether it was seen before. use_dpop_nonce: its time is not to be
 * believed without a nonce of ours.
 */
export async function readProof(
  header: string | undefined,
  proven: Proven,
  nonces: Nonces,
  now: number,
): Promise<Outcome<Proof, ProofFailure>> {
  if (header === undefined || header.length > MOST_CHARACTERS) return fail({ kind: 'invalid_dpop_proof' });
  let said: Claims;
  let jkt: string;
  try {
    const { payload, protectedHeader } = await jwtVerify(
      header,
      async (claimed) => (await keyIn(claimed)).key,
      {
        algorithms: ['ES256'],
        typ: 'dpop+jwt',
        // Its time is looked at below.
        currentDate: new Date(0),
      },
    );
    said = v.parse(Claims, payload);
    ({ jkt } = await keyIn(protectedHeader));
  } catch {
    return fail({ kind: 'invalid_dpop_proof' });
  }
  if (said.htm !== proven.method || !isAbout(said.htu, proven)) return fail({ kind: 'invalid_dpop_proof' });
  if (said.ath !== hashOf(proven.accessToken)) return fail({ kind: 'invalid_dpop_proof' });
  const isTimely =
    said.nonce === undefined ? Math.abs(now / 1000 - said.iat) <= CLOCK_S : nonces.isFresh(said.nonce, now);
  return isTimely ? succeed({ jkt, jti: said.jti }) : fail({ kind: 'use_dpop_nonce' });
}

/** The public key that a proof's header holds, with its thumbprint. Throws where it holds none. */
async function keyIn({ jwk }: JWTHeaderParameters): Promise<NonNullable<ReturnType<typeof known.get>>> {
  const parsed = v.parse(PublicKey, jwk);
  const name = `${parsed.x}.${parsed.y}`;
  const before = known.get(name);
  if (before) return before;
  const made = { key: await importJWK(parsed, 'ES256'), jkt: await calculateJwkThumbprint(parsed) };
  known.keep(name, made);
  return made;
}

type Claims = v.InferOutput<typeof Claims>;

function hashOf(accessToken: string | undefined): string | undefined {
  return accessToken === undefined ? undefined : createHash('sha256').update(accessToken).digest('base64url');
}

/** Behind a proxy the scheme that we see is not the one that the device sees; query and hash are not told. */
function isAbout(htu: string, { url, origin }: Proven): boolean {
  const [claimed, asked] = [new URL(htu), new URL(url)];
  if (claimed.pathname !== asked.pathname) return false;
  return origin === undefined ? claimed.host === asked.host : claimed.origin === origin;
}
