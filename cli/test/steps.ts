import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { findPython } from './find-python.ts';

export interface StepResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why the step did not run, where it did not. */
  readonly note?: string;
}

export interface Step {
  readonly name: string;
  run(): Promise<StepResult>;
}

const ROOT = resolve(import.meta.dirname, '../..');
const REPORTS = join(ROOT, '.cache', 'test-reports');

export const STEPS: readonly Step[] = [
  check('format', 'format:check'),
  check('lint', 'lint'),
  check('types', 'typecheck'),
  vitest('unit'),
  vitest('contract'),
  vitest('browser'),
  vitest('e2e'),
  { name: 'pytest', run: pytest },
];

/** A step without cases of its own: it counts only when it fails. */
function check(name: string, script: string): Step {
  return {
    name,
    run: async () => {
      const code = await spawnStep('npm', ['run', '--silent', script]);
      return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
    },
  };
}

const VitestReport = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
});

function vitest(project: string): Step {
  return {
    name: project,
    run: async () => {
      const report = join(REPORTS, `${project}.json`);
      await mkdir(REPORTS, { recursive: true });
      await rm(report, { force: true });
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const code = await spawnStep('npx', ['vitest', 'run', '--project', project, ...reporters]);
      const text = await readFile(report, 'utf8').catch(() => undefined);
      if (text === undefined) return { passed: 0, failed: 1, skipped: 0, note: 'vitest wrote no report' };
      const counts = v.parse(v.pipe(v.string(), v.parseJson(), VitestReport), text);
      return {
        passed: counts.numPassedTests,
        // A file that does not load has no failed case, but vitest then ends with an error.
        failed: counts.numFailedTests || (code === 0 ? 0 : 1),
        skipped: counts.numPendingTests,
      };
    },
  };
}

async function pytest(): Promise<StepResult> {
  const python = await findPython(ROOT);
  if (!python) {
    const note = 'no Python with torch and pytest: set LOUPE_PYTHON, or make .venv as .ci/run does';
    return { passed: 0, failed: 0, skipped: 0, note };
  }
  console.log(`Python: ${python}`);
  let output = '';
  const code = await spawnStep(python, ['-m', 'pytest', '-q', 'training'], (text) => (output += text));
  const counted = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(lastLine(output))?.[1] ?? 0);
  const failed = counted('failed') + counted('error');
  return {
    passed: counted('passed'),
    failed: failed || (code === 0 ? 0 : 1),
    skipped: counted('skipped'),
  };
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

/** The step's own words go straight to the terminal. Resolves with the exit code, 1 for a signal. */
function spawnStep(
  command: string,
  args: readonly string[],
  onOutput?: (text: string) => void,
): Promise<number> {
  return new Promise((resolveCode, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', onOutput ? 'pipe' : 'inherit', 'inherit'],
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text);
      onOutput?.(text);
    });
    child.on('error', reject);
    child.on('close', (code) => resolveCode(code ?? 1));
  });
}
