import type { FindingId } from '../contract/ids.ts';
import type { Analysis, Capture, Finding } from '../contract/records.ts';
import type { RawFinding } from '../contract/vision-worker.ts';

export interface FindingSource {
  readonly analysis: Pick<Analysis, 'id' | 'inspectionId' | 'captureId'>;
  readonly capture: Pick<Capture, 'place'>;
  readonly id: FindingId;
  /** Wall ms. */
  readonly now: number;
}

/** A model's proposal as a record; it counts only once a person has decided. */
export function findingFromRaw(raw: RawFinding, { analysis, capture, id, now }: FindingSource): Finding {
  return {
    schemaV: 1,
    id,
    inspectionId: analysis.inspectionId,
    captureId: analysis.captureId,
    analysisId: analysis.id,
    origin: 'model',
    label: raw.label,
    score: Math.min(1, Math.max(0, raw.score)),
    type: raw.damageType,
    place: capture.place,
    geometry: raw.geometry,
    state: 'proposed',
    createdAt: now,
    updatedAt: now,
  };
}
