import { describe, expect, it } from 'vitest';
import { agreementOf } from '../../../../core/feedback/agreement.ts';
import { driftOf, stabilityIndex } from '../../../../core/feedback/drift.ts';
import { shareInterval } from '../../../../core/feedback/share-interval.ts';
import type { Finding } from '../../../../core/contract/records.ts';
import { analysisOf, findingOf, newInspectionId } from '../../storage/records-for-tests.ts';

const inspectionId = newInspectionId();
const capture = (): Finding['captureId'] => crypto.randomUUID() as Finding['captureId'];

describe('the interval of a share', () => {
  // 81 of 263 as in Newcombe, Statistics in Medicine 1998, table I; the others by its formula.
  it.each([
    [0, 10, 0, 0.2775],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
    [81, 263, 0.2553, 0.3662],
  ])('%i of %i', (hits, all, low, high) => {
    const interval = shareInterval(hits, all);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });
  it('of none says nothing', () => {
    expect(shareInterval(0, 0)).toEqual({ share: undefined, low: 0, high: 1, all: 0 });
  });
});

describe('how far people agree with a model', () => {
  it('counts each version and class by itself, and what was missed for the one that looked last', () => {
    const [first, second] = [capture(), capture()];
    const old = { ...analysisOf(inspectionId, first), createdAt: 1 };
    const model = { ...old.model, version: '1.10.0' };
    const later = { ...analysisOf(inspectionId, first), model, createdAt: 2 };
    const other = { ...analysisOf(inspectionId, second), model, createdAt: 3 };
    const states = ['accepted', 'accepted', 'edited', 'rejected', 'not-assessable', 'proposed'] as const;
    const findings = [
      ...states.map((state) => findingOf(later, { state })),
      findingOf(other, { state: 'accepted', label: 'rust' }),
      findingOf(old, { state: 'rejected' }),
      findingOf(old, { state: 'accepted', origin: 'human', analysisId: undefined }),
    ];
    const [newest, oldest] = agreementOf({ analyses: [old, later, other], findings });
    expect(newest).toMatchObject({
      version: '1.10.0',
      photos: 2,
      missed: 1,
      total: {
        accepted: 3,
        edited: 1,
        rejected: 1,
        notAssessable: 1,
        open: 1,
        right: { all: 5, share: 0.6 },
      },
      classes: [
        { label: 'damage', accepted: 2, wrong: { share: 0.25 } },
        { label: 'rust', accepted: 1 },
      ],
    });
    expect(oldest).toMatchObject({ version: '1.0.0', missed: 0, total: { rejected: 1 } });
  });
});

describe('drift of scores', () => {
  const scored = (score: number, at: number, times: number) =>
    Array.from({ length: times }, () => ({ score, at }));
  it('is none between like and like, and plain between unlike', () => {
    expect(stabilityIndex([10, 20, 30], [20, 40, 60])).toBeLessThan(0.01);
    const drift = driftOf([...scored(0.9, 1, 100), ...scored(0.4, 9, 100)], 5);
    expect(drift.before[9]).toBe(100);
    expect(drift.recent[4]).toBe(100);
    expect(drift.index).toBeGreaterThan(0.25);
  });
  it('says nothing of a few', () => {
    expect(driftOf([...scored(0.9, 1, 100), ...scored(0.4, 9, 49)], 5).index).toBeUndefined();
  });
});
