import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPython } from '../../cli/test/find-python.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What a linter of another project says; it ends with 0 where it finds nothing. */
function lint(command: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}`.trim() };
}

it('the compose file is clean by its schema and by dclint', () => {
  const args = ['--max-warnings', '0', 'deploy/compose.yaml'];
  expect(lint(join(ROOT, 'node_modules/.bin/dclint'), ...args)).toEqual({ status: 0, said: '' });
});

const python = findPython('kubernetes_validate') ?? '';
const hadolint = join(dirname(python), 'hadolint');
describe.skipIf(!existsSync(hadolint))(
  'container files (skipped: no Python has tests/requirements.txt)',
  () => {
    it('the Dockerfile is clean by hadolint', () => {
      expect(lint(hadolint, 'Dockerfile')).toEqual({ status: 0, said: '' });
    });

    it('the Kubernetes example is valid by the schemas of Kubernetes, strictly', () => {
      const { status, said } = lint(
        join(dirname(hadolint), 'kubernetes-validate'),
        '--strict',
        'deploy/kubernetes/loupe.yaml',
      );
      expect(status, said).toBe(0);
      expect(said.match(/passed for resource/g)?.length).toBeGreaterThanOrEqual(4);
    });
  },
);
