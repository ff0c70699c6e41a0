import { spawnSync } from 'node:child_process';

/** The Python that LOUPE_PYTHON names, or undefined when it lacks one of the modules. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  const python = process.env['LOUPE_PYTHON'] ?? 'python3';
  const asked = spawnSync(python, ['-c', modules.map((name) => `import ${name}`).join('\n')], {
    stdio: 'ignore',
  });
  return asked.status === 0 ? python : undefined;
}

/** Runs a script that prints one line of JSON last. */
export function runPython(python: string, script: string, ...args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(python, ['-W', 'ignore', '-c', script, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
}
