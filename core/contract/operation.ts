import * as v from 'valibot';
import { OperationId, Sha256 } from './ids.ts';

/**
 * One change that waits in the outbox until a server has acknowledged it by `opId`.
 * Versions: 1 first form.
 */
export const Operation = v.object({
  opId: OperationId,
  /** Random per local database; a restored copy of the database mints a new one. */
  epoch: v.string(),
  seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
  entity: v.picklist(['inspection', 'capture', 'analysis', 'finding', 'review']),
  id: v.string(),
  kind: v.picklist(['put', 'delete']),
  fields: v.record(v.string(), v.unknown()),
  /** Server version of each field that the change was made on. */
  base: v.record(v.string(), v.number()),
  /**
   * Per field the operation of this very database whose value it replaces, which a copy of the database does not know.
   * Not covered by `bodyHash`; operations of older apps do not tell.
   */
  over: v.optional(v.record(v.string(), OperationId)),
  /** Hybrid logical clock, for ties only: wall ms, counter, device. */
  hlc: v.string(),
  wall: v.number(),
  schemaV: v.literal(1),
  /** Photos that the server must hold before the record is whole. */
  blobDeps: v.array(Sha256),
  bodyHash: Sha256,
  state: v.picklist(['pending', 'acked', 'blocked-auth', 'blocked-upgrade', 'rejected']),
  tries: v.number(),
  nextAt: v.number(),
  err: v.optional(v.string()),
});
export type Operation = v.InferOutput<typeof Operation>;
