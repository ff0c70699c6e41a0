import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../../../../core/contract/geometry.ts';
import type { RawFinding } from '../../../../core/contract/vision-worker.ts';
import { LIVE_RULES, NO_TRACKS, trackFrame, type Tracking } from '../../../../core/vision/track.ts';

const box = (x: number, y: number, width = 40, height = 40): Box => ({ x, y, width, height });
const seen = (at: Box, score = 0.5, labelIndex = 0): RawFinding => ({
  label: `class ${labelIndex}`,
  labelIndex,
  damageType: 'unclassified',
  score,
  box: at,
  geometry: { kind: 'box', box: at },
});

/** Frames a tenth of a second apart. */
const film = (frames: readonly (readonly RawFinding[])[]): readonly Tracking[] => {
  let now = NO_TRACKS;
  return frames.map((findings, at) => (now = trackFrame(now, findings, at * 100)));
};
const shownIds = ({ tracks }: Tracking) => tracks.filter(({ shown }) => shown).map(({ id }) => id);

describe('what is shown', () => {
  test('a finding of one frame is not, unless it is sure', () => {
    expect(film([[seen(box(0, 0))], [], []]).map(shownIds)).toEqual([[], [], []]);
    expect(film([[seen(box(0, 0), 0.9)]]).map(shownIds)).toEqual([[1]]);
  });

  test('a gap does not hide it, until it was gone for long', () => {
    const there = [seen(box(0, 0))];
    const gap = Array.from({ length: 14 }, () => []);
    const shown = film([there, there, ...gap]).map(shownIds);
    expect(shown.slice(1, 14)).toEqual(Array.from({ length: 13 }, () => [1]));
    expect(shown.at(-1)).toEqual([]);
  });

  test('another label in the same place is another damage', () => {
    const [, after] = film([[seen(box(0, 0))], [seen(box(0, 0), 0.5, 1)]]);
    expect(after?.tracks.map(({ id }) => id)).toEqual([1, 2]);
  });

  test('the surest sight is remembered, with its time', () => {
    const frames = [0.4, 0.8, 0.6].map((score) => [seen(box(0, 0), score)]);
    expect(film(frames).at(-1)?.tracks[0]?.best).toMatchObject({ finding: { score: 0.8 }, atMs: 100 });
  });
});

const step = fc.record({
  x: fc.integer({ min: -9, max: 9 }),
  y: fc.integer({ min: -9, max: 9 }),
  missed: fc.boolean(),
});

test('damages that move slower than their size keep their ids, through gaps and in any order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(step, { minLength: 3, maxLength: 30 }),
      fc.boolean(),
      (count, steps, backwards) => {
        const at = { x: 500, y: 500 };
        let now = NO_TRACKS;
        let wasMissed = true;
        const ids = new Set<number>();
        for (const [frame, { x, y, missed }] of steps.entries()) {
          at.x += x;
          at.y += y;
          const gone: boolean = missed && !wasMissed && frame > 1;
          wasMissed = gone;
          const all = Array.from({ length: count }, (_, i) => seen(box(at.x + i * 200, at.y)));
          now = trackFrame(now, gone ? [] : backwards ? all.toReversed() : all, frame * 100);
          expect(now.tracks).toHaveLength(count);
          if (frame > 0) expect(shownIds(now)).toHaveLength(count);
          now.tracks.forEach(({ id }) => ids.add(id));
          const order = now.tracks.map(({ finding }) => finding.box.x);
          expect(order).toEqual([...order].sort((a, b) => (backwards ? b - a : a - b)));
        }
        expect(ids.size).toBe(count);
      },
    ),
    { numRuns: 200 },
  );
});

const anyFinding = fc
  .tuple(
    fc.integer({ min: 0, max: 900 }),
    fc.integer({ min: 0, max: 900 }),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 300 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 2 }),
  )
  .map(([x, y, width, height, score, label]) => seen(box(x, y, width, height), score, label));

test('whatever is seen: every finding is in one track, ids are never used twice, nothing lives for ever', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyFinding, { maxLength: 8 }), { maxLength: 20 }), (frames) => {
      let now = NO_TRACKS;
      let highest = 0;
      for (const [frame, findings] of frames.entries()) {
        const before = new Set(now.tracks.map(({ id }) => id));
        const nowMs = frame * 100;
        now = trackFrame(now, findings, nowMs);
        expect(now.tracks.filter(({ lastMs }) => lastMs === nowMs)).toHaveLength(findings.length);
        const ids = now.tracks.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual([...ids].sort((a, b) => a - b));
        for (const id of ids.filter((each) => !before.has(each))) expect(id).toBeGreaterThan(highest);
        highest = Math.max(highest, ...ids);
      }
      expect(trackFrame(now, [], frames.length * 100 + LIVE_RULES.goneAfterMs + 1).tracks).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('a still damage whose box trembles stays within the tremble, and calmer', () => {
  const tremble = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(tremble, (offsets) => {
      const frames = film(offsets.map((offset) => [seen(box(100 + offset, 100))]));
      const drawn = frames.map(({ tracks }) => tracks[0]?.finding.box.x ?? NaN);
      const jumps = (values: readonly number[]) =>
        values.slice(1).reduce((sum, value, at) => sum + Math.abs(value - (values[at] ?? value)), 0);
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(100 + Math.min(...offsets));
      expect(Math.max(...drawn)).toBeLessThanOrEqual(100 + Math.max(...offsets));
      expect(jumps(drawn)).toBeLessThanOrEqual(jumps(offsets) + 1e-9);
    }),
  );
});
