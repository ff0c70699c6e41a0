import * as v from 'valibot';
import { AnalysisId, CaptureId, FindingId, InspectionId, ReviewId } from '../../core/contract/ids.ts';
import { uuidV7 } from '../../core/domain/uuid-v7.ts';

const kinds = { AnalysisId, CaptureId, FindingId, InspectionId, ReviewId };

/** A fresh UUIDv7 by this device's clock and random source. */
export function newId<Kind extends keyof typeof kinds>(kind: Kind): v.InferOutput<(typeof kinds)[Kind]> {
  const schema: (typeof kinds)[Kind] = kinds[kind];
  return v.parse(schema, uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10))));
}
