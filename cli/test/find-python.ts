import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const VENV = join(resolve(import.meta.dirname, '../..'), '.venv/bin/python');

/** The first Python that has the modules: LOUPE_PYTHON, .venv, python3; undefined where none has. */
export function findPython(...modules: readonly string[]): string | undefined {
  const wanted = `import ${modules.join(', ')}`;
  const candidates = [process.env['LOUPE_PYTHON'] ?? '', VENV, 'python3'];
  return candidates.find(
    (python) => python !== '' && spawnSync(python, ['-c', wanted], { stdio: 'ignore' }).status === 0,
  );
}
