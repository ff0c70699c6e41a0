import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import * as v from 'valibot';
import { OperationId, Sha256 } from '../../../core/contract/ids.ts';
import type { Operation } from '../../../core/contract/operation.ts';
import { ChangesPage, EnrolAnswer, Problem, PushAnswer, TokenAnswer } from '../../../core/contract/sync.ts';
import { formatClock } from '../../../core/domain/hybrid-clock.ts';
import { makeOperation, operationBody, type Change } from '../../../core/domain/operation.ts';
import { sha256Hex } from '../../../core/sync-rules/sha256.ts';
import { createApp } from '../../../server/app.ts';
import { DiskBlobs } from '../../../server/blobs/disk-blobs.ts';
import type { ApiParts } from '../../../server/routes/api.ts';
import { makeEnrolmentCode, onlyTenant, type CodeFor } from '../../../server/services/enrol-device.ts';
import { TokenKeys } from '../../../server/services/token-keys.ts';
import { makeProof, newDeviceKey } from '../../../src/sync/dpop-proof.ts';
import { addTenant } from '../../../server/repositories/tenants.ts';

export const NOW = Date.UTC(2026, 5, 1);
/** Where Hono believes a request in process to go. */
const ORIGIN = 'http://localhost';
const ALL = { burst: Number.MAX_SAFE_INTEGER, perS: 1 };
const KEYS = TokenKeys.random();
const BOUNDLESS = { device: ALL, address: ALL, wrong: ALL };

export interface TestRequest {
  readonly method?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

export interface TestPlaces extends Pick<ApiParts, 'blobs' | 'uploadFolder' | 'uploads'> {
  /** What is left of uploads. */
  left(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** Where photos and uploads lie, for as long as a test runs. */
export async function testFolders(): Promise<TestPlaces> {
  const folder = await mkdtemp(join(tmpdir(), 'loupe-photos-'));
  const uploadFolder = join(folder, 'uploads');
  await mkdir(uploadFolder);
  return {
    blobs: new DiskBlobs(join(folder, 'photos')),
    uploadFolder,
    left: () => readdir(uploadFolder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A server in process, over whichever parts it is given. */
export class TestServer {
  readonly app: Hono;
  readonly parts: ApiParts;
  readonly log: string[] = [];

  constructor(parts: ApiParts) {
    // The nodes of a test share their keys, as those of a server do.
    this.parts = { keys: KEYS, limits: BOUNDLESS, ...parts };
    this.app = createApp({
      dist: '/nonexistent',
      version: '0',
      parts: this.parts,
      log: (line) => this.log.push(line),
    });
  }

  /** A device of the tenant that is named, or of the first one; a technician's where nothing else is said. */
  async enrol(name = 'tablet', tenant?: string, codeFor: CodeFor = {}): Promise<TestDevice> {
    const { database, now } = this.parts;
    const of = tenant ?? (await onlyTenant(database, now()));
    const code = await makeEnrolmentCode(database, of, now(), codeFor);
    const key = await newDeviceKey();
    const response = await this.prove(key, '/v1/devices', { code, name });
    return new TestDevice(this, key, v.parse(EnrolAnswer, await response.json()));
  }

  /** Sends a body with a proof of a key and no token. */
  async prove(key: CryptoKeyPair, path: string, body: unknown, url = ORIGIN + path): Promise<Response> {
    const proof = await makeProof(key, { method: 'POST', url, now: this.parts.now() });
    return this.app.request(path, {
      method: 'POST',
      headers: { DPoP: proof },
      body: JSON.stringify(body),
    });
  }

  async addTenant(): Promise<string> {
    const id = crypto.randomUUID();
    const { database, now } = this.parts;
    await database.write((sql) => addTenant(sql, { id, name: id, lineage: id, now: now() }));
    return id;
  }
}

/** A device that speaks the wire by hand. */
export class TestDevice {
  readonly server: TestServer;
  readonly key: CryptoKeyPair;
  readonly tenant: string;
  readonly id: string;
  access: string;
  refresh: string;
  epoch = crypto.randomUUID();
  seq = 0;
  #until: number;

  constructor(server: TestServer, key: CryptoKeyPair, enrolled: EnrolAnswer) {
    const { access, refresh, tenant, device, expiresInS } = enrolled;
    this.server = server;
    this.key = key;
    this.access = access;
    this.refresh = refresh;
    this.tenant = tenant;
    this.id = device;
    this.#until = server.parts.now() + expiresInS * 1000;
  }

  /** The same device as it speaks to another node. */
  at(node: TestServer): TestDevice {
    const { tenant, id: device, access, refresh } = this;
    const expiresInS = (this.#until - node.parts.now()) / 1000;
    const enrolled = { protocol: 1, tenant, device, access, refresh, expiresInS } as const;
    return new TestDevice(node, this.key, { ...enrolled, roles: ['technician'], person: null });
  }

  /** Exchanges a refresh token; absent: its own. */
  renewRaw(refresh = this.refresh, key = this.key): Promise<Response> {
    return this.server.prove(key, '/v1/token', { refresh });
  }

  async renew(): Promise<void> {
    const answer = v.parse(TokenAnswer, await (await this.renewRaw()).json());
    this.access = answer.access;
    this.refresh = answer.refresh;
    this.#until = this.server.parts.now() + answer.expiresInS * 1000;
  }

  /** The next operation of this device. */
  make(change: Change, draft: Partial<Operation> = {}): Operation {
    this.seq++;
    const operation = makeOperation(change, {
      opId: v.parse(OperationId, crypto.randomUUID()),
      epoch: this.epoch,
      seq: this.seq,
      hlc: formatClock({ wall: NOW + this.seq, counter: 0, device: this.id }),
      wall: NOW,
      bodyHash: v.parse(Sha256, sha256Hex(operationBody(change))),
    });
    return { ...operation, ...draft };
  }

  /** Headers that prove who sends a request. */
  async signed(method: string, path: string, token = this.access): Promise<Record<string, string>> {
    const now = this.server.parts.now();
    const proof = await makeProof(this.key, { method, url: ORIGIN + path, accessToken: token, now });
    return { Authorization: `DPoP ${token}`, DPoP: proof };
  }

  async request(path: string, init: TestRequest = {}): Promise<Response> {
    if (this.server.parts.now() >= this.#until) await this.renew();
    const headers = { ...(await this.signed(init.method ?? 'GET', path)), ...init.headers };
    return this.server.app.request(path, { ...init, headers });
  }

  pushRaw(operations: readonly unknown[]): Promise<Response> {
    return this.request('/v1/push', {
      method: 'POST',
      body: JSON.stringify({ protocol: 1, operations }),
    });
  }

  /** What became of each, for a push that is taken. */
  async push(...operations: readonly Operation[]): Promise<string[]> {
    const response = await this.pushRaw(operations);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return v.parse(PushAnswer, await response.json()).results.map(({ result }) => result);
  }

  /** The problem that a push is answered with. */
  async pushInVain(...operations: readonly unknown[]): Promise<Problem> {
    return v.parse(Problem, await (await this.pushRaw(operations)).json());
  }

  async pull(cursor?: string): Promise<ChangesPage> {
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const response = await this.request(`/v1/changes${query}`);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return v.parse(ChangesPage, await response.json());
  }
}
