import { LIVE_RULES, NO_TRACKS, trackFrame, type Track, type Tracking, type TrackRules } from './track.ts';
import type { RawFinding } from '../contract/vision-worker.ts';

/** Seconds between two looks at a film: a walk along a blade moves by less than a damage's size. */
const STEP_S = 0.5;
/** An hour of film is looked at more seldom rather than for hours. */
const MOST_LOOKS = 600;
/** A damage that is out of the picture for so many looks and comes back is another sight of it. */
const GONE_AFTER_LOOKS = 4;

/** When a film is looked at, in seconds: in the middle of equal parts. Empty for a film without length. */
export function lookTimes(durationS: number): readonly number[] {
  if (!(durationS > 0) || !Number.isFinite(durationS)) return [];
  const looks = Math.min(MOST_LOOKS, Math.max(1, Math.round(durationS / STEP_S)));
  return Array.from({ length: looks }, (_, at) => ((at + 0.5) * durationS) / looks);
}

/** Every damage that was seen in a film so far, linked over its frames, in the order of first sights. */
export interface Film {
  readonly tracking: Tracking;
  readonly seen: readonly Track[];
  readonly rules: TrackRules;
}

export const newFilm = (times: readonly number[]): Film => {
  const [first = 0, second = STEP_S] = times;
  const rules = { ...LIVE_RULES, goneAfterMs: GONE_AFTER_LOOKS * (second - first) * 1000, follow: 1 };
  return { tracking: NO_TRACKS, seen: [], rules };
};

/** The film after one more look at it, in order of time. */
export function afterFrame(
  { tracking, seen, rules }: Film,
  findings: readonly RawFinding[],
  atS: number,
): Film {
  const next = trackFrame(tracking, findings, atS * 1000, rules);
  const known = new Map(seen.map((track) => [track.id, track]));
  for (const track of next.tracks) if (track.shown) known.set(track.id, track);
  return { tracking: next, rules, seen: [...known.values()].sort((a, b) => a.id - b.id) };
}

/** The fewest moments, in milliseconds, that show each damage at its surest: those nearer than a look share one. */
export function bestMoments(tracks: readonly Track[], withinMs: number): readonly number[] {
  const times = [...tracks]
    .sort((a, b) => b.best.finding.score - a.best.finding.score)
    .map(({ best }) => best.atMs);
  return times
    .filter((time, at) => times.slice(0, at).every((other) => Math.abs(other - time) >= withinMs))
    .sort((a, b) => a - b);
}
