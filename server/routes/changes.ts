import { Hono } from 'hono';
import * as v from 'valibot';
import { ChangesPage, Cursor, PROTOCOL, ServerRow } from '../../core/contract/sync.ts';
import { problem } from '../problem.ts';
import type { Database } from '../repositories/database.ts';
import { conflicts, MOST_ROWS, pullChanges } from '../services/pull-changes.ts';
import type { ApiEnv } from './api-env.ts';
import { describe } from './describe.ts';

const Limit = v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1)));
const ConflictsAnswer = v.object({ protocol: v.literal(PROTOCOL), rows: v.array(ServerRow) });

export function changes(database: Database): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get(
    '/v1/changes',
    describe({
      summary: 'What changed after `cursor`, or everything without one, in pages of at most `limit` rows',
      answer: ChangesPage,
      failures: { 410: 'The cursor is too old: begin again without one, and keep the outbox' },
    }),
    async (c) => {
      const cursor = v.safeParse(v.optional(Cursor), c.req.query('cursor'));
      if (!cursor.success) return problem(c, 400, 'Not understood', 'The cursor is none of ours.');
      const limit = v.safeParse(Limit, c.req.query('limit'));
      if (!limit.success) return problem(c, 400, 'Not understood', 'The limit is no count of rows.');
      const most = Math.min(MOST_ROWS, limit.output ?? MOST_ROWS);
      const page = await pullChanges(database, c.var.who.tenant, cursor.output, most);
      if (!page.ok) return problem(c, 410, 'The cursor is too old', 'Begin again without one.');
      return c.json(page.value, 200, { 'Cache-Control': 'no-store' });
    },
  );
  app.get(
    '/v1/conflicts',
    describe({ summary: 'Records that a person has to look at, oldest first', answer: ConflictsAnswer }),
    async (c) =>
      c.json({ protocol: PROTOCOL, rows: await conflicts(database, c.var.who.tenant) }, 200, {
        'Cache-Control': 'no-store',
      }),
  );
  return app;
}
