import { Hono } from 'hono';
import { DoneAnswer } from '../../../core/contract/desk.ts';
import { PublisherKeyRequest } from '../../../core/contract/publishing.ts';
import { PROTOCOL } from '../../../core/contract/sync.ts';
import { problem } from '../../problem.ts';
import type { PackParts } from '../../services/pack-files.ts';
import { registerKey, revokeKey } from '../../services/pack-releases.ts';
import { readJson, type ApiEnv } from '../api-env.ts';
import { describe } from '../describe.ts';
import { requireRole } from '../who.ts';

const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/** Whose releases are taken. An admin's to say and not a publisher's, so that it takes two to bring in a new one. */
export function publisherKeyRoutes({ database, now }: PackParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.post(
    '/v1/packs/keys',
    describe({
      summary: 'Registers a publisher by the public key; devices that know others take an endorsed one only',
      body: PublisherKeyRequest,
      answer: DoneAnswer,
      failures: {
        400: 'Not understood',
        403: 'Not an admin',
        409: 'Registered already, or revoked',
        422: 'Endorsed by no key that is registered here',
      },
    }),
    requireRole('admin'),
    async (c) => {
      const request = await readJson(c, PublisherKeyRequest);
      if (!request.ok) return request.answer;
      const done = await registerKey(database, c.var.who, request.value, now());
      if (done.ok) return c.json({ protocol: PROTOCOL }, 200, NO_STORE);
      return done.kind === 'known'
        ? problem(c, 409, 'Known', 'The key was registered before.')
        : problem(c, 422, 'Not endorsed', 'The endorsement is by no key that is registered here.');
    },
  );
  app.post(
    '/v1/packs/keys/:key/revoke',
    describe({
      summary: 'Takes no more releases of a publisher, and gives out none of them',
      answer: DoneAnswer,
      failures: { 403: 'Not an admin', 404: 'No such key, or revoked already' },
    }),
    requireRole('admin'),
    async (c) => {
      const isDone = await revokeKey(database, c.var.who, c.req.param('key'), now());
      if (!isDone) return problem(c, 404, 'Not here', 'There is no such key that is not revoked yet.');
      return c.json({ protocol: PROTOCOL }, 200, NO_STORE);
    },
  );
  return app;
}
