import { Hono } from 'hono';
import type { ApiParts } from '../api.ts';
import type { ApiEnv } from '../api-env.ts';
import { auditLog } from './audit-log.ts';
import { devices } from './devices.ts';
import { signOffs } from './sign-offs.ts';

/** What only the office may do. Every route says which role it takes; a device's token is asked for before. */
export function desk({ database, now }: ApiParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.route('/', signOffs(database, now));
  app.route('/', devices(database, now));
  app.route('/', auditLog(database));
  return app;
}
