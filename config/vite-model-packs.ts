import { createReadStream } from 'node:fs';
import { cp, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
};

/** Serves models/ at /models/ in development and copies it into the build, so that any static host has it. */
export function modelPacks(): Plugin {
  const source = resolve('models');
  let outDir = 'dist';
  return {
    name: 'loupe-model-packs',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    configureServer(server) {
      server.middlewares.use('/models', (request, response, next) => {
        const path = join(source, decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'));
        if (!path.startsWith(source)) {
          next();
          return;
        }
        stat(path).then(
          (found) => {
            if (!found.isFile()) {
              next();
              return;
            }
            const dot = path.lastIndexOf('.');
            response.setHeader('Content-Type', TYPES[path.slice(dot)] ?? 'application/octet-stream');
            response.setHeader('Content-Length', found.size);
            createReadStream(path).pipe(response);
          },
          () => next(),
        );
      });
    },
    async writeBundle() {
      await cp(source, join(outDir, 'models'), { recursive: true });
    },
  };
}
