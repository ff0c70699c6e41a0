import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import * as oidc from 'openid-client';
import * as v from 'valibot';
import { Roles, type Role } from '../../core/contract/roles.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { TokenKeys } from './token-keys.ts';

/** A person has so long to sign in at the provider. */
const LOGIN_LIFE_S = 10 * 60;

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, with PKCE alone. */
  readonly clientSecret?: string | undefined;
  /** The claim that says what somebody is. */
  readonly claim: string;
  /** Roles by a value of that claim. Who has none of the values is not let in. */
  readonly roles: ReadonlyMap<string, readonly Role[]>;
  /** Plain HTTP to the provider; for tests. */
  readonly isInsecure?: boolean;
}

/** `inspectors=technician,leads=reviewer+admin`. Throws with what is wrong with it. */
export function parseRoleMap(text: string): ReadonlyMap<string, readonly Role[]> {
  return new Map(
    text.split(',').map((one) => {
      const [value = '', roles = ''] = one.split('=').map((part) => part.trim());
      const parsed = v.safeParse(Roles, roles.split('+'));
      if (value === '' || !parsed.success) throw new Error(`LOUPE_OIDC_ROLES: ${one} is no value=role+role`);
      return [value, parsed.output] as const;
    }),
  );
}

/** From the environment; undefined where the company has no provider. */
export function oidcSettings(environment: NodeJS.ProcessEnv): OidcSettings | undefined {
  const issuer = environment['LOUPE_OIDC_ISSUER'];
  if (!issuer) return undefined;
  const clientId = environment['LOUPE_OIDC_CLIENT_ID'];
  if (!clientId || !environment['LOUPE_ORIGIN']) {
    throw new Error('LOUPE_OIDC_ISSUER wants LOUPE_OIDC_CLIENT_ID and LOUPE_ORIGIN beside it');
  }
  return {
    issuer,
    clientId,
    clientSecret: environment['LOUPE_OIDC_CLIENT_SECRET'],
    claim: environment['LOUPE_OIDC_CLAIM'] ?? 'groups',
    roles: parseRoleMap(environment['LOUPE_OIDC_ROLES'] ?? ''),
  };
}

const Login = v.object({ verifier: v.string(), nonce: v.string(), jkt: v.string() });
const Person = v.object({ sub: v.string(), name: v.optional(v.string()), email: v.optional(v.string()) });

export interface SignedIn {
  readonly roles: readonly Role[];
  readonly person: string;
  /** Thumbprint of the key of the browser that began. */
  readonly jkt: string;
}
export type OidcFailure =
  | { readonly kind: 'unreached' }
  /** The provider said no, or what came back is not what was begun. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'no-role'; readonly person: string };

/**
 * Sign-in at the company's own provider: code flow with PKCE and nonce. What a login has to remember travels in its
 * `state`, encrypted, so that any node takes it up and no cookie is needed; it names the browser's key, so that a
 * finished login is worth nothing in another browser.
 */
export class Oidc {
  readonly #settings: OidcSettings;
  readonly #origin: string;
  readonly #secret: Uint8Array;
  #found: Promise<oidc.Configuration> | undefined;

  constructor(settings: OidcSettings, origin: string, keys: TokenKeys) {
    this.#settings = settings;
    this.#origin = origin;
    this.#secret = new Uint8Array(hkdfSync('sha256', keys.signing.secret, '', 'oidc state', 32));
  }

  /** Where a browser with this key is sent. */
  async start(jkt: string, now: number): Promise<Outcome<string, OidcFailure>> {
    const provider = await this.#provider();
    if (!provider) return fail({ kind: 'unreached' });
    const login = { verifier: oidc.randomPKCECodeVerifier(), nonce: oidc.randomNonce(), jkt };
    const state = await new EncryptJWT(login)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(Math.floor(now / 1000) + LOGIN_LIFE_S)
      .encrypt(this.#secret);
    const url = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: `${this.#origin}/v1/oidc/callback`,
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(login.verifier),
      code_challenge_method: 'S256',
      state,
      nonce: login.nonce,
    });
    return succeed(url.href);
  }

  /** Who came back. `query` with its question mark, as the provider sent the browser here. */
  async finish(query: string, now: number): Promise<Outcome<SignedIn, OidcFailure>> {
    const state = new URLSearchParams(query).get('state') ?? '';
    const login = await this.#opened(state, now);
    if (!login) return fail({ kind: 'refused' });
    const provider = await this.#provider();
    if (!provider) return fail({ kind: 'unreached' });
    let claims: Record<string, unknown>;
    try {
      const tokens = await oidc.authorizationCodeGrant(
        provider,
        new URL(`${this.#origin}/v1/oidc/callback${query}`),
        { pkceCodeVerifier: login.verifier, expectedState: state, expectedNonce: login.nonce },
      );
      claims = { ...tokens.claims() };
    } catch {
      return fail({ kind: 'refused' });
    }
    const { sub, name, email } = v.parse(Person, claims);
    const person = name ?? email ?? sub;
    const roles = this.#rolesOf(claims[this.#settings.claim]);
    return roles.length > 0 ? succeed({ roles, person, jkt: login.jkt }) : fail({ kind: 'no-role', person });
  }

  async #opened(state: string, now: number): Promise<v.InferOutput<typeof Login> | undefined> {
    try {
      const { payload } = await jwtDecrypt(state, this.#secret, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        currentDate: new Date(now),
        requiredClaims: ['exp'],
      });
      return v.parse(Login, payload);
    } catch {
      return undefined;
    }
  }

  #rolesOf(value: unknown): readonly Role[] {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const roles = values.flatMap((one) =>
      typeof one === 'string' ? (this.#settings.roles.get(one) ?? []) : [],
    );
    return [...new Set(roles)];
  }

  /** Asked once; a provider that could not be reached is asked again. */
  async #provider(): Promise<oidc.Configuration | undefined> {
    const { issuer, clientId, clientSecret, isInsecure } = this.#settings;
    const authentication = clientSecret === undefined ? oidc.None() : undefined;
    this.#found ??= oidc.discovery(new URL(issuer), clientId, clientSecret, authentication, {
      // Deprecated by its authors so that nobody uses it unawares.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      execute: isInsecure ? [oidc.allowInsecureRequests] : [],
      timeout: 10,
    });
    try {
      return await this.#found;
    } catch {
      this.#found = undefined;
      return undefined;
    }
  }
}
