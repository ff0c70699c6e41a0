export interface Drift {
  /** Findings per bin of score, from 0 to 1. */
  readonly before: readonly number[];
  readonly recent: readonly number[];
  /** Population stability index of the two; undefined while either has too few to tell. */
  readonly index: number | undefined;
}

export interface Scored {
  readonly score: number;
  /** Ms since the epoch. */
  readonly at: number;
}

export const DRIFT_BINS = 10;
/** Fewer tell nothing: a bin would hold less than five. */
export const LEAST_TO_TELL = 50;
/** From here on a distribution is commonly held to have shifted; below 0.1 it has not. Source: Siddiqi, 2006. */
export const SHIFTED = 0.25;

/**
 * Whether a model has come to score otherwise than it did: what it scored since `since` against all before. A
 * shift says that photos, cameras or surfaces have changed, not yet that the model is wrong.
 */
export function driftOf(scored: readonly Scored[], since: number): Drift {
  const before = binned(scored.filter(({ at }) => at < since));
  const recent = binned(scored.filter(({ at }) => at >= since));
  const enough = sum(before) >= LEAST_TO_TELL && sum(recent) >= LEAST_TO_TELL;
  return { before, recent, index: enough ? stabilityIndex(before, recent) : undefined };
}

/** Sum over bins of (a - b) ln(a / b); half a case is added to each bin, so that an empty one counts too. */
export function stabilityIndex(before: readonly number[], recent: readonly number[]): number {
  const shares = (counts: readonly number[]): number[] =>
    counts.map((count) => (count + 0.5) / (sum(counts) + counts.length / 2));
  const [expected, actual] = [shares(before), shares(recent)];
  return expected.reduce((total, share, at) => {
    const now = actual[at] ?? share;
    return total + (now - share) * Math.log(now / share);
  }, 0);
}

function binned(scored: readonly Scored[]): number[] {
  const bins = Array.from({ length: DRIFT_BINS }, () => 0);
  for (const { score } of scored) {
    const at = Math.min(DRIFT_BINS - 1, Math.max(0, Math.floor(score * DRIFT_BINS)));
    bins[at] = (bins[at] ?? 0) + 1;
  }
  return bins;
}

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
