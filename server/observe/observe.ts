import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { logLine, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Counts and logs every request by its route, which names no record, device or person. */
export function observe(metrics: Metrics, log?: Log): MiddlewareHandler {
  return async (c, next) => {
    const started = performance.now();
    await next();
    const ms = performance.now() - started;
    const paths = matchedRoutes(c).map(({ path }) => path);
    const [longest = '*'] = paths.sort((a, b) => b.length - a.length);
    const route = longest === '/*' || longest === '*' ? 'app' : longest;
    const { method } = c.req;
    metrics.request(method, route, c.res.status, ms);
    log?.(logLine('request', { method, route, status: c.res.status, ms: Math.round(ms) }));
  };
}
