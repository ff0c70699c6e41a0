import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { problem } from '../problem.ts';
import type { Encoding, StaticFiles } from '../services/static-files.ts';

/** Vite puts a hash of the content into the name of everything below assets/. */
const HASHED = '/assets/';

/** The built app. Names with a hash are kept for ever; every other file is asked for again by its ETag. */
export function appFiles(files: StaticFiles): Hono {
  const app = new Hono();
  app.get('*', async (c) => {
    const urlPath = new URL(c.req.url).pathname;
    const file = await files.find(urlPath);
    if (!file) return problem(c, 404, 'No such file', `Nothing is served at ${urlPath}.`);

    const encoding = file.compressible
      ? (accepts(c, { header: 'Accept-Encoding', supports: ['br', 'gzip'], default: 'identity' }) as Encoding)
      : 'identity';
    const etag = encoding === 'identity' ? `"${file.etag}"` : `"${file.etag}-${encoding}"`;
    c.header('Content-Type', file.mediaType);
    c.header('ETag', etag);
    c.header(
      'Cache-Control',
      urlPath.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
    );
    if (file.compressible) c.header('Vary', 'Accept-Encoding');
    if (etagMatches(c.req.header('If-None-Match'), etag)) return c.body(null, 304);

    if (encoding !== 'identity') c.header('Content-Encoding', encoding);
    if (encoding === 'identity') c.header('Content-Length', String(file.bytes));
    if (c.req.method === 'HEAD') return c.body(null);
    return c.body(await files.body(file, encoding));
  });
  return app;
}

function etagMatches(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
