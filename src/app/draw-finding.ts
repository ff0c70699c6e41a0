import type { Geometry } from '../../core/contract/geometry.ts';
import type { Capture, Finding } from '../../core/contract/records.ts';
import type { DamageType } from '../../core/domain/damage-types.ts';
import { withSize } from '../../core/measure/measure-findings.ts';
import { newId } from './new-id.ts';

export interface Drawn {
  readonly type: DamageType;
  readonly geometry: Geometry;
}

/** Damage that the model missed and a person drew; who drew it has judged it. */
export function drawnFinding(capture: Capture, { type, geometry }: Drawn): Finding {
  const now = Date.now();
  const finding: Finding = {
    schemaV: 1,
    id: newId('FindingId'),
    inspectionId: capture.inspectionId,
    captureId: capture.id,
    origin: 'human',
    type,
    place: capture.place,
    geometry,
    state: 'accepted',
    createdAt: now,
    updatedAt: now,
  };
  return capture.scale ? withSize(finding, capture.scale) : finding;
}
