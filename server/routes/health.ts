import { Hono } from 'hono';
import { problem } from '../problem.ts';

/** Ms after which a store that does not answer counts as gone. */
const PATIENCE_MS = 3000;

export interface Readiness {
  /** Rejects where the stores cannot be used now. */
  check(): Promise<void>;
  /** No new work is wanted: the server is about to stop. */
  readonly isDraining: boolean;
}

const fresh = { 'Cache-Control': 'no-store' } as const;

/**
 * Liveness: the process answers; nothing is looked up, so that a slow disk does not restart a server. Readiness:
 * database and object store answer, and the server is not about to stop; a balancer sends requests while it holds.
 */
export function health(version: string, readiness?: Readiness): Hono {
  const app = new Hono();
  for (const path of ['/health', '/healthz', '/v1/health']) {
    app.get(path, (c) => c.json({ status: 'ok', version }, 200, fresh));
  }
  for (const path of ['/ready', '/readyz']) {
    app.get(path, async (c) => {
      if (readiness?.isDraining) return problem(c, 503, 'Not ready', 'The server is about to stop.');
      const isReady = !readiness || (await answersInTime(readiness.check()));
      if (!isReady) return problem(c, 503, 'Not ready', 'A store does not answer.');
      return c.json({ status: 'ready', version }, 200, fresh);
    });
  }
  return app;
}

function answersInTime(check: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const answered = check.then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
