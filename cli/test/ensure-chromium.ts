import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium, type FoundChromium } from '../../config/chromium.ts';

/** The Chromium that the tests drive; where there is none, Debian's package as root, else Playwright's own. */
export function ensureChromium(): FoundChromium {
  const found = findChromium();
  if (existsSync(found.path)) return found;
  console.log('no Chromium found, installing one');
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    run('apt-get', 'update', '-qq');
    run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium');
  } else {
    run('npx', 'playwright-core', 'install', 'chromium');
  }
  return findChromium();
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
