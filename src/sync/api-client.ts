import * as v from 'valibot';
import {
  ChangesPage,
  EnrolAnswer,
  KnownAnswer,
  PROTOCOL,
  Problem,
  PushAnswer,
  ReceiptsAnswer,
  TokenAnswer,
  type AuthError,
  type EnrolRequest,
  type SentOperation,
  type TokenRequest,
} from '../../core/contract/sync.ts';
import { ReleasesAnswer } from '../../core/contract/publishing.ts';
import type { Operation } from '../../core/contract/operation.ts';
import { authError } from './auth-error.ts';
import type { Headed, Needs, Signer } from './device-session.ts';
import { PATIENCE_MS, wholeAnswer, type Answer } from './whole-answer.ts';
import type { Sha256 } from '../../core/contract/ids.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';

export type ApiFailure =
  /** No answer, or one that is not our server's: a captive portal, a proxy, a cut line. Try again later. */
  | {
      readonly kind: 'unreached';
      readonly retryAfterMs: number;
      readonly status: number | undefined;
      /** A page for people came in place of an answer. */
      readonly isPage?: boolean;
    }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'too-old' }
  | { readonly kind: 'too-large' }
  /** The server's own word, which trying again does not change. */
  | { readonly kind: 'refused'; readonly problem: Problem };

export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export interface ApiOptions {
  /** Where the server is, with a slash at the end. */
  readonly url: string;
  /** Absent: only what needs no token may be asked. */
  readonly session?: Signer;
  readonly fetch?: Fetch;
  /** Ms without a sign of life after which a request is given up: a black hole never answers. */
  readonly patienceMs?: number;
  /** Told of every request that did not reach the server. */
  readonly onUnreached?: (failure: Unreached) => void;
}

/** `status` where somebody answered: 200 of a captive portal, 502 of a proxy, 429 or 503 of a busy server. */
export type Unreached = Extract<ApiFailure, { readonly kind: 'unreached' }>;

/**
 * These say that somebody on the way could not, not that the request is wrong; also a 401 that does not speak our
 * language, or goes on though everything was mended that it asked for.
 */
const PASSING_STATUSES: readonly number[] = [401, 408, 425, 429];
/** A nonce, a fresh proof and a new token may each be asked for before a request is taken. */
const MOST_TRIES = 4;

/** The only caller of our server, but for the bytes of photos. */
export class ApiClient {
  readonly #options: Required<Omit<ApiOptions, 'session'>> & Pick<ApiOptions, 'session'>;

  constructor(options: ApiOptions) {
    this.#options = {
      fetch: (input, init) => fetch(input, init),
      patienceMs: PATIENCE_MS,
      onUnreached: () => undefined,
      ...options,
    };
  }

  /** Makes the owner of the session's key a device. */
  enrol(request: EnrolRequest): Promise<Outcome<EnrolAnswer, ApiFailure>> {
    return this.ask('v1/devices', EnrolAnswer, request, 'proof');
  }

  /** The next tokens for a refresh token. */
  renew(request: TokenRequest): Promise<Outcome<TokenAnswer, ApiFailure>> {
    return this.ask('v1/token', TokenAnswer, request, 'proof');
  }

  /** Headers that say on whose behalf a request comes, for requests that others send. */
  async signed(method: string, url: string, needs: Needs = 'token'): Promise<Outcome<Headed, ApiFailure>> {
    const { session } = this.#options;
    if (!session) return fail({ kind: 'signed-out' });
    if (needs === 'token' && session.needsToken()) {
      const renewed = await session.renew((request) => this.renew(request));
      if (!renewed.ok) return renewed;
    }
    return session.headers(method, url, needs);
  }

  /** Takes in what a 401 said; true where the request is worth repeating. */
  heard(error: AuthError | undefined, nonce: string | null | undefined): boolean {
    return this.#options.session?.heard(error, nonce ?? undefined) ?? false;
  }

  push(operations: readonly Operation[]): Promise<Outcome<PushAnswer, ApiFailure>> {
    return this.ask('v1/push', PushAnswer, { protocol: PROTOCOL, operations: operations.map(asSent) });
  }

  /** At most `limit` rows; absent: as many as the server likes. */
  changes(cursor: string | undefined, limit?: number): Promise<Outcome<ChangesPage, ApiFailure>> {
    const query = new URLSearchParams({
      ...(cursor !== undefined && { cursor }),
      ...(limit !== undefined && { limit: String(limit) }),
    });
    return this.ask(`v1/changes${query.size === 0 ? '' : `?${query}`}`, ChangesPage);
  }

  /** A photo's original bytes as they came; whoever asked compares their hash. */
  photo(sha256: Sha256): Promise<Outcome<Uint8Array<ArrayBuffer>, ApiFailure>> {
    return this.#send(`v1/photos/${sha256}`, undefined, ({ bytes, response }) =>
      response.ok ? succeed(bytes) : refused(readJson(bytes), response),
    );
  }

  /** Tells the office what runs here, which goes with each renewal of the token. */
  async report(): Promise<void> {
    await this.#options.session?.renew((request) => this.renew(request));
  }

  /** The release of each model pack for this device. */
  releases(): Promise<Outcome<ReleasesAnswer, ApiFailure>> {
    return this.ask('v1/releases', ReleasesAnswer);
  }

  /** Bytes `first` to `last` of a file of a model pack; whoever asked compares its hash. */
  packPart(
    sha256: Sha256,
    first: number,
    last: number,
  ): Promise<Outcome<Uint8Array<ArrayBuffer>, ApiFailure>> {
    const read = ({ bytes, response }: Answer) =>
      response.status === 206 ? succeed(bytes) : refused(readJson(bytes), response);
    return this.#send(`v1/packs/files/${sha256}`, undefined, read, 'token', {
      Range: `bytes=${first}-${last}`,
    });
  }

  known(opIds: readonly Operation['opId'][]): Promise<Outcome<KnownAnswer, ApiFailure>> {
    return this.ask('v1/operations/known', KnownAnswer, { opIds });
  }

  receipts(hashes: readonly Sha256[]): Promise<Outcome<ReceiptsAnswer, ApiFailure>> {
    return this.ask('v1/receipts', ReceiptsAnswer, { hashes });
  }

  /** By GET, or by POST with a body. */
  ask<Schema extends v.GenericSchema>(
    path: string,
    schema: Schema,
    body?: unknown,
    needs?: Needs,
  ): Promise<Outcome<v.InferOutput<Schema>, ApiFailure>> {
    const read = ({ bytes, response }: Answer) =>
      response.ok ? answered(schema, readJson(bytes), response) : refused(readJson(bytes), response);
    return this.#send(path, body, read, needs);
  }

  async #send<Value>(
    path: string,
    body: unknown,
    read: (answer: Answer) => Outcome<Value, ApiFailure>,
    needs: Needs = 'token',
    more: Headed = {},
  ): Promise<Outcome<Value, ApiFailure>> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    let outcome: Outcome<Value, ApiFailure> = fail({ kind: 'unreached', retryAfterMs: 0, status: 401 });
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const signed = await this.signed(text === undefined ? 'GET' : 'POST', this.#options.url + path, needs);
      if (!signed.ok) return signed;
      const answer = await this.#sendOnce(path, text, { ...more, ...signed.value });
      if (answer === undefined) {
        outcome = fail({ kind: 'unreached', retryAfterMs: 0, status: undefined });
        break;
      }
      const { response } = answer;
      const error = response.status === 401 ? authError(response.headers.get('WWW-Authenticate')) : undefined;
      if (error === 'invalid_grant') return fail({ kind: 'signed-out' });
      if (error === undefined || !this.heard(error, response.headers.get('DPoP-Nonce'))) {
        outcome = read(answer);
        break;
      }
    }
    if (!outcome.ok && outcome.kind === 'unreached') this.#options.onUnreached(outcome);
    return outcome;
  }

  async #sendOnce(path: string, body: string | undefined, headers: Headed): Promise<Answer | undefined> {
    const { url, fetch: send, patienceMs } = this.#options;
    try {
      return await wholeAnswer(
        (signal) =>
          send(url + path, {
            method: body === undefined ? 'GET' : 'POST',
            headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
            ...(body !== undefined && { body }),
            signal,
            cache: 'no-store',
            credentials: 'omit',
            // A portal's page is no answer of ours.
            redirect: 'error',
          }),
        { patienceMs, sentBytes: body?.length ?? 0 },
      );
    } catch {
      return undefined;
    }
  }
}

/** undefined where it is no JSON: a proxy's page, or an answer that was cut. */
function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** A 200 that is not what was asked for acknowledges nothing. */
function answered<Schema extends v.GenericSchema>(
  schema: Schema,
  raw: unknown,
  response: Response,
): Outcome<v.InferOutput<Schema>, ApiFailure> {
  const parsed = v.safeParse(schema, raw);
  return parsed.success ? succeed(parsed.output) : unreached(response);
}

function refused(raw: unknown, response: Response): { readonly ok: false } & ApiFailure {
  const problem = v.safeParse(Problem, raw);
  const { status } = response;
  // Only the server itself speaks like this; what a proxy says in its place passes.
  if (!problem.success || problem.output.status !== status) return unreached(response);
  if (status >= 500 || PASSING_STATUSES.includes(status)) return unreached(response);
  if (status === 426) return fail({ kind: 'too-old' });
  if (status === 413) return fail({ kind: 'too-large' });
  return fail({ kind: 'refused', problem: problem.output });
}

function unreached(response: Response): { readonly ok: false } & ApiFailure {
  const seconds = Number(response.headers.get('Retry-After') ?? 0);
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
  const isPage = response.headers.get('Content-Type')?.includes('text/html') ?? false;
  return fail({ kind: 'unreached', retryAfterMs, status: response.status, isPage });
}

const asSent = ({
  state: _state,
  tries: _tries,
  nextAt: _nextAt,
  err: _err,
  ...sent
}: Operation): SentOperation => sent;
