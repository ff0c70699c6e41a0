import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { quantile } from '../../cli/quantile.ts';
import { spread, type Spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

/** DevTools' CPU slow-down of the page: a slow tablet. */
const SLOW_DOWN = 4;
const Times = v.object({ chromium: v.string(), records: v.array(v.number()), photos: v.array(v.number()) });

/** From calling save to durable: strict transaction complete, journal flushed, photo read back. */
export const storage: Subset = {
  name: 'storage',
  measures: `saving a 1 KB record and a 3 MB photo until durable, CPU ${SLOW_DOWN} times slower`,
  async run({ log }): Promise<SubsetReport> {
    log('saving records and photos');
    const { chromium, records, photos } = await timeSaving();
    return {
      ms: {
        'record of 1 KB': { save: spread(records), 'save, p99': slowEnd(records) },
        'photo of 3 MB': { save: spread(photos), 'save, p99': slowEnd(photos) },
      },
      ratios: {
        'record p99 / 20 ms': slowEnd(records.map((ms) => ms / 20)),
        'photo p99 / 250 ms': slowEnd(photos.map((ms) => ms / 250)),
      },
      about: { chromium, 'CPU slow-down': SLOW_DOWN },
    };
  },
};

/** In a process of its own: the page that saves belongs to the tests, which bench may not import. */
async function timeSaving(): Promise<v.InferOutput<typeof Times>> {
  const script = join(import.meta.dirname, '../../tests/e2e/storage/time-saving.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', script, String(SLOW_DOWN)],
    { maxBuffer: 2 ** 24 },
  );
  return v.parse(Times, JSON.parse(stdout));
}

/** What is promised is the slow end: p99 alone, without a spread around it. */
function slowEnd(values: readonly number[]): Spread {
  const p99 = quantile(values, 0.99);
  return { median: p99, low: p99, high: p99, count: values.length };
}
