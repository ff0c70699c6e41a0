import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

export interface RunningServer {
  readonly url: string;
  /** Takes no more requests, lets those under way finish for at most `graceMs`, then closes. */
  stop(graceMs?: number): Promise<void>;
}

const KEPT_ALIVE_MS = 75_000;
/** Connections that wait to be accepted: more than tablets that come back into reach at once. */
const BACKLOG = 1024;

export interface Timeouts {
  /** Ms for the headers of a request to be whole. */
  readonly headersMs: number;
  /** Ms of silence on a connection, in either direction. */
  readonly silenceMs: number;
  /** Ms for a whole request: a piece of a photo takes twenty minutes on the slowest line that is worth using. */
  readonly requestMs: number;
}

export const TIMEOUTS: Timeouts = { headersMs: 15_000, silenceMs: 120_000, requestMs: 30 * 60_000 };
const MOST_HEADERS_BYTES = 16 * 1024;
const MOST_CONNECTIONS = 10_000;

/** Port 0 takes a free one. Rejects with the system's error, such as EADDRINUSE. */
export async function listen(
  app: Hono,
  port: number,
  host = '127.0.0.1',
  { headersMs, silenceMs, requestMs }: Timeouts = TIMEOUTS,
): Promise<RunningServer> {
  const answer = getRequestListener(app.fetch);
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(5000, headersMs),
      maxHeaderSize: MOST_HEADERS_BYTES,
    },
    (request, response) => void answer(request, response),
  );
  // Longer than balancers keep theirs (60 s): who closes first cuts a request that is just being sent.
  server.keepAliveTimeout = KEPT_ALIVE_MS;
  // Whoever sends a byte now and then holds a connection, but none that others need.
  server.setTimeout(silenceMs);
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, resolve);
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
