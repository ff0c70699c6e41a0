import * as v from 'valibot';
import type { Subset } from './subset.ts';

const Spread = v.object({ median: v.number(), low: v.number(), high: v.number(), count: v.number() });
export const Result = v.object({
  subset: v.string(),
  measures: v.string(),
  machine: v.record(v.string(), v.union([v.string(), v.number()])),
  ms: v.record(v.string(), v.record(v.string(), Spread)),
  ratios: v.record(v.string(), Spread),
  about: v.record(v.string(), v.union([v.string(), v.number()])),
});
export type Result = v.InferOutput<typeof Result>;

export interface Measured {
  readonly result: Result;
  /** ISO 8601 to the minute, UTC. */
  readonly at: string;
}

export interface Parts {
  readonly subsets: readonly Pick<Subset, 'name' | 'measures'>[];
  /** The newest result of each subset that was measured here. */
  readonly measured: ReadonlyMap<string, Measured>;
  readonly notes: ReadonlyMap<string, string>;
  /** The page as it is. */
  readonly before: string;
}

const HEAD = `# Performance

Written by \`npm run bench -- --write\` from the newest result of each subset in bench/results and from bench/notes.
Times are milliseconds: median [half of all runs]. Compare ratios, which were measured interleaved in one run;
times belong to the machine and its load.`;

/**
 * docs/PERFORMANCE.md as Markdown, before it is formatted. Results stay on the machine that made them: figures
 * that another one has put into the page stay in it until there are newer ones, under today's words.
 */
export function performancePage({ subsets, measured, notes, before }: Parts): string {
  const kept = keptFigures(before);
  const missing: string[] = [];
  const parts = subsets.flatMap(({ name, measures }) => {
    const here = measured.get(name);
    const there = kept.get(name);
    const figures = here && (!there || there.at <= here.at) ? figuresOf(here) : there?.text;
    if (figures === undefined) {
      missing.push(name);
      return [];
    }
    const title = `${measures[0]?.toUpperCase() ?? ''}${measures.slice(1)}.`;
    return [[`## ${name}`, title, notes.get(name)?.trim(), figures].filter(Boolean).join('\n\n')];
  });
  const open = missing.length > 0 ? [`Without a result yet: ${missing.join(', ')}.`] : [];
  return [HEAD, ...open, ...parts].join('\n\n');
}

/** Tables and what follows, of each section that has any, with the time they were measured at ('' where none is told). */
function keptFigures(page: string): ReadonlyMap<string, { readonly text: string; readonly at: string }> {
  const sections = page.split(/^## /m).slice(1);
  return new Map(
    sections.flatMap((section) => {
      const name = /^\S+/.exec(section)?.[0];
      const start = section.search(/^\|/m);
      if (name === undefined || start < 0) return [];
      const text = section.slice(start).trim();
      return [[name, { text, at: /^Measured (\S+Z) /m.exec(text)?.[1] ?? '' }] as const];
    }),
  );
}

function figuresOf({ result: { machine, ms, ratios, about }, at }: Measured): string {
  const facts = Object.entries({ ...machine, ...about }).map(([name, value]) => `${name} ${short(value)}`);
  const times = Object.entries(ms).flatMap(([name, stages]) =>
    Object.entries(stages).map(([stage, value]) => `| ${name} | ${stage} | ${spread(value, 1)} |`),
  );
  const rows = Object.entries(ratios).map(([name, value]) => `| ${name} | ${spread(value, 3)} |`);
  return [
    ['| case | stage | ms | runs |', '|---|---|---|---|', ...times].join('\n'),
    ['| ratio | median | runs |', '|---|---|---|', ...rows].join('\n'),
    `Measured ${at} with: ${facts.join('; ')}.`,
  ].join('\n\n');
}

/** A single value has no spread to tell. */
function spread({ median, low, high, count }: v.InferOutput<typeof Spread>, digits: number): string {
  const [middle, from, to] = [median, low, high].map((value) => value.toFixed(digits));
  return low === high ? `${middle} | ${count}` : `${middle} [${from} to ${to}] | ${count}`;
}

const short = (value: string | number): string =>
  typeof value === 'string' || Number.isInteger(value) ? String(value) : value.toPrecision(4);
