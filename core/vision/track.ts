import type { Box } from '../contract/geometry.ts';
import type { RawFinding } from '../contract/vision-worker.ts';
import { boxArea, boxIou } from './box.ts';

/** One damage over several frames. */
export interface Track {
  readonly id: number;
  /** As last seen, its box smoothed. */
  readonly finding: RawFinding;
  /** The surest sight of it. */
  readonly best: { readonly finding: RawFinding; readonly atMs: number };
  readonly firstMs: number;
  readonly lastMs: number;
  /** Frames in which it was seen. */
  readonly sights: number;
  /** Shown to a person: seen often enough, and not too long ago. Once shown, a gap does not hide it at once. */
  readonly shown: boolean;
}

export interface Tracking {
  readonly tracks: readonly Track[];
  readonly nextId: number;
}

export interface TrackRules {
  /** Sights before a track is shown; a single frame's finding may be noise. */
  readonly sights: number;
  /** A score from which one sight is enough. */
  readonly sureScore: number;
  /** A track that was not seen for so long is gone. */
  readonly goneAfterMs: number;
  /** Share of the new box in the smoothed one, 0 to 1: less is calmer and slower. */
  readonly follow: number;
}

export const LIVE_RULES: TrackRules = { sights: 2, sureScore: 0.7, goneAfterMs: 1200, follow: 0.6 };

/** Boxes further apart than this share of their sizes are not one damage. */
const NEAR = 0.25;

export const NO_TRACKS: Tracking = { tracks: [], nextId: 1 };

/**
 * The tracks after one more frame at `nowMs`. Each finding goes to the track of its label that it overlaps
 * most, or lies nearest to; each track takes at most one. Tracks come in the order of their ids, so that what
 * is drawn keeps its place.
 */
export function trackFrame(
  { tracks, nextId }: Tracking,
  findings: readonly RawFinding[],
  nowMs: number,
  rules: TrackRules = LIVE_RULES,
): Tracking {
  const pairs = tracks
    .flatMap((track) =>
      findings.map((finding) => ({ track, finding, likeness: likeness(track.finding, finding) })),
    )
    .filter(({ likeness }) => likeness > NEAR)
    .sort((a, b) => b.likeness - a.likeness || a.track.id - b.track.id);
  const seen = new Map<Track, RawFinding>();
  const taken = new Set<RawFinding>();
  for (const { track, finding } of pairs) {
    if (seen.has(track) || taken.has(finding)) continue;
    seen.set(track, finding);
    taken.add(finding);
  }
  const kept = tracks
    .map((track) => {
      const finding = seen.get(track);
      return finding ? follow(track, finding, nowMs, rules) : track;
    })
    .filter(({ lastMs }) => nowMs - lastMs <= rules.goneAfterMs);
  const begun = findings
    .filter((finding) => !taken.has(finding))
    .map((finding, at) => begin(nextId + at, finding, nowMs, rules));
  return { tracks: [...kept, ...begun], nextId: nextId + begun.length };
}

function begin(id: number, finding: RawFinding, nowMs: number, rules: TrackRules): Track {
  const shown = rules.sights <= 1 || finding.score >= rules.sureScore;
  return { id, finding, best: { finding, atMs: nowMs }, firstMs: nowMs, lastMs: nowMs, sights: 1, shown };
}

function follow(track: Track, finding: RawFinding, nowMs: number, rules: TrackRules): Track {
  const sights = track.sights + 1;
  const box = mixBoxes(track.finding.box, finding.box, rules.follow);
  return {
    ...track,
    finding: { ...finding, box },
    best: finding.score > track.best.finding.score ? { finding, atMs: nowMs } : track.best,
    lastMs: nowMs,
    sights,
    shown: track.shown || sights >= rules.sights || finding.score >= rules.sureScore,
  };
}

/** 0 to 2: what overlaps goes before what is only near. Of one label only. */
function likeness(a: RawFinding, b: RawFinding): number {
  if (a.labelIndex !== b.labelIndex) return 0;
  const iou = boxIou(a.box, b.box);
  if (iou > 0) return 1 + iou;
  return nearness(a.box, b.box);
}

/** 1 where the centres meet, 0 where they are two mean sides apart; boxes of other sizes are less near. */
function nearness(a: Box, b: Box): number {
  const across = a.x + a.width / 2 - b.x - b.width / 2;
  const down = a.y + a.height / 2 - b.y - b.height / 2;
  const side = (a.width + a.height + b.width + b.height) / 4;
  const [small, large] = [boxArea(a), boxArea(b)].sort((one, other) => one - other);
  const alike = large && small ? Math.sqrt(small / large) : 0;
  return Math.max(0, 1 - Math.hypot(across, down) / (2 * side)) * alike;
}

function mixBoxes(from: Box, to: Box, share: number): Box {
  const mix = (a: number, b: number) => a + (b - a) * share;
  return {
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    width: mix(from.width, to.width),
    height: mix(from.height, to.height),
  };
}
