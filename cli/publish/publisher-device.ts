import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import * as v from 'valibot';
import { EnrolAnswer, Problem, TokenAnswer } from '../../core/contract/sync.ts';
import { UsageError } from '../options.ts';

const Jwk = v.object({ kty: v.string(), crv: v.string(), x: v.string(), y: v.string(), d: v.string() });
/** What this machine keeps to prove who it is; in a file that its owner alone may read. */
const Kept = v.object({ server: v.string(), key: Jwk, refresh: v.string() });
type Kept = v.InferOutput<typeof Kept>;

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT';
type Body = string | Uint8Array<ArrayBuffer>;

/** A nonce and a new token may be asked for before a request is taken. */
const MOST_TRIES = 4;
const ALGORITHM = 'ES256';

/**
 * This machine as a device of a server, with the role of a publisher (ADR 21): enrolled once by a code of the desk.
 * Methods throw with what the server said.
 */
export class PublisherDevice {
  readonly #file: string;
  readonly #key: v.InferOutput<typeof Jwk>;
  readonly #server: string;
  #refresh: string | undefined;
  #access: string | undefined;
  #nonce: string | undefined;

  private constructor(file: string, server: string, key: v.InferOutput<typeof Jwk>, refresh?: string) {
    this.#file = file;
    this.#server = server;
    this.#key = key;
    this.#refresh = refresh;
  }

  /** `server` ends in a slash. Throws UsageError where this machine is not enrolled there and there is no code. */
  static async open(file: string, server: string, code?: string): Promise<PublisherDevice> {
    if (code !== undefined) {
      const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
      const device = new PublisherDevice(file, server, v.parse(Jwk, await exportJWK(privateKey)));
      const body = { code, name: `Publisher at ${hostname()}` };
      await device.#keep(v.parse(EnrolAnswer, await device.#prove('v1/devices', body)));
      return device;
    }
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const kept = text === undefined ? undefined : v.parse(v.pipe(v.string(), v.parseJson(), Kept), text);
    if (kept?.server === server) return new PublisherDevice(file, server, kept.key, kept.refresh);
    throw new UsageError(`${server} does not know this machine: a code of the desk enrols it, --code CODE`);
  }

  /** By GET, or by POST with a body. */
  async ask<Schema extends v.GenericSchema>(
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<v.InferOutput<Schema>> {
    const response =
      body === undefined
        ? await this.send('GET', path)
        : await this.send('POST', path, JSON.stringify(body), 'application/json');
    return v.parse(schema, await answered(response));
  }

  async send(
    method: Method,
    path: string,
    body?: Body,
    type = 'application/octet-stream',
  ): Promise<Response> {
    if (this.#access === undefined) await this.#renew();
    return this.#request(method, path, body, type, () => this.#access);
  }

  async #renew(): Promise<void> {
    this.#access = undefined;
    await this.#keep(v.parse(TokenAnswer, await this.#prove('v1/token', { refresh: this.#refresh })));
  }

  async #prove(path: string, body: unknown): Promise<unknown> {
    const text = JSON.stringify(body);
    return answered(await this.#request('POST', path, text, 'application/json', () => undefined));
  }

  async #request(
    method: Method,
    path: string,
    body: Body | undefined,
    type: string,
    token: () => string | undefined,
  ): Promise<Response> {
    const url = this.#server + path;
    for (let tries = 1; ; tries++) {
      const access = token();
      const headers = {
        DPoP: await this.#proof(method, url, access),
        ...(access !== undefined && { Authorization: `DPoP ${access}` }),
        ...(body !== undefined && { 'Content-Type': type }),
      };
      const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
      this.#nonce = response.headers.get('DPoP-Nonce') ?? this.#nonce;
      const said = response.status === 401 ? (response.headers.get('WWW-Authenticate') ?? '') : '';
      if (tries === MOST_TRIES || !/use_dpop_nonce|invalid_token/.test(said)) return response;
      if (said.includes('invalid_token')) await this.#renew();
    }
  }

  /** RFC 9449 section 4.2. */
  async #proof(method: Method, url: string, access: string | undefined): Promise<string> {
    const { kty, crv, x, y } = this.#key;
    const claims = {
      ...{ jti: randomUUID(), htm: method, htu: url },
      ...(access !== undefined && { ath: createHash('sha256').update(access).digest('base64url') }),
      ...(this.#nonce !== undefined && { nonce: this.#nonce }),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: ALGORITHM, jwk: { kty, crv, x, y } })
      .setIssuedAt()
      .sign(await importJWK(this.#key, ALGORITHM));
  }

  /** On the disk whole before it is used: a refresh token is good once. */
  async #keep({ access, refresh }: TokenAnswer): Promise<void> {
    const kept: Kept = { server: this.#server, key: this.#key, refresh };
    await writeFile(`${this.#file}.part`, JSON.stringify(kept), { mode: 0o600, flush: true });
    await rename(`${this.#file}.part`, this.#file);
    this.#refresh = refresh;
    this.#access = access;
  }
}

async function answered(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const problem = v.safeParse(v.pipe(v.string(), v.parseJson(), Problem), text);
  if (!problem.success) throw new Error(`the server answered ${response.status}`);
  throw new Error(`${problem.output.title}. ${problem.output.detail}`);
}
