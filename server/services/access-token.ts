import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose';
import * as v from 'valibot';
import { RecentlyUsed } from './recently-used.ts';
import type { TokenKeys } from './token-keys.ts';

export const ACCESS_LIFE_S = 10 * 60;
const [ISSUER, AUDIENCE, TYPE] = ['loupe', 'loupe-api', 'at+jwt'];
const ALGORITHM = 'HS256';

const Claims = v.object({
  sub: v.string(),
  tenant: v.string(),
  cnf: v.object({ jkt: v.string() }),
  nbf: v.number(),
  exp: v.number(),
});

export interface AccessClaims {
  readonly tenant: string;
  readonly device: string;
  /** Thumbprint of the key to whose owner it was given (RFC 9449, section 6.1). */
  readonly jkt: string;
}

export function makeAccessToken(
  keys: TokenKeys,
  { tenant, device, jkt }: AccessClaims,
  now: number,
): Promise<string> {
  const nowS = Math.floor(now / 1000);
  const { kid, secret } = keys.signing;
  return new SignJWT({ tenant, cnf: { jkt } })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(device)
    .setJti(randomBytes(9).toString('base64url'))
    .setIssuedAt(nowS)
    .setNotBefore(nowS)
    .setExpirationTime(nowS + ACCESS_LIFE_S)
    .sign(secret);
}

/** Tokens that were read lately, with the time for which they are good. */
const MOST_READ = 5000;
const read = new WeakMap<TokenKeys, RecentlyUsed<AccessClaims & Span>>();

interface Span {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** Undefined where it is not ours, not for us, not yet or no longer valid. */
export async function readAccessToken(
  keys: TokenKeys,
  token: string,
  now: number,
): Promise<AccessClaims | undefined> {
  const known = read.get(keys) ?? new RecentlyUsed(MOST_READ);
  read.set(keys, known);
  const before = known.get(token);
  if (before) return now / 1000 >= before.from && now / 1000 < before.until ? before : undefined;
  const claims = await verified(keys, token, now);
  if (claims) known.keep(token, claims);
  return claims;
}

async function verified(
  keys: TokenKeys,
  token: string,
  now: number,
): Promise<(AccessClaims & Span) | undefined> {
  const keyOf = ({ kid }: JWTHeaderParameters): Uint8Array => {
    const secret = keys.find(kid);
    if (!secret) throw new Error('signed by a key that is not ours');
    return secret;
  };
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'nbf', 'sub'],
      currentDate: new Date(now),
    });
    const { sub, tenant, cnf, nbf, exp } = v.parse(Claims, payload);
    return { tenant, device: sub, jkt: cnf.jkt, from: nbf, until: exp };
  } catch {
    return undefined;
  }
}
