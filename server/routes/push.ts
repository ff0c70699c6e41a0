import { Hono } from 'hono';
import {
  KnownAnswer,
  KnownRequest,
  PROTOCOL,
  PushAnswer,
  PushRequest,
  type PushTrouble,
} from '../../core/contract/sync.ts';
import { MOST_OPERATIONS } from '../../core/sync-rules/outbox-state.ts';
import { problem } from '../problem.ts';
import type { Database } from '../repositories/database.ts';
import { knownOperations } from '../repositories/operations.ts';
import { pushOperations } from '../services/push-operations.ts';
import { describe } from './describe.ts';
import { readJson, type ApiEnv } from './api-env.ts';

const TROUBLES = {
  gap: [409, 'An operation is missing', 'Something before it has not come. Begin a new epoch.'],
  fork: [409, 'The number is taken', 'A copy of this device has used it. Begin a new epoch.'],
  forged: [422, 'Another operation has this id', 'It came before with another body.'],
} as const satisfies Record<PushTrouble, readonly [number, string, string]>;

export function push(database: Database, now: () => number): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.post(
    '/v1/push',
    describe({
      summary: 'Takes operations of a device, in their order, each once',
      body: PushRequest,
      answer: PushAnswer,
      failures: {
        400: 'Not understood',
        409: 'gap or fork: `results` tells what was taken',
        413: 'Too large: send fewer at once',
        422: 'forged: `results` tells what was taken',
        426: 'This server is newer than the app',
      },
    }),
    async (c) => {
      const request = await readJson(c, PushRequest);
      if (!request.ok) return request.answer;
      const { operations } = request.value;
      if (operations.length > MOST_OPERATIONS) {
        return problem(c, 413, 'Too many operations', `At most ${MOST_OPERATIONS} come at once.`);
      }
      const pushed = await pushOperations(database, c.var.who, operations, now());
      if (pushed.ok) return c.json({ protocol: PROTOCOL, results: [...pushed.value] } satisfies PushAnswer);
      if (pushed.kind === 'unreadable') return problem(c, 400, 'Not understood', pushed.detail);
      const [status, title, detail] = TROUBLES[pushed.kind];
      const { kind: trouble, opId, results } = pushed;
      return problem(c, status, title, detail, { trouble, opId, results: [...results] });
    },
  );
  app.post(
    '/v1/operations/known',
    describe({
      summary: 'Which operations were here: what a restored server has lost is sent again',
      body: KnownRequest,
      answer: KnownAnswer,
      failures: { 400: 'Not understood' },
    }),
    async (c) => {
      const request = await readJson(c, KnownRequest);
      if (!request.ok) return request.answer;
      const { opIds } = request.value;
      const known = await database.read((sql) => knownOperations(sql, c.var.who.tenant, opIds));
      const answer = {
        protocol: PROTOCOL,
        known: opIds.filter((opId) => known.has(opId)),
      } satisfies KnownAnswer;
      return c.json(answer, 200, { 'Cache-Control': 'no-store' });
    },
  );
  return app;
}
