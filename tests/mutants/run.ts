import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { MUTANTS } from './mutants.ts';
import { SYNC_MUTANTS } from './sync-mutants.ts';

/** `npm run mutants`, or with `-- sync` those of the way to the server: plants each mutant, counts those that the tests notice; 1 when one survives. */
const AT_ONCE = Number(process.env['LOUPE_AT_ONCE'] ?? 2);
const isSync = process.argv[2] === 'sync';
const mutants = isSync ? SYNC_MUTANTS : MUTANTS;

/** The quick tests first: most mutants are caught by them, and histories take their time. */
const PARTS = isSync
  ? ['tests/unit/sync', 'tests/contract/server/sqlite', 'tests/contract/server']
  : ['tests/unit/core/sync-rules', 'tests/unit/storage/histories'];

interface Ran {
  readonly passed: boolean;
  readonly output: string;
}

async function runTests(mutant: number): Promise<Ran> {
  let ran: Ran = { passed: true, output: '' };
  for (const part of PARTS) if (ran.passed) ran = await runPart(mutant, part);
  // On a machine under load a test that ran out of time says nothing about the mutant.
  if (/Test timed out/.test(ran.output)) throw new Error(`a test ran out of time:\n${ran.output}`);
  return ran;
}

function runPart(mutant: number, part: string): Promise<Ran> {
  const config = join(import.meta.dirname, 'vitest.config.ts');
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', ...(part ? [part] : []), '--config', config],
      {
        env: {
          ...process.env,
          LOUPE_MUTANT: String(mutant),
          LOUPE_MUTANTS: isSync ? 'sync' : 'rules',
          LOUPE_HISTORIES: isSync ? '20' : '25',
          // A failure is enough; its shortest form is not asked for.
          LOUPE_NO_SHRINK: '1',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('exit', (code) => resolve({ passed: code === 0, output }));
  });
}

const clean = await runTests(-1);
if (!clean.passed) throw new Error(`the tests fail without a mutant:\n${clean.output}`);

const verdicts: string[] = [];
const queue = mutants.map((_, index) => index);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      const { passed, output } = await runTests(index);
      if (output.includes('no longer fits')) throw new Error(output);
      const { file = '', means = '' } = mutants[index] ?? {};
      verdicts[index] = passed ? 'SURVIVED' : 'caught';
      process.stdout.write(`${verdicts[index]?.padEnd(9)} ${file.padEnd(20)} ${means}\n`);
    }
  }),
);
const caught = verdicts.filter((verdict) => verdict === 'caught').length;
process.stdout.write(`${caught} of ${mutants.length} mutants caught\n`);
process.exitCode = caught === mutants.length ? 0 : 1;
