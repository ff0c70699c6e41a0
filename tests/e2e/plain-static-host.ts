import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

export interface StaticHost extends AsyncDisposable {
  /** Of the app, without a closing slash. */
  readonly url: string;
  /** Paths below the app that were asked for. */
  readonly asked: readonly string[];
}

/** A host that knows nothing of the app: files from a sub-folder, a type by extension, no other header. */
export async function startStaticHost(dist: string): Promise<StaticHost> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const path = pathname.startsWith('/tools/loupe/') ? pathname.slice('/tools/loupe/'.length) : '../';
    const file = join(dist, path === '' ? 'index.html' : path);
    asked.push(path);
    stat(file)
      .then((found) => {
        if (!found.isFile() || !file.startsWith(dist)) throw new Error('no such file');
        response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
        createReadStream(file).pipe(response);
      })
      .catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/tools/loupe`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
