import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { MUTANTS } from './mutants.ts';

/** `npm run mutants`: plants each mutant, counts those that the tests notice; 1 when one survives. */
const AT_ONCE = 2;

function runTests(mutant: number): Promise<{ passed: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--config', join(import.meta.dirname, 'vitest.config.ts')],
      {
        env: { ...process.env, LOUPE_MUTANT: String(mutant), LOUPE_HISTORIES: '60' },
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
const queue = MUTANTS.map((_, index) => index);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      const { passed, output } = await runTests(index);
      if (output.includes('no longer fits')) throw new Error(output);
      const { file = '', means = '' } = MUTANTS[index] ?? {};
      verdicts[index] = passed ? 'SURVIVED' : 'caught';
      process.stdout.write(`${verdicts[index]?.padEnd(9)} ${file.padEnd(20)} ${means}\n`);
    }
  }),
);
const caught = verdicts.filter((verdict) => verdict === 'caught').length;
process.stdout.write(`${caught} of ${MUTANTS.length} mutants caught\n`);
process.exitCode = caught === MUTANTS.length ? 0 : 1;
