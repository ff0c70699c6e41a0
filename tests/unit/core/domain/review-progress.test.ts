import { expect, test } from 'vitest';
import { leastCertainFirst, reviewProgress } from '../../../../core/domain/review-progress.ts';
import { makeFinding } from './make-finding.ts';

test('progress counts by state', () => {
  const states = ['proposed', 'accepted', 'accepted', 'edited', 'rejected', 'not-assessable'] as const;
  expect(reviewProgress(states.map((state) => ({ state })))).toEqual({
    total: 6,
    judged: 5,
    byState: { proposed: 1, accepted: 2, edited: 1, rejected: 1, 'not-assessable': 1 },
  });
  expect(reviewProgress([])).toMatchObject({ total: 0, judged: 0 });
});

test('least certain first, drawn ones last, equal scores by id', () => {
  const id = (digit: number) => `01900000-0000-7000-8000-00000000000${digit}`;
  const { score: _, ...unscored } = makeFinding({ id: id(1) });
  const findings = [
    unscored,
    makeFinding({ id: id(5), score: 0.9 }),
    makeFinding({ id: id(4), score: 0.3 }),
    makeFinding({ id: id(3), score: 0.3 }),
  ];
  const order = leastCertainFirst(findings).map((finding) => Number(finding.id.at(-1)));
  expect(order).toEqual([3, 4, 5, 1]);
  expect(findings[0]).toBe(unscored);
});
