import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import * as v from 'valibot';
import { findPython } from './find-python.ts';

export interface StepResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why the step did not run, where it did not. */
  readonly note?: string;
  /** File, name and first line of what went wrong, of each failed case. */
  readonly failures?: readonly string[];
}

export interface Step {
  readonly name: string;
  /** Takes one core for minutes: it runs beside the steps after it, up to the first that is `alone`. */
  readonly beside?: boolean;
  /** Nothing runs beside it. */
  readonly alone?: boolean;
  /** Takes too long for every run. */
  readonly onlyWhenAsked?: boolean;
  /** @param tell takes what the step prints; without it, it goes straight to the terminal. */
  run(tell?: Tell): Promise<StepResult>;
}

type Tell = (text: string) => void;

const ROOT = resolve(import.meta.dirname, '../..');
const REPORTS = join(ROOT, '.cache', 'test-reports');

const HISTORIES = ['tests/unit/sync/sync-histories', 'tests/unit/storage/histories'];

export const STEPS: readonly Step[] = [
  { name: 'histories', run: histories, onlyWhenAsked: true },
  { ...check('lint', 'lint'), beside: true },
  check('format', 'format:check'),
  check('types', 'typecheck'),
  { name: 'pytest', run: pytest },
  vitest('unit'),
  { ...vitest('contract'), alone: true },
  { ...vitest('browser'), alone: true },
  { ...vitest('e2e'), alone: true },
];

/** A step without cases of its own: it counts only when it fails. */
function check(name: string, script: string): Step {
  return {
    name,
    run: async (tell) => {
      const code = await spawnStep('npm', ['run', '--silent', script], { tell });
      return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
    },
  };
}

const VitestReport = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      message: v.optional(v.string(), ''),
      assertionResults: v.array(
        v.object({
          fullName: v.string(),
          status: v.string(),
          failureMessages: v.optional(v.array(v.string()), []),
        }),
      ),
    }),
  ),
});

function vitest(project: string): Step {
  return { name: project, run: (tell) => runVitest(project, project, [], { tell }) };
}

/** 10,000 random histories of each kind, others each time: a quarter of an hour on two cores. */
function histories(tell?: Tell): Promise<StepResult> {
  const args = [...HISTORIES, '--testNamePattern', 'leaves nothing stuck'];
  return runVitest('histories', 'unit', args, { tell, env: { LOUPE_HISTORIES: '10000' } });
}

async function runVitest(
  name: string,
  project: string,
  args: readonly string[],
  how: HowToSpawn,
): Promise<StepResult> {
  const report = join(REPORTS, `${name}.json`);
  await mkdir(REPORTS, { recursive: true });
  await rm(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await spawnStep('npx', ['vitest', 'run', '--project', project, ...args, ...reporters], how);
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1, skipped: 0, note: 'vitest wrote no report' };
  const counts = v.parse(v.pipe(v.string(), v.parseJson(), VitestReport), text);
  return {
    passed: counts.numPassedTests,
    // A file that does not load has no failed case, but vitest then ends with an error.
    failed: counts.numFailedTests || (code === 0 ? 0 : 1),
    // Those that were not asked for are told as pending, too.
    skipped: args.length > 0 ? 0 : counts.numPendingTests,
    failures: counts.testResults.flatMap(failuresOfFile),
  };
}

/** What failed in a file; a file that did not load has no cases, only a message. */
function failuresOfFile({
  name,
  status,
  message,
  assertionResults,
}: v.InferOutput<typeof VitestReport>['testResults'][number]): string[] {
  const file = relative(ROOT, name);
  const failed = assertionResults.filter((result) => result.status === 'failed');
  if (failed.length === 0 && status === 'failed') return [`${file}: ${firstLine(message)}`];
  return failed.map(
    ({ fullName, failureMessages }) => `${file} > ${fullName}: ${firstLine(failureMessages[0] ?? '')}`,
  );
}

async function pytest(tell: Tell = (text) => process.stdout.write(text)): Promise<StepResult> {
  const python = findPython('torch', 'pytest');
  if (!python) {
    const note = 'no Python with torch and pytest: set LOUPE_PYTHON, or make .venv as .ci/run does';
    return { passed: 0, failed: 0, skipped: 0, note };
  }
  tell(`Python: ${python}\n`);
  let output = '';
  const code = await spawnStep(python, ['-m', 'pytest', '-q', 'training'], {
    tell: (text) => {
      output += text;
      tell(text);
    },
  });
  const counted = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(lastLine(output))?.[1] ?? 0);
  const failed = counted('failed') + counted('error');
  return {
    passed: counted('passed'),
    failed: failed || (code === 0 ? 0 : 1),
    skipped: counted('skipped'),
    failures: output.split('\n').filter((line) => /^(FAILED|ERROR) /.test(line)),
  };
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

interface HowToSpawn {
  readonly tell?: Tell | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** Resolves with the exit code, 1 for a signal. */
function spawnStep(command: string, args: readonly string[], { tell, env }: HowToSpawn): Promise<number> {
  return new Promise((resolveCode, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', ...(tell ? (['pipe', 'pipe'] as const) : (['inherit', 'inherit'] as const))],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => tell?.(text));
    }
    child.on('error', reject);
    child.on('close', (code) => resolveCode(code ?? 1));
  });
}
