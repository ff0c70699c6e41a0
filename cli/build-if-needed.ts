import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const INPUTS = [
  'cli/page',
  'config',
  'core',
  'index.html',
  'models',
  'package-lock.json',
  'pipeline.html',
  'public',
  'src',
  'vite.config.ts',
  'workers',
];
const BUILD_ID = '.build-id';

/** LOUPE_DIST names another folder, for two builds beside each other. */
export const distFolder = (): string => resolve(ROOT, process.env['LOUPE_DIST'] ?? 'dist');

/**
 * Builds when the folder is missing or was made from other sources, and returns the folder. The build grows
 * beside the old one and takes its place at the end, so a running server never shows half a build.
 */
export async function buildIfNeeded(log: (line: string) => void): Promise<string> {
  const dist = distFolder();
  const wanted = await inputsHash();
  if ((await readFile(join(dist, BUILD_ID), 'utf8').catch(() => '')) === wanted) return dist;

  log(`building ${relative(ROOT, dist) || dist} ...`);
  const suffix = randomUUID().slice(0, 8);
  const growing = join(dirname(dist), `.building-${suffix}`);
  const old = join(dirname(dist), `.building-${suffix}-old`);
  try {
    viteBuild(growing);
    await writeFile(join(growing, BUILD_ID), wanted);
    await rename(dist, old).catch(() => undefined);
    await rename(growing, dist);
  } finally {
    await rm(growing, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
  return dist;
}

/** In a process of its own, so that what it says goes to stderr: stdout may carry a result. */
function viteBuild(outDir: string): void {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: ROOT,
    // Called by a test, NODE_ENV says "test", and Vite would build the app without its service worker.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', process.stderr, process.stderr],
  });
}

/** SHA-256 over names and contents: a checkout changes times without changing sources. */
async function inputsHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await inputFiles()) {
    hash.update(`${file}\0`).update(await readFile(join(ROOT, file)));
  }
  return hash.digest('hex');
}

async function inputFiles(): Promise<readonly string[]> {
  const lists = await Promise.all(
    INPUTS.map(async (input) => {
      const entries = await readdir(join(ROOT, input), { recursive: true, withFileTypes: true }).catch(
        () => undefined,
      );
      if (!entries) return [input];
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
    }),
  );
  return lists.flat().sort();
}
