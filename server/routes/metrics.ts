import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { Metrics } from '../observe/metrics.ts';
import { problem } from '../problem.ts';

/** For Prometheus, which shows the token; without one set there is no such page. */
export function metricsPage(metrics: Metrics, token: string | undefined): Hono {
  const app = new Hono();
  app.get('/metrics', async (c) => {
    const [, shown = ''] = /^Bearer (.+)$/.exec(c.req.header('Authorization') ?? '') ?? [];
    if (token === undefined || !isSame(shown, token))
      return problem(c, 404, 'No such file', 'Nothing is here.');
    return c.body(await metrics.registry.metrics(), 200, {
      'Content-Type': metrics.registry.contentType,
      'Cache-Control': 'no-store',
    });
  });
  return app;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
