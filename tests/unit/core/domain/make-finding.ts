import * as v from 'valibot';
import { Finding } from '../../../../core/contract/records.ts';

const id = (digit: number) => `01900000-0000-7000-8000-00000000000${digit}`;

/** A model's proposal, parsed like any stored record. */
export const makeFinding = (changes: Partial<v.InferInput<typeof Finding>> = {}): Finding =>
  v.parse(Finding, {
    schemaV: 1,
    id: id(1),
    inspectionId: id(2),
    captureId: id(3),
    analysisId: id(4),
    origin: 'model',
    label: 'damage',
    score: 0.6,
    type: 'unclassified',
    place: {},
    geometry: { kind: 'box', box: { x: 1, y: 2, width: 3, height: 4 } },
    state: 'proposed',
    createdAt: 1000,
    updatedAt: 1000,
    ...changes,
  });
