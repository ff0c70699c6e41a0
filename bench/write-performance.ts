import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { format, resolveConfig } from 'prettier';
import { performancePage, Result, type Measured, type Parts } from './performance-page.ts';

const RESULTS = join(import.meta.dirname, 'results');
/** What a figure means and what stands in its way: written by hand, `<subset>.md`. */
const NOTES = join(import.meta.dirname, 'notes');
const TARGET = join(import.meta.dirname, '../docs/PERFORMANCE.md');

/** docs/PERFORMANCE.md from the newest result of each subset; returns the subsets that have one here. */
export async function writePerformance(subsets: Parts['subsets']): Promise<readonly string[]> {
  const measured = await newestResults();
  const notes = new Map<string, string>();
  for (const { name } of subsets) notes.set(name, await text(join(NOTES, `${name}.md`)));
  const page = performancePage({ subsets, measured, notes, before: await text(TARGET) });
  await writeFile(TARGET, await format(page, { ...(await resolveConfig(TARGET)), parser: 'markdown' }));
  return [...measured.keys()];
}

async function newestResults(): Promise<ReadonlyMap<string, Measured>> {
  const newest = new Map<string, Measured>();
  const names = await readdir(RESULTS).catch(() => []);
  for (const name of names.filter((file) => file.endsWith('.json')).sort()) {
    const read = v.safeParse(
      v.pipe(v.string(), v.parseJson(), Result),
      await readFile(join(RESULTS, name), 'utf8'),
    );
    // Results of before `measures` was kept tell too little.
    if (read.success) newest.set(read.output.subset, { result: read.output, at: timeOf(name) });
  }
  return newest;
}

/** As `bench/run.ts` names a result: its colons are left out. */
const timeOf = (name: string): string => name.replace(/^.*(\d{4}-\d\d-\d\dT\d\d)(\d\d).*\.json$/, '$1:$2Z');

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
