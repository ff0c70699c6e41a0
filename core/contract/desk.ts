import * as v from 'valibot';
import { Decision, OfficeReview } from './records.ts';
import { Sha256 } from './ids.ts';
import { Roles } from './roles.ts';
import { Cursor, PROTOCOL } from './sync.ts';

/**
 * What the office desk and the server say to each other, beside what every device says.
 * Versions: 1 first form.
 */
const protocol = v.literal(PROTOCOL);
const text = v.pipe(v.string(), v.maxLength(4000));

export const SignOffRequest = v.object({
  decision: Decision,
  note: text,
  /** Up to where the desk had pulled when the decision was made: nobody signs off what they have not seen. */
  seen: Cursor,
});
export type SignOffRequest = v.InferOutput<typeof SignOffRequest>;

export const SignOffAnswer = v.object({
  protocol,
  office: OfficeReview,
});
export type SignOffAnswer = v.InferOutput<typeof SignOffAnswer>;

/** A frozen dataset; `id` is the SHA-256 of what `GET /v1/datasets/{id}` answers, to the byte. */
export const FrozenDataset = v.object({
  id: Sha256,
  images: v.number(),
  annotations: v.number(),
  rejected: v.number(),
  frozenAt: v.number(),
  by: v.string(),
});
export type FrozenDataset = v.InferOutput<typeof FrozenDataset>;
export const DatasetAnswer = v.object({ protocol, dataset: FrozenDataset });
export const DatasetsAnswer = v.object({ protocol, datasets: v.array(FrozenDataset) });
export const DatasetKeyAnswer = v.object({ protocol, key: v.string(), expiresAt: v.number() });

export const DeskDevice = v.object({
  id: v.string(),
  name: v.string(),
  roles: Roles,
  person: v.nullable(v.string()),
  enrolledAt: v.number(),
  revokedAt: v.nullable(v.number()),
  lastSeen: v.nullable(v.number()),
  appVersion: v.nullable(v.string()),
  packs: v.record(v.string(), v.string()),
});
export type DeskDevice = v.InferOutput<typeof DeskDevice>;
export const DevicesAnswer = v.object({ protocol, devices: v.array(DeskDevice) });

export const CodeRequest = v.object({
  roles: Roles,
  person: v.nullable(v.pipe(text, v.trim(), v.minLength(1))),
});
export type CodeRequest = v.InferInput<typeof CodeRequest>;
export const CodeAnswer = v.object({ protocol, code: v.string(), expiresAt: v.number() });
export type CodeAnswer = v.InferOutput<typeof CodeAnswer>;

export const AuditLine = v.object({
  number: v.number(),
  at: v.number(),
  device: v.string(),
  person: v.nullable(v.string()),
  action: v.string(),
  subject: v.string(),
  detail: v.record(v.string(), v.unknown()),
});
export type AuditLine = v.InferOutput<typeof AuditLine>;
export const AuditAnswer = v.object({
  protocol,
  lines: v.array(AuditLine),
  /** There are older ones. */
  more: v.boolean(),
});
export const DoneAnswer = v.object({ protocol });
