import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { format, resolveConfig } from 'prettier';

const RESULTS = join(import.meta.dirname, 'results');
/** What a figure means and what stands in its way: written by hand, `<subset>.md`. */
const NOTES = join(import.meta.dirname, 'notes');
const TARGET = join(import.meta.dirname, '../docs/PERFORMANCE.md');

const Spread = v.object({ median: v.number(), low: v.number(), high: v.number(), count: v.number() });
const Result = v.object({
  subset: v.string(),
  measures: v.string(),
  machine: v.record(v.string(), v.union([v.string(), v.number()])),
  ms: v.record(v.string(), v.record(v.string(), Spread)),
  ratios: v.record(v.string(), Spread),
  about: v.record(v.string(), v.union([v.string(), v.number()])),
});
type Result = v.InferOutput<typeof Result>;

/** docs/PERFORMANCE.md from the newest result of each subset; returns the subsets that it tells of. */
export async function writePerformance(subsets: readonly string[]): Promise<readonly string[]> {
  const newest = new Map<string, Result>();
  for (const name of (await readdir(RESULTS)).filter((file) => file.endsWith('.json')).sort()) {
    const text = await readFile(join(RESULTS, name), 'utf8');
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Result), text);
    // Results of before `measures` was kept tell too little.
    if (read.success) newest.set(read.output.subset, read.output);
  }
  const parts = await Promise.all([...newest.values()].map(section));
  const missing = subsets.filter((name) => !newest.has(name));
  const open = missing.length > 0 ? [`Without a result yet: ${missing.join(', ')}.`] : [];
  const page = [HEAD, ...open, ...parts].join('\n\n');
  await writeFile(TARGET, await format(page, { ...(await resolveConfig(TARGET)), parser: 'markdown' }));
  return [...newest.keys()];
}

const HEAD = `# Performance

Written by \`npm run bench -- --write\` from the newest result of each subset in bench/results and from bench/notes.
Times are milliseconds: median [half of all runs]. Compare ratios, which were measured interleaved in one run;
times belong to the machine and its load.`;

async function section({ subset, measures, machine, ms, ratios, about }: Result): Promise<string> {
  const note = await readFile(join(NOTES, `${subset}.md`), 'utf8').catch(() => '');
  const facts = Object.entries({ ...machine, ...about }).map(([name, value]) => `${name} ${short(value)}`);
  const times = Object.entries(ms).flatMap(([name, stages]) =>
    Object.entries(stages).map(([stage, value]) => `| ${name} | ${stage} | ${spread(value, 1)} |`),
  );
  const rows = Object.entries(ratios).map(([name, value]) => `| ${name} | ${spread(value, 3)} |`);
  return [
    `## ${subset}`,
    `${measures[0]?.toUpperCase() ?? ''}${measures.slice(1)}.`,
    note.trim(),
    ['| case | stage | ms | runs |', '|---|---|---|---|', ...times].join('\n'),
    ['| ratio | median | runs |', '|---|---|---|', ...rows].join('\n'),
    `Measured with: ${facts.join('; ')}.`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** A single value has no spread to tell. */
function spread({ median, low, high, count }: v.InferOutput<typeof Spread>, digits: number): string {
  const [middle, from, to] = [median, low, high].map((value) => value.toFixed(digits));
  return low === high ? `${middle} | ${count}` : `${middle} [${from} to ${to}] | ${count}`;
}

const short = (value: string | number): string =>
  typeof value === 'string' || Number.isInteger(value) ? String(value) : value.toPrecision(4);
