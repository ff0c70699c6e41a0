import type { Box } from '../../core/contract/geometry.ts';
import type { Capture, Finding } from '../../core/contract/records.ts';
import type { DamageType } from '../../core/domain/damage-types.ts';
import { newId } from './new-id.ts';

export interface Drawn {
  readonly type: DamageType;
  /** Photo pixels. */
  readonly box: Box;
}

/** Damage that the model missed and a person drew; who drew it has judged it. */
export function drawnFinding(capture: Capture, { type, box }: Drawn): Finding {
  const now = Date.now();
  return {
    schemaV: 1,
    id: newId('FindingId'),
    inspectionId: capture.inspectionId,
    captureId: capture.id,
    origin: 'human',
    type,
    place: capture.place,
    geometry: { kind: 'box', box },
    state: 'accepted',
    createdAt: now,
    updatedAt: now,
  };
}
