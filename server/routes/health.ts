import { Hono } from 'hono';

/** Liveness: the process answers. Nothing is looked up, so that a slow disk does not restart a server. */
export function health(version: string): Hono {
  const app = new Hono();
  for (const path of ['/healthz', '/v1/health']) {
    app.get(path, (c) => c.json({ status: 'ok', version }, 200, { 'Cache-Control': 'no-store' }));
  }
  return app;
}
