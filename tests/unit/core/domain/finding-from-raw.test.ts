import * as v from 'valibot';
import { expect, test } from 'vitest';
import { AnalysisId, FindingId } from '../../../../core/contract/ids.ts';
import { Finding } from '../../../../core/contract/records.ts';
import { findingFromRaw } from '../../../../core/domain/finding-from-raw.ts';
import { makeFinding } from './make-finding.ts';

test('a raw finding becomes a proposal that the schema accepts', () => {
  const box = { x: 1, y: 2, width: 3, height: 4 };
  const { inspectionId, captureId } = makeFinding();
  const source = {
    id: v.parse(FindingId, '01900000-0000-7000-8000-0000000000ff'),
    now: 5,
    analysis: { id: v.parse(AnalysisId, '01900000-0000-7000-8000-0000000000ee'), inspectionId, captureId },
    capture: { place: { component: 'A', side: 'leading-edge', fromRootM: 12 } },
  } as const;
  const raw = {
    label: 'crack',
    labelIndex: 1,
    damageType: 'crack',
    // A float32 sum may end just above 1.
    score: 1.0000001,
    box,
    geometry: { kind: 'mask', box, counts: [3, 9] },
  } as const;
  const finding = findingFromRaw({ ...raw, geometry: { ...raw.geometry, counts: [3, 9] } }, source);
  expect(v.parse(Finding, finding)).toEqual(finding);
  expect(finding).toMatchObject({
    id: source.id,
    analysisId: source.analysis.id,
    origin: 'model',
    state: 'proposed',
    type: 'crack',
    label: 'crack',
    score: 1,
    place: source.capture.place,
    geometry: { kind: 'mask', box },
    createdAt: 5,
    updatedAt: 5,
  });
});
