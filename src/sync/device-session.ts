import type { AppReport, AuthError, TokenAnswer, TokenRequest } from '../../core/contract/sync.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { ApiFailure } from './api-client.ts';
import { makeProof } from './dpop-proof.ts';

export type Headed = Readonly<Record<string, string>>;
/** Of whoever sends a request. proof: the device's key alone, for what comes before a token. */
export type Needs = 'token' | 'proof';

/** What a device keeps to prove who it is. */
export interface Credentials {
  key(): Promise<CryptoKeyPair | undefined>;
  refresh(): Promise<string | undefined>;
  /** On the disk before the tokens that came with it are used. */
  keepRefresh(refresh: string): Promise<void>;
}

export interface SessionDeps {
  readonly credentials: Credentials;
  readonly now: () => number;
  /** What is told of this app when the token is renewed. */
  readonly app?: (() => Promise<AppReport>) | undefined;
}

/** What a client asks of it. */
export type Signer = Pick<DeviceSession, 'needsToken' | 'headers' | 'heard' | 'renew'>;

type Renew = (request: TokenRequest) => Promise<Outcome<TokenAnswer, ApiFailure>>;

/** Renewed so long before its end, since requests take their time. */
const MARGIN_S = 30;

/**
 * This device as its server knows it. Nothing depends on its clock: the server gives a nonce to a clock that is off,
 * and says itself when an access token is too old.
 */
export class DeviceSession {
  readonly #deps: SessionDeps;
  #access: { readonly token: string; readonly until: number; readonly since: number } | undefined;
  #nonce: string | undefined;
  #renewing: Promise<Outcome<null, ApiFailure>> | undefined;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** Tokens that came with an enrolment. */
  begin({ access, expiresInS }: Pick<TokenAnswer, 'access' | 'expiresInS'>): void {
    const since = this.#deps.now();
    this.#access = { token: access, since, until: since + (expiresInS - MARGIN_S) * 1000 };
  }

  needsToken(): boolean {
    const now = this.#deps.now();
    // A clock that was set back says nothing; the server will.
    return !this.#access || now >= this.#access.until || now < this.#access.since;
  }

  async headers(method: string, url: string, needs: Needs): Promise<Outcome<Headed, ApiFailure>> {
    const key = await this.#deps.credentials.key();
    if (!key) return fail({ kind: 'signed-out' });
    const accessToken = needs === 'token' ? this.#access?.token : undefined;
    const { now } = this.#deps;
    const proof = await makeProof(key, { method, url, accessToken, nonce: this.#nonce, now: now() });
    return succeed({
      DPoP: proof,
      ...(accessToken !== undefined && { Authorization: `DPoP ${accessToken}` }),
    });
  }

  /** Takes in what a 401 said; true where the request is worth repeating. */
  heard(error: AuthError | undefined, nonce: string | undefined): boolean {
    if (error === 'use_dpop_nonce' && nonce !== undefined) this.#nonce = nonce;
    if (error === 'invalid_token') this.#access = undefined;
    return error !== undefined && error !== 'invalid_grant';
  }

  /** Whoever asks meanwhile gets the same one; so do other tabs, or they would spend one token twice. */
  renew(ask: Renew): Promise<Outcome<null, ApiFailure>> {
    this.#renewing ??= alone(() => this.#renew(ask)).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #renew(ask: Renew): Promise<Outcome<null, ApiFailure>> {
    const { credentials, app } = this.#deps;
    // Read under the lock: another tab may have a newer one.
    const refresh = await credentials.refresh();
    if (refresh === undefined) return fail({ kind: 'signed-out' });
    const report = await app?.();
    const answer = await ask({ refresh, ...(report && { app: report }) });
    if (!answer.ok) return answer;
    await credentials.keepRefresh(answer.value.refresh);
    this.begin(answer.value);
    return succeed(null);
  }
}

async function alone<Value>(work: () => Promise<Value>): Promise<Value> {
  // Node, in which tests run, has no locks.
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return work();
  return await navigator.locks.request('loupe-token', work);
}
