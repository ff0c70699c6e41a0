import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The first Python that has torch and pytest: LOUPE_PYTHON, .venv, python3. */
export async function findPython(root: string): Promise<string | undefined> {
  const candidates = [process.env['LOUPE_PYTHON'], join(root, '.venv', 'bin', 'python'), 'python3'];
  for (const candidate of candidates) {
    if (candidate && (await has(candidate, 'torch', 'pytest'))) return candidate;
  }
  return undefined;
}

const has = (python: string, ...modules: readonly string[]): Promise<boolean> =>
  promisify(execFile)(python, ['-c', `import ${modules.join(', ')}`]).then(
    () => true,
    () => false,
  );
