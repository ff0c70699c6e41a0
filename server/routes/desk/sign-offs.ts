import { Hono } from 'hono';
import * as v from 'valibot';
import { SignOffAnswer, SignOffRequest } from '../../../core/contract/desk.ts';
import { InspectionId } from '../../../core/contract/ids.ts';
import { problem } from '../../problem.ts';
import type { Database } from '../../repositories/database.ts';
import { signOff, type SignOffFailure } from '../../services/sign-off.ts';
import { readJson, type ApiEnv } from '../api-env.ts';
import { describe } from '../describe.ts';
import { requireRole } from '../who.ts';

const FAILURES = {
  unknown: [404, 'Not here', 'There is no such inspection.'],
  changed: [412, 'It has changed', 'Something of it came after what was seen. Look at it again.'],
  'not-handed-over': [409, 'Not handed over', 'The technician is still working on it.'],
} as const satisfies Record<SignOffFailure['kind'], readonly [number, string, string]>;

export function signOffs(database: Database, now: () => number): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.post(
    '/v1/desk/inspections/:id/sign-off',
    describe({
      summary: 'Decides on an inspection that was handed over; its devices are told by sync',
      body: SignOffRequest,
      answer: SignOffAnswer,
      failures: {
        400: 'Not understood',
        403: 'Not a reviewer',
        404: 'No such inspection',
        409: 'Not handed over',
        412: 'It changed after `seen`',
      },
    }),
    requireRole('reviewer', 'admin'),
    async (c) => {
      const id = v.safeParse(InspectionId, c.req.param('id'));
      if (!id.success) return problem(c, 404, 'Not here', 'There is no such inspection.');
      const request = await readJson(c, SignOffRequest);
      if (!request.ok) return request.answer;
      const decided = await signOff(database, c.var.who, id.output, request.value, now());
      if (!decided.ok) {
        const [status, title, detail] = FAILURES[decided.kind];
        return problem(c, status, title, detail);
      }
      return c.json(decided.value, 200, { 'Cache-Control': 'no-store' });
    },
  );
  return app;
}
