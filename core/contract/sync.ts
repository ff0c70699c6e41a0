import * as v from 'valibot';
import { OperationId, Sha256 } from './ids.ts';
import { Operation } from './operation.ts';
import { PublisherKey } from './release.ts';
import { Roles } from './roles.ts';

/**
 * What devices and the server say to each other.
 * Versions: 1 first form.
 */
export const PROTOCOL = 1;

const safeInteger = v.pipe(v.number(), v.safeInteger());
const text = v.pipe(v.string(), v.maxLength(4000));
const { state: _state, tries: _tries, nextAt: _nextAt, err: _err, ...told } = Operation.entries;

/** An operation without what only its device keeps of it. */
export const SentOperation = v.object({
  ...told,
  epoch: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  seq: v.pipe(safeInteger, v.minValue(1)),
  id: v.pipe(v.string(), v.uuid()),
  base: v.record(v.string(), v.pipe(safeInteger, v.minValue(0))),
  hlc: v.pipe(v.string(), v.maxLength(200)),
  wall: v.pipe(v.number(), v.finite()),
});
export type SentOperation = v.InferOutput<typeof SentOperation>;

/** What must be readable of an operation that cannot be read, for its number to be taken and it to be refused. */
export const OperationLabel = v.object({
  opId: OperationId,
  bodyHash: Sha256,
  epoch: SentOperation.entries.epoch,
  seq: SentOperation.entries.seq,
});
export type OperationLabel = v.InferOutput<typeof OperationLabel>;

export const PushRequest = v.object({
  protocol: v.literal(PROTOCOL),
  /** Each is parsed by itself, so that one that cannot be read does not hold the others up. */
  operations: v.pipe(v.array(v.unknown()), v.minLength(1)),
});

export const PushResult = v.object({
  opId: OperationId,
  result: v.picklist(['applied', 'duplicate', 'merged', 'conflict', 'rejected']),
  /** The tenant's change number at which it was taken; absent where it was rejected. */
  serverSeq: v.optional(safeInteger),
  detail: v.optional(v.string()),
});
export type PushResult = v.InferOutput<typeof PushResult>;

/** What stops a push: nothing behind `results` was taken. See `Admission`. */
export const PushTrouble = v.picklist(['gap', 'fork', 'forged']);
export type PushTrouble = v.InferOutput<typeof PushTrouble>;

export const PushAnswer = v.object({
  protocol: v.literal(PROTOCOL),
  results: v.array(PushResult),
});
export type PushAnswer = v.InferOutput<typeof PushAnswer>;

/**
 * Why a request was answered with 401, as `WWW-Authenticate: DPoP error="..."` says it (RFC 6750, RFC 9449).
 * use_dpop_nonce: repeat it with the nonce of the answer's DPoP-Nonce. invalid_dpop_proof: repeat it with a fresh
 * proof. invalid_token: renew the access token first. invalid_grant, for /v1/token alone: the device was revoked or
 * its refresh token is spent, and only a new code helps.
 */
export const AuthError = v.picklist([
  'use_dpop_nonce',
  'invalid_dpop_proof',
  'invalid_token',
  'invalid_grant',
]);
export type AuthError = v.InferOutput<typeof AuthError>;

/** The one shape of an error, RFC 9457, with what a push adds. */
export const Problem = v.object({
  type: v.string(),
  status: v.number(),
  title: v.string(),
  detail: v.string(),
  trouble: v.optional(PushTrouble),
  opId: v.optional(OperationId),
  results: v.optional(v.array(PushResult)),
});
export type Problem = v.InferOutput<typeof Problem>;

const version = safeInteger;

/** A value that another device wrote without having seen the one that shows. */
export const Rival = v.object({
  value: v.unknown(),
  version,
  /** Ms since the epoch by the writer's clock, as far as the server believes it. */
  at: v.number(),
  device: v.string(),
});
export type Rival = v.InferOutput<typeof Rival>;

export const Conflict = v.object({
  kind: v.picklist(['fields', 'disputed', 'edited-after-delete']),
  /** Per field every value that stands, the one that shows first. */
  fields: v.record(v.string(), v.array(Rival)),
  /** `base` of an operation that settles it: everything listed here has been seen. */
  seen: v.record(v.string(), version),
});
export type Conflict = v.InferOutput<typeof Conflict>;

export const ServerRow = v.object({
  entity: Operation.entries.entity,
  id: v.string(),
  /** As the record shows; removed fields are left out. */
  fields: v.record(v.string(), v.unknown()),
  /** `base` of an operation whose maker has seen the shown values, and none of their rivals. */
  versions: v.record(v.string(), version),
  isDeleted: v.boolean(),
  conflict: v.optional(Conflict),
});
export type ServerRow = v.InferOutput<typeof ServerRow>;

/** Opaque to devices. Names the server's history too, so that a restored server is noticed. */
export const Cursor = v.pipe(v.string(), v.maxLength(100));

export const ChangesPage = v.object({
  protocol: v.literal(PROTOCOL),
  rows: v.array(ServerRow),
  cursor: Cursor,
  /** More is to be had at once. */
  more: v.boolean(),
  /**
   * Names the server's history: another one than before says that the server was restored from a backup, and may
   * have lost what it had acknowledged since. Older servers do not tell.
   */
  history: v.optional(v.pipe(v.string(), v.maxLength(100))),
});
export type ChangesPage = v.InferOutput<typeof ChangesPage>;

/** The server has these bytes, re-hashed and on disk. */
export const Receipt = v.object({
  sha256: Sha256,
  bytes: v.pipe(safeInteger, v.minValue(1)),
  receivedAt: v.number(),
});
export type Receipt = v.InferOutput<typeof Receipt>;

export const ReceiptsRequest = v.object({ hashes: v.pipe(v.array(Sha256), v.maxLength(1000)) });
export const ReceiptsAnswer = v.object({ protocol: v.literal(PROTOCOL), receipts: v.array(Receipt) });
export type ReceiptsAnswer = v.InferOutput<typeof ReceiptsAnswer>;

/** Which of these operations the server has had, whatever became of them. */
export const KnownRequest = v.object({
  opIds: v.pipe(v.array(OperationId), v.minLength(1), v.maxLength(1000)),
});
export const KnownAnswer = v.object({ protocol: v.literal(PROTOCOL), known: v.array(OperationId) });
export type KnownAnswer = v.InferOutput<typeof KnownAnswer>;

/** What a device says of itself each time it renews its token. */
export const AppReport = v.object({
  version: v.pipe(v.string(), v.maxLength(50)),
  /** Versions of its model packs by their ids; absent where they are not known yet. */
  packs: v.optional(v.record(v.pipe(v.string(), v.maxLength(100)), v.pipe(v.string(), v.maxLength(100)))),
});
export type AppReport = v.InferOutput<typeof AppReport>;

/** Comes with a DPoP proof (RFC 9449) of the key that the device will have for good. */
export const EnrolRequest = v.object({
  code: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  // Not even PostgreSQL holds NUL, and nobody's name has it.
  name: v.pipe(text, v.minLength(1), v.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'no control characters')),
  app: v.optional(AppReport),
});
export type EnrolRequest = v.InferOutput<typeof EnrolRequest>;

const tokens = {
  /** A JWT bound to the device's key; sent as `Authorization: DPoP ...` with a proof for each request. */
  access: v.string(),
  expiresInS: v.number(),
  /** Buys the next pair, once; the server keeps only its hash. */
  refresh: v.string(),
  roles: Roles,
  /** Whose device it is, where the code said so. */
  person: v.nullable(v.string()),
} as const;

export const EnrolAnswer = v.object({
  protocol: v.literal(PROTOCOL),
  tenant: v.string(),
  /** The tenant's name, for people. */
  company: v.optional(v.string()),
  device: v.string(),
  /** Whose releases of model packs this device takes from now on. Older servers do not tell. */
  publisherKeys: v.optional(v.array(PublisherKey)),
  ...tokens,
});
export type EnrolAnswer = v.InferOutput<typeof EnrolAnswer>;

export const TokenRequest = v.object({
  refresh: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  app: v.optional(AppReport),
});
export type TokenRequest = v.InferOutput<typeof TokenRequest>;
export const TokenAnswer = v.object({ protocol: v.literal(PROTOCOL), ...tokens });
export type TokenAnswer = v.InferOutput<typeof TokenAnswer>;
