import { Hono } from 'hono';
import { EnrolAnswer, EnrolRequest, TokenAnswer, TokenRequest } from '../../core/contract/sync.ts';
import { problem } from '../problem.ts';
import type { Database } from '../repositories/database.ts';
import { enrolDevice } from '../services/enrol-device.ts';
import type { SessionDoor } from '../services/sessions.ts';
import type { ApiEnv } from './api-env.ts';
import { readJson } from './api-env.ts';
import { describe } from './describe.ts';
import { notSignedIn } from './who.ts';

const SECRET = { 'Cache-Control': 'no-store' } as const;

export interface EnrolParts {
  readonly database: Database;
  readonly sessions: SessionDoor;
  readonly now: () => number;
}

/** How a browser becomes a device, and goes on being one. */
export function enrol({ database, sessions, now }: EnrolParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.post(
    '/v1/devices',
    describe({
      summary: 'Enrols the owner of the key behind the DPoP proof, with a one-time code',
      body: EnrolRequest,
      answer: EnrolAnswer,
      failures: { 400: 'Not understood', 403: 'The code is unknown, used, or too old' },
      needs: 'proof',
    }),
    async (c) => {
      const request = await readJson(c, EnrolRequest);
      if (!request.ok) return request.answer;
      const proof = await sessions.proven(c.req.header('DPoP'), { method: 'POST', url: c.req.url });
      if (!proof.ok) return notSignedIn(c, sessions, proof.kind, now());
      const enrolled = await enrolDevice({ database, sessions }, request.value, proof.value.jkt, now());
      if (enrolled.ok) return c.json(enrolled.value, 200, SECRET);
      const detail = 'It was used, is too old, or was mistyped. Ask for another.';
      return problem(c, 403, 'The code is not valid', detail);
    },
  );
  app.post(
    '/v1/token',
    describe({
      summary: 'The next access and refresh token of a device',
      body: TokenRequest,
      answer: TokenAnswer,
      failures: { 400: 'Not understood' },
      needs: 'proof',
    }),
    async (c) => {
      const request = await readJson(c, TokenRequest);
      if (!request.ok) return request.answer;
      const proof = await sessions.proven(c.req.header('DPoP'), { method: 'POST', url: c.req.url });
      if (!proof.ok) return notSignedIn(c, sessions, proof.kind, now());
      const { refresh, app: report } = request.value;
      const renewed = await sessions.renew(refresh, proof.value.jkt, report);
      return renewed.ok ? c.json(renewed.value, 200, SECRET) : notSignedIn(c, sessions, renewed.kind, now());
    },
  );
  return app;
}
