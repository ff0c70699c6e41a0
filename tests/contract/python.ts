import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const VENV = join(import.meta.dirname, '../../.venv/bin/python');

/** The first Python that has the modules: LOUPE_PYTHON, .venv, python3; undefined where none has. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  const wanted = modules.map((name) => `import ${name}`).join('\n');
  const candidates = [process.env['LOUPE_PYTHON'] ?? '', VENV, 'python3'];
  return candidates.find(
    (python) => python !== '' && spawnSync(python, ['-c', wanted], { stdio: 'ignore' }).status === 0,
  );
}

/** Runs a script that prints one line of JSON last. */
export function runPython(python: string, script: string, ...args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(python, ['-W', 'ignore', '-c', script, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
}
