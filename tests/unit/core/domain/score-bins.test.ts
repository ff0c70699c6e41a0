import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as v from 'valibot';
import { CaptureId } from '../../../../core/contract/ids.ts';
import type { Finding } from '../../../../core/contract/records.ts';
import { countAtThreshold, scoreBins } from '../../../../core/domain/score-bins.ts';

const photos = ['a', 'b'].map((end) => v.parse(CaptureId, `01900000-0000-7000-8000-00000000000${end}`));
const one = (state: Finding['state'], score?: number, photo = 0) => ({
  state,
  captureId: photos[photo]!,
  ...(score !== undefined && { score }),
});
const findings = [
  one('proposed', 0.31),
  one('proposed', 0.8),
  one('proposed', 0.9, 1),
  one('accepted', 0.95),
  one('edited', 0.35),
  one('rejected', 0.32),
  one('not-assessable', 0.5),
  one('accepted'),
];

test('a threshold says what it would have shown, left out and missed', () => {
  expect(countAtThreshold(findings, 0.5)).toEqual({
    open: 2,
    photos: 2,
    left: 1,
    confirmedAbove: 1,
    rejectedAbove: 0,
    confirmedBelow: 1,
    rejectedBelow: 1,
  });
});

test('a score of one stands in the last bin', () => {
  expect(scoreBins([one('accepted', 1)], 10).at(-1)).toMatchObject({ from: 0.9, confirmed: 1 });
});

test('wherever the threshold is, nothing is counted twice or lost', () => {
  const states = fc.constantFrom<Finding['state']>(
    'proposed',
    'accepted',
    'edited',
    'rejected',
    'not-assessable',
  );
  const score = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(fc.tuple(states, score)), fc.double({ min: 0, max: 1, noNaN: true }), (all, at) => {
      const some = all.map(([state, value]) => one(state, value));
      const { photos: _photos, ...counts } = countAtThreshold(some, at);
      const scored = some.filter((each) => 'score' in each && each.state !== 'not-assessable').length;
      const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
      expect(sum(Object.values(counts))).toBe(scored);
      expect(sum(scoreBins(some).map((bin) => bin.confirmed + bin.rejected + bin.open))).toBe(scored);
    }),
  );
});
