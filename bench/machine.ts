import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import packageJson from '../package.json' with { type: 'json' };

/** What a figure was measured on and with. */
export function describeMachine(): Readonly<Record<string, string | number>> {
  const [first] = cpus();
  const [load = 0] = loadavg();
  return {
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: Number(load.toFixed(2)),
    node: process.version,
    onnxruntimeWeb: packageJson.dependencies['onnxruntime-web'],
    loupe: packageJson.version,
    git: gitHash(),
  };
}

function gitHash(): string {
  const git = (...args: readonly string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? ' and changes' : '');
  } catch {
    return 'unknown';
  }
}
