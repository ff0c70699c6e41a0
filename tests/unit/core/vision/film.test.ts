import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../../../../core/contract/geometry.ts';
import type { RawFinding } from '../../../../core/contract/vision-worker.ts';
import { afterFrame, bestMoments, lookTimes, newFilm } from '../../../../core/vision/film.ts';

const box = (x: number): Box => ({ x, y: 40, width: 60, height: 60 });
const seen = (x: number, score = 0.5): RawFinding => ({
  label: 'damage',
  labelIndex: 0,
  damageType: 'unclassified',
  score,
  box: box(x),
  geometry: { kind: 'box', box: box(x) },
});
const film = (frames: readonly (readonly RawFinding[])[]) => {
  const times = lookTimes(frames.length / 2);
  return frames.reduce((so, findings, at) => afterFrame(so, findings, times[at] ?? 0), newFilm(times));
};

describe('when a film is looked at', () => {
  test.each([
    [10, 20],
    [0.2, 1],
    [7200, 600],
    [0, 0],
    [NaN, 0],
    [Infinity, 0],
  ])('%d s: %d times', (durationS, looks) => {
    const times = lookTimes(durationS);
    expect(times).toHaveLength(looks);
    expect(times.every((time, at) => time > (times[at - 1] ?? 0) && time < durationS)).toBe(true);
  });
});

test('a damage that moves through the picture is one, with its first, last and surest second', () => {
  const { seen: tracks } = film([[], [seen(0)], [seen(20, 0.9)], [seen(40)], [seen(60)], []]);
  expect(tracks).toMatchObject([
    { firstMs: 750, lastMs: 2250, sights: 4, best: { atMs: 1250, finding: { score: 0.9, box: { x: 20 } } } },
  ]);
});

test('it stays in the list when it is gone, and one that comes much later is another', () => {
  const gap = Array.from({ length: 6 }, () => []);
  const { seen: tracks } = film([[seen(0)], [seen(0)], ...gap, [seen(5)], [seen(5)]]);
  expect(tracks.map(({ firstMs }) => firstMs)).toEqual([250, 4250]);
});

test('a single unsure sight is noise, a sure one is not', () => {
  expect(film([[seen(0, 0.4)], [], []]).seen).toEqual([]);
  expect(film([[seen(0, 0.8)], [], []]).seen).toHaveLength(1);
});

test('no damage is lost or listed twice, however many are in the picture', () => {
  const frame = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 40 }), (frames) => {
      const shown = frames.map((there) => there.flatMap((yes, at) => (yes ? [seen(at * 300, 0.8)] : [])));
      const { seen: tracks } = film(shown);
      expect(new Set(tracks.map(({ id }) => id)).size).toBe(tracks.length);
      expect(tracks.reduce((sum, { sights }) => sum + sights, 0)).toBe(shown.flat().length);
      for (const [at, there] of shown.entries()) {
        for (const { box: wanted } of there) {
          const nowMs = at * 500 + 250;
          const covering = tracks.filter(
            ({ finding, firstMs, lastMs }) =>
              finding.box.x === wanted.x && firstMs <= nowMs && lastMs >= nowMs,
          );
          expect(covering).toHaveLength(1);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('frames that show several damages at their surest are kept once', () => {
  const both = [seen(0, 0.9), seen(300, 0.8)];
  const { seen: tracks } = film([[seen(0)], both, [seen(300, 0.7)], [], [seen(600, 0.95)]]);
  expect(tracks).toHaveLength(3);
  expect(bestMoments(tracks, 500)).toEqual([750, 2250]);
});
