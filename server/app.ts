import { Hono } from 'hono';
import { securityHeaders } from '../config/headers.ts';
import { problem } from './problem.ts';
import { appFiles } from './routes/app-files.ts';
import { health } from './routes/health.ts';
import { StaticFiles } from './services/static-files.ts';

export interface ServerOptions {
  /** Folder of the built app. */
  readonly dist: string;
  readonly version: string;
  readonly log?: (line: string) => void;
}

/** The whole server without a socket, so that tests call it in process. */
export function createApp({ dist, version, log = console.error }: ServerOptions): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value);
  });
  app.route('/', health(version));
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', (c) => {
    c.header('Allow', 'GET, HEAD');
    return problem(c, 405, 'Method not allowed', `${c.req.method} is not possible at ${c.req.path}.`);
  });
  app.route('/', appFiles(new StaticFiles(dist)));
  app.onError((error, c) => {
    log(`${c.req.method} ${c.req.path}: ${error.stack ?? error.message}`);
    return problem(c, 500, 'The server failed', 'The request was not carried out. Try again.');
  });
  return app;
}
