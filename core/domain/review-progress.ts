import type { Finding } from '../contract/records.ts';

export interface ReviewProgress {
  readonly total: number;
  readonly judged: number;
  readonly byState: Readonly<Record<Finding['state'], number>>;
}

export function reviewProgress(findings: readonly Pick<Finding, 'state'>[]): ReviewProgress {
  const byState = { proposed: 0, accepted: 0, edited: 0, rejected: 0, 'not-assessable': 0 };
  for (const { state } of findings) byState[state]++;
  return { total: findings.length, judged: findings.length - byState.proposed, byState };
}

/**
 * Least certain first: a person's look helps most where the model doubts. What a person drew has no doubt
 * and comes last; equal scores are ordered by id, so that the list stands still.
 */
export function leastCertainFirst<Kind extends Pick<Finding, 'id' | 'score'>>(
  findings: readonly Kind[],
): readonly Kind[] {
  return [...findings].sort(
    (a, b) => (a.score ?? 2) - (b.score ?? 2) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}
