import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../cli/options.ts';
import { runCommand } from '../cli/run-command.ts';
import { checkBaseline } from './check.ts';
import { describeMachine } from './machine.ts';
import type { Spread } from './statistics.ts';
import type { Subset, SubsetReport } from './subset.ts';
import { first } from './subsets/first.ts';
import { firstLook } from './subsets/first-look.ts';
import { lists } from './subsets/lists.ts';
import { live } from './subsets/live.ts';
import { memory } from './subsets/memory.ts';
import { models } from './subsets/models.ts';
import { peers } from './subsets/peers.ts';
import { server } from './subsets/server.ts';
import { start } from './subsets/start.ts';
import { storage } from './subsets/storage.ts';
import { writePerformance } from './write-performance.ts';

const SUBSETS: readonly Subset[] = [
  ...[first, firstLook, lists, live, memory, models, peers, server, start, storage],
];

const USAGE = `npm run bench -- [NAME...] [--model ID] [--rounds N] [--skip N] [--limit N] [--check] [--write]

${SUBSETS.map(({ name, measures }) => `${name.padEnd(10)} ${measures}`).join('\n')}

--check compares ratios with bench/baselines and fails when one is worse;
--write alone puts the newest result of each subset into docs/PERFORMANCE.md, and keeps what is newer there.`;

await runCommand(USAGE, async (args) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string', default: 'blade-damage' },
      rounds: { type: 'string', default: '7' },
      limit: { type: 'string' },
      skip: { type: 'string', default: '0' },
      check: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new UsageError('--rounds is a whole number from 1');
  const limit = values.limit === undefined ? Infinity : Number(values.limit);
  const skip = Number(values.skip);
  if (!Number.isInteger(skip) || skip < 0) throw new UsageError('--skip is a whole number from 0');
  if (!(limit >= 1)) throw new UsageError('--limit is a number from 1');
  const unknown = positionals.find((name) => !SUBSETS.some((subset) => subset.name === name));
  if (unknown !== undefined) throw new UsageError(`there is no subset ${unknown}`);

  if (values.write && positionals.length === 0) {
    const measured = await writePerformance(SUBSETS);
    console.log(`docs/PERFORMANCE.md has the newest results that are here: ${measured.join(', ') || 'none'}`);
    return 0;
  }

  const worse: string[] = [];
  for (const subset of SUBSETS) {
    if (positionals.length > 0 && !positionals.includes(subset.name)) continue;
    const machine = describeMachine();
    const report = await subset.run({
      model: values.model,
      rounds,
      limit,
      skip,
      log: (line) => console.error(line),
    });
    print(subset, machine, report);
    console.log(
      `kept in ${await keep(subset.name, { subset: subset.name, measures: subset.measures, machine, ...report })}`,
    );
    if (values.check) worse.push(...(await checkBaseline(subset.name, report)));
  }
  for (const line of worse) console.error(`WORSE ${line}`);
  return worse.length > 0 ? 1 : 0;
});

function print(subset: Subset, machine: ReturnType<typeof describeMachine>, report: SubsetReport): void {
  console.log(`\n${subset.name}: ${subset.measures}`);
  const facts = { ...machine, ...report.about };
  console.log(
    Object.entries(facts)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  for (const [name, stages] of Object.entries(report.ms)) {
    console.log(`\n${name}, ms: median [half of all runs]`);
    for (const [stage, value] of Object.entries(stages)) console.log(line(stage, value, 1));
  }
  console.log('\nratios');
  for (const [name, value] of Object.entries(report.ratios)) console.log(line(name, value, 3));
}

function line(name: string, { median, low, high, count }: Spread, digits: number): string {
  const [middle, from, to] = [median, low, high].map((value) => value.toFixed(digits).padStart(9));
  return `  ${name.padEnd(36)} ${middle} [${from} ..${to} ]  n = ${count}`;
}

async function keep(name: string, result: object): Promise<string> {
  const folder = join(import.meta.dirname, 'results');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}-${new Date().toISOString().replaceAll(':', '')}.json`);
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}
