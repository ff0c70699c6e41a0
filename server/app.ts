import { Hono } from 'hono';
import { securityHeaders } from '../config/headers.ts';
import { describeError, logLine, type Log } from './observe/log.ts';
import { Metrics } from './observe/metrics.ts';
import { observe } from './observe/observe.ts';
import { problem } from './problem.ts';
import { Unavailable } from './repositories/database.ts';
import { api, type ApiParts } from './routes/api.ts';
import { apiDocs } from './routes/api-docs.ts';
import { appFiles } from './routes/app-files.ts';
import { deskPage } from './routes/desk/desk-page.ts';
import { health, type Readiness } from './routes/health.ts';
import { metricsPage } from './routes/metrics.ts';
import { StaticFiles } from './services/static-files.ts';

export interface ServerOptions {
  /** Folder of the built app. */
  readonly dist: string;
  readonly version: string;
  /** Absent: the app is served alone, with nowhere to sync to. */
  readonly parts?: ApiParts;
  readonly log?: Log;
  /** Also a line for each request. */
  readonly logsRequests?: boolean;
  /** What Prometheus shows to read /metrics; absent: nobody may. */
  readonly metricsToken?: string;
  readonly readiness?: Readiness;
}

const RETRY_AFTER_S = '2';
const HSTS = `max-age=${365 * 24 * 60 * 60}`;

/** The whole server without a socket, so that tests call it in process. */
export function createApp(options: ServerOptions): Hono {
  const { dist, version, parts, log = console.error } = options;
  const app = new Hono();
  const metrics = new Metrics();
  app.use(observe(metrics, options.logsRequests ? log : undefined));
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) {
      // A route that is stricter stays so.
      if (!c.res.headers.has(name)) c.header(name, value);
    }
    if (parts?.origin?.startsWith('https:')) c.header('Strict-Transport-Security', HSTS);
  });
  app.route('/', deskPage());
  app.route('/', health(version, options.readiness));
  app.route('/', metricsPage(metrics, options.metricsToken));
  if (parts) {
    const routes = api(parts);
    app.route('/', routes);
    app.route('/', apiDocs(routes, version));
  }
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', (c) => {
    c.header('Allow', 'GET, HEAD');
    return problem(c, 405, 'Method not allowed', `${c.req.method} is not possible at ${c.req.path}.`);
  });
  app.route('/', appFiles(new StaticFiles(dist)));
  app.onError((error, c) => {
    const isPassing = error instanceof Unavailable;
    metrics.failure(isPassing ? 'unavailable' : 'broken');
    log(logLine('failed', { method: c.req.method, ...describeError(error) }));
    if (isPassing) {
      c.header('Retry-After', RETRY_AFTER_S);
      return problem(c, 503, 'Not now', 'The request was not carried out. Try again.');
    }
    return problem(c, 500, 'The server failed', 'The request was not carried out. Try again.');
  });
  return app;
}
