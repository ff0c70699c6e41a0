import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { SubsetReport } from './subset.ts';

const Baseline = v.object({
  measured: v.string(),
  /** A ratio is worse when its median lies above `value` by more than `slack` of it. */
  ratios: v.record(v.string(), v.object({ value: v.number(), slack: v.number() })),
});

/** What is worse than the committed baseline, one line each; ratios only, never times. */
export async function checkBaseline(name: string, report: SubsetReport): Promise<readonly string[]> {
  const file = join(import.meta.dirname, 'baselines', `${name}.json`);
  // A new subset has nothing to be worse than.
  if (!existsSync(file)) return [];
  const baseline = v.parse(v.pipe(v.string(), v.parseJson(), Baseline), await readFile(file, 'utf8'));
  return Object.entries(baseline.ratios).flatMap(([ratio, { value, slack }]) => {
    const median = report.ratios[ratio]?.median;
    if (median === undefined) return [`${name}: ${ratio} was not measured`];
    const limit = value * (1 + slack);
    if (median <= limit) return [];
    return [`${name}: ${ratio} is ${median.toFixed(3)}, baseline ${value} allows ${limit.toFixed(3)}`];
  });
}
