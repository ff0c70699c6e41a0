import type { AppReport, TokenAnswer } from '../../core/contract/sync.ts';
import { PROTOCOL } from '../../core/contract/sync.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { audit } from '../repositories/audit.ts';
import type { Database, Sql } from '../repositories/database.ts';
import { deviceOf, noteSeen, revokeDevice, type Device } from '../repositories/devices.ts';
import { addRefreshToken, forgetRefreshTokens, refreshTokenOf } from '../repositories/refresh-tokens.ts';
import { forgetProofs, noteProof } from '../repositories/seen-proofs.ts';
import { ACCESS_LIFE_S, makeAccessToken, readAccessToken } from './access-token.ts';
import { readProof, type Proof, type ProofFailure, type Proven } from './dpop-proof.ts';
import type { Identity } from './identity.ts';
import { Nonces } from './nonces.ts';
import { hashOf, newSecret } from './secrets.ts';
import type { TokenKeys } from './token-keys.ts';

/** Within this time an old refresh token is taken again: two tabs may use it at once. */
const GRACE_MS = 60 * 1000;
const REMEMBERED_MS = 90 * 24 * 60 * 60 * 1000;
/** Longer than a proof can be good: as long as its nonce before and after our time. */
const PROOF_MEMORY_MS = 11 * 60 * 1000;
/** Old proofs are forgotten at every so many-th. */
const PROOFS_A_TIDYING = 500;

export interface SessionParts {
  readonly database: Database;
  readonly now: () => number;
  readonly keys: TokenKeys;
  /** Where the server is for its users, such as `https://loupe.example`; see `Proven`. */
  readonly origin?: string | undefined;
}

export type SessionFailure = ProofFailure | { readonly kind: 'invalid_token' };
type Tokens = Omit<TokenAnswer, 'protocol'>;

/** Who is signed in: checks proofs and tokens, and gives out the next ones. */
export class Sessions {
  readonly nonces: Nonces;
  readonly #parts: SessionParts;
  #proofs = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.nonces = new Nonces(parts.keys);
  }

  /** The key behind a request that needs no token. Each proof is good once. */
  async proven(header: string | undefined, request: Proven): Promise<Outcome<Proof, ProofFailure>> {
    const proof = await this.#read(header, request);
    if (!proof.ok) return proof;
    const isNew = await this.#note((sql) => this.#isNew(sql, proof.value));
    return isNew ? proof : fail({ kind: 'invalid_dpop_proof' });
  }

  /** On whose behalf a request comes. What a device may do is read anew each time: it may be revoked meanwhile. */
  async identity(
    accessToken: string | undefined,
    header: string | undefined,
    request: Proven,
  ): Promise<Outcome<Identity, SessionFailure>> {
    const { now, keys } = this.#parts;
    if (accessToken === undefined) return fail({ kind: 'invalid_token' });
    const claims = await readAccessToken(keys, accessToken, now());
    if (!claims) return fail({ kind: 'invalid_token' });
    const proof = await this.#read(header, { ...request, accessToken });
    if (!proof.ok) return proof;
    const [isNew, device] = await this.#note((sql) =>
      Promise.all([this.#isNew(sql, proof.value), deviceOf(sql, claims.tenant, claims.device)]),
    );
    if (!isNew || proof.value.jkt !== claims.jkt) return fail({ kind: 'invalid_dpop_proof' });
    if (!device || device.jkt !== claims.jkt) return fail({ kind: 'invalid_token' });
    const { tenant, id, person, roles } = device;
    return succeed({ tenant, device: id, person, roles });
  }

  #read(header: string | undefined, request: Proven): Promise<Outcome<Proof, ProofFailure>> {
    const { now, origin } = this.#parts;
    return readProof(header, { ...request, origin }, this.nonces, now());
  }

  /** A proof that was seen within the last second before a power cut may be good once more. */
  #note<Value>(body: (sql: Sql) => Promise<Value>): Promise<Value> {
    return this.#parts.database.write(body, { mayBeLost: true });
  }

  async #isNew(sql: Sql, proof: Proof): Promise<boolean> {
    const { now } = this.#parts;
    if (++this.#proofs % PROOFS_A_TIDYING === 0) await forgetProofs(sql, now());
    return noteProof(sql, proof, now() + PROOF_MEMORY_MS);
  }

  /** The first tokens of a device, in the transaction that enrols it. */
  async begin(sql: Sql, device: Device, jkt: string): Promise<Tokens> {
    return this.#issue(sql, device, jkt, undefined);
  }

  /**
   * The next tokens for a refresh token. One that was exchanged before is taken again while nobody has used what
   * it was exchanged for, since then the answer may have been lost, however long ago; otherwise there are two
   * who hold it, and the device is shut out.
   */
  async renew(
    refresh: string,
    jkt: string,
    app: AppReport | undefined,
  ): Promise<Outcome<TokenAnswer, { readonly kind: 'invalid_grant' }>> {
    const { database, now } = this.#parts;
    return database.write(async (sql) => {
      const replaces = hashOf(refresh);
      const token = await refreshTokenOf(sql, replaces);
      const device = token && (await deviceOf(sql, token.tenant, token.device));
      if (!device || device.jkt !== jkt) return fail({ kind: 'invalid_grant' });
      const isGraced = token.replacedAt === null || now() - token.replacedAt <= GRACE_MS;
      if (!isGraced && token.isSuccessorUsed) {
        await this.#shutOut(sql, device);
        return fail({ kind: 'invalid_grant' });
      }
      await noteSeen(sql, device, app, now());
      await forgetRefreshTokens(sql, device.tenant, device.id, now() - REMEMBERED_MS);
      return succeed({ protocol: PROTOCOL, ...(await this.#issue(sql, device, jkt, replaces)) });
    });
  }

  async #shutOut(sql: Sql, { tenant, id, person }: Device): Promise<void> {
    const now = this.#parts.now();
    await revokeDevice(sql, tenant, id, now);
    await audit(sql, { tenant, device: id, person }, { action: 'refresh-reused', subject: id, now });
  }

  async #issue(sql: Sql, device: Device, jkt: string, replaces: string | undefined): Promise<Tokens> {
    const { keys, now } = this.#parts;
    const { tenant, id, roles, person } = device;
    const refresh = newSecret();
    const replacing = replaces === undefined ? {} : { replaces };
    await addRefreshToken(sql, { tenant, device: id, tokenHash: hashOf(refresh), now: now(), ...replacing });
    const access = await makeAccessToken(keys, { tenant, device: id, jkt }, now());
    return { access, expiresInS: ACCESS_LIFE_S, refresh, roles, person };
  }
}

/** What routes ask of it. Tests of other things put a cheaper one in its place. */
export type SessionDoor = Pick<Sessions, 'nonces' | 'proven' | 'identity' | 'begin' | 'renew'>;
