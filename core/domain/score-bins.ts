import type { Finding } from '../contract/records.ts';

type Judged = Pick<Finding, 'score' | 'state' | 'captureId'>;

/** What people said of findings with scores from `from` up to `to`. */
export interface ScoreBin {
  readonly from: number;
  readonly to: number;
  readonly confirmed: number;
  readonly rejected: number;
  readonly open: number;
}

const said = ({ state }: Judged): 'confirmed' | 'rejected' | 'open' | undefined => {
  if (state === 'proposed') return 'open';
  if (state === 'rejected') return 'rejected';
  return state === 'not-assessable' ? undefined : 'confirmed';
};

/** The model's score against people's judgement; what a person drew has no score and is left out. */
export function scoreBins(findings: readonly Judged[], count = 20): readonly ScoreBin[] {
  const bins = Array.from({ length: count }, (_, at) => ({
    from: at / count,
    to: (at + 1) / count,
    confirmed: 0,
    rejected: 0,
    open: 0,
  }));
  for (const finding of findings) {
    const kind = said(finding);
    if (finding.score === undefined || !kind) continue;
    const bin = bins[Math.min(count - 1, Math.floor(finding.score * count))];
    if (bin) bin[kind]++;
  }
  return bins;
}

export interface ThresholdCounts {
  /** Not judged yet, at or above the threshold, and on how many photos. */
  readonly open: number;
  readonly photos: number;
  /** Not judged yet and below. */
  readonly left: number;
  readonly confirmedAbove: number;
  readonly rejectedAbove: number;
  /** Damage that people confirmed and this threshold would have left out. */
  readonly confirmedBelow: number;
  readonly rejectedBelow: number;
}

/** What a threshold would have meant on these very findings. */
export function countAtThreshold(findings: readonly Judged[], threshold: number): ThresholdCounts {
  const counts = {
    open: 0,
    left: 0,
    confirmedAbove: 0,
    rejectedAbove: 0,
    confirmedBelow: 0,
    rejectedBelow: 0,
  };
  const photos = new Set<string>();
  for (const finding of findings) {
    const kind = said(finding);
    if (finding.score === undefined || !kind) continue;
    const above = finding.score >= threshold;
    if (kind === 'open') {
      if (above) photos.add(finding.captureId);
      counts[above ? 'open' : 'left']++;
    } else counts[`${kind}${above ? 'Above' : 'Below'}`]++;
  }
  return { ...counts, photos: photos.size };
}
