import * as v from 'valibot';
import type { CaptureId } from '../../../core/contract/ids.ts';
import { AnalysisId, FindingId, InspectionId, ReviewId, Sha256 } from '../../../core/contract/ids.ts';
import type { Analysis, Finding, Inspection, Review } from '../../../core/contract/records.ts';
import type { CaptureDraft } from '../../../src/storage/inspection-store.ts';

const id = (): string => crypto.randomUUID();
export const newInspectionId = (): InspectionId => v.parse(InspectionId, id());
export const someSha = v.parse(Sha256, 'ab'.repeat(32));

export function inspectionOf(changes: Partial<Inspection> = {}): Inspection {
  return {
    schemaV: 1,
    id: newInspectionId(),
    title: 'Blade A',
    site: 'Ridge',
    asset: { type: 'turbine', tag: 'T-07' },
    campaign: 'autumn',
    method: 'rope',
    inspector: 'Ada',
    status: 'draft',
    modelId: 'blade-damage',
    demo: false,
    createdAt: 1_000,
    updatedAt: 1_000,
    ...changes,
  };
}

export const draftOf = (inspectionId: InspectionId, fileName = 'a.jpg'): CaptureDraft => ({
  inspectionId,
  fileName,
  source: 'file',
  place: { side: 'suction' },
});

/** Not an image: the store keeps bytes and never looks into them. */
export const photoOf = (seed: number, bytes = 5_000): Blob =>
  new Blob([Uint8Array.from({ length: bytes }, (_, n) => (n * 31 + seed * 17 + (n >> 8)) & 255)], {
    type: 'image/jpeg',
  });

export function analysisOf(inspectionId: InspectionId, captureId: CaptureId): Analysis {
  return {
    schemaV: 1,
    id: v.parse(AnalysisId, id()),
    inspectionId,
    captureId,
    model: { id: 'blade-damage', version: '1.0.0', sha256: someSha },
    runtime: 'onnx-wasm',
    precision: 'fp32',
    threads: 2,
    selfTest: 'passed',
    threshold: 0.3,
    tiles: 4,
    photo: { width: 640, height: 480 },
    timingsMs: { total: 12 },
    createdAt: 2_000,
  };
}

export function findingOf(analysis: Analysis, changes: Partial<Finding> = {}): Finding {
  return {
    schemaV: 1,
    id: v.parse(FindingId, id()),
    inspectionId: analysis.inspectionId,
    captureId: analysis.captureId,
    analysisId: analysis.id,
    origin: 'model',
    label: 'damage',
    score: 0.8,
    type: 'crack',
    place: {},
    geometry: { kind: 'box', box: { x: 1, y: 2, width: 30, height: 40 } },
    state: 'proposed',
    createdAt: 2_000,
    updatedAt: 2_000,
    ...changes,
  };
}

export function reviewOf(before: Finding, state: Finding['state'] = 'accepted'): Review {
  return {
    schemaV: 1,
    id: v.parse(ReviewId, id()),
    findingId: before.id,
    inspectionId: before.inspectionId,
    reviewer: 'Ada',
    decision: state === 'rejected' ? 'reject' : 'accept',
    before,
    after: { ...before, state, updatedAt: 3_000 },
    seconds: 2,
    createdAt: 3_000,
  };
}
