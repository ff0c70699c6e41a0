import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { quantile } from '../../cli/quantile.ts';
import { spread, type Spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

const PHOTOS = 2000;
const FINDINGS = 10_000;
/** A frame that takes more than this is a frame missed at 60 a second, with half a frame for the clock. */
const MISSED_MS = 1.5 * (1000 / 60);
const OPEN_MS = 150;

const Scrolled = v.object({ intervals: v.array(v.number()), mostRows: v.number() });
const Measured = v.object({
  chromium: v.string(),
  takenIn: v.number(),
  first: v.number(),
  again: v.array(v.number()),
  list: v.array(v.number()),
  search: v.array(v.number()),
  filter: v.array(v.number()),
  grid: Scrolled,
  rows: Scrolled,
});
type Scrolled = v.InferOutput<typeof Scrolled>;

/** A long day on one turbine, taken in as a bundle, opened and scrolled in the built app. */
export const lists: Subset = {
  name: 'lists',
  measures: `opening and scrolling an inspection of ${PHOTOS} photos and ${FINDINGS} findings`,
  async run({ rounds, log }): Promise<SubsetReport> {
    log('making the inspection, taking it in, opening and scrolling it');
    const { chromium, takenIn, first, again, list, search, filter, grid, rows } = await measure(rounds);
    return {
      ms: {
        inspection: {
          'taken in as a bundle': only(takenIn),
          'first opening after a start': only(first),
          opening: spread(again),
        },
        'all findings': {
          opening: spread(list),
          'search, to the list': spread(search),
          'filter, to the list': spread(filter),
        },
        'a frame while scrolling': { photos: spread(grid.intervals), findings: spread(rows.intervals) },
      },
      ratios: {
        'opening / 150 ms': spread(again.map((ms) => ms / OPEN_MS)),
        'frames missed of all, photos': only(missed(grid)),
        'frames missed of all, findings': only(missed(rows)),
      },
      about: {
        chromium,
        'frames a second, photos': perSecond(grid),
        'frames a second, findings': perSecond(rows),
        'slowest frame but 1 %, photos': `${quantile(grid.intervals, 0.99).toFixed(1)} ms`,
        'slowest frame but 1 %, findings': `${quantile(rows.intervals, 0.99).toFixed(1)} ms`,
        'most rows in the page': Math.max(grid.mostRows, rows.mostRows),
      },
    };
  },
};

/** In a process of its own: what fills the app belongs to the tests, which bench may not import. */
async function measure(rounds: number): Promise<v.InferOutput<typeof Measured>> {
  const script = join(import.meta.dirname, '../../tests/e2e/big-day/measure.ts');
  const measuring = promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', script, String(PHOTOS), String(FINDINGS), String(rounds)],
    { maxBuffer: 2 ** 24 },
  );
  // It takes minutes: whoever waits is told where it is.
  measuring.child.stderr?.pipe(process.stderr);
  const { stdout } = await measuring;
  return v.parse(Measured, JSON.parse(stdout));
}

const missed = ({ intervals }: Scrolled): number =>
  intervals.filter((ms) => ms > MISSED_MS).length / intervals.length;
const perSecond = ({ intervals }: Scrolled): string =>
  (1000 / (intervals.reduce((sum, ms) => sum + ms, 0) / intervals.length)).toFixed(1);
const only = (value: number): Spread => ({ median: value, low: value, high: value, count: 1 });
