import { Hono } from 'hono';
import type { ApiParts } from '../api.ts';
import type { ApiEnv } from '../api-env.ts';
import { packFileRoutes } from './pack-files.ts';
import { publisherKeyRoutes } from './publisher-keys.ts';
import { releaseRoutes } from './releases.ts';

/** Model packs: publishers bring files and signed releases, the office gives them to devices, devices fetch them. */
export function packs(parts: ApiParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.route('/', packFileRoutes(parts));
  app.route('/', releaseRoutes(parts));
  app.route('/', publisherKeyRoutes(parts));
  return app;
}
