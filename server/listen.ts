import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

export interface RunningServer {
  readonly url: string;
  /** Takes no more requests, lets those under way finish for at most `graceMs`, then closes. */
  stop(graceMs?: number): Promise<void>;
}

/** Port 0 takes a free one. Rejects with the system's error, such as EADDRINUSE. */
export async function listen(app: Hono, port: number, host = '127.0.0.1'): Promise<RunningServer> {
  const answer = getRequestListener(app.fetch);
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    // The name and not the number: service workers and secure contexts are promised for both, people know one.
    url: `http://localhost:${taken}`,
    stop: (graceMs = 5000) =>
      new Promise((resolve) => {
        const hardStop = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(hardStop);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
