import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const MODULE = 'virtual:licences';

/** One library that Loupe ships, as its own package states it. */
interface Library {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Its licence file; several of one licence and holder share one text. */
  readonly text: string;
}

/**
 * `virtual:licences`: every package that app or server needs to run, by the lock file, with its licence's own
 * text. Read anew at each build, so that the list cannot fall behind what is shipped.
 */
export function licences(root: string = process.cwd()): Plugin {
  return {
    name: 'loupe-licences',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) =>
      id === `\0${MODULE}` ? `export default ${JSON.stringify(shippedLibraries(root))};` : undefined,
  };
}

interface LockEntry {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly version?: string;
}

export function shippedLibraries(root: string): readonly Library[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };
  const found = new Map<string, Library>();
  for (const [path, entry] of Object.entries(lock.packages)) {
    // A package for another platform is in the lock file and not on this disk.
    if (path === '' || entry.dev || entry.devOptional || !existsSync(join(root, path, 'package.json')))
      continue;
    const library = readLibrary(join(root, path));
    found.set(`${library.name}@${library.version}`, library);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function readLibrary(folder: string): Library {
  const stated = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string | { readonly type?: string };
  };
  const { license } = stated;
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying|ofl)/i.test(name));
  return {
    name: stated.name,
    version: stated.version,
    licence: (typeof license === 'string' ? license : license?.type) ?? '',
    text: file ? readFileSync(join(folder, file), 'utf8').trim() : '',
  };
}
