import { Hono } from 'hono';
import * as v from 'valibot';
import { AuditAnswer } from '../../../core/contract/desk.ts';
import { PROTOCOL } from '../../../core/contract/sync.ts';
import { problem } from '../../problem.ts';
import { auditEntries } from '../../repositories/audit.ts';
import type { Database } from '../../repositories/database.ts';
import type { ApiEnv } from '../api-env.ts';
import { describe } from '../describe.ts';
import { requireRole } from '../who.ts';

const PAGE = 200;
const Query = v.object({
  before: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))),
  subject: v.optional(v.pipe(v.string(), v.maxLength(100))),
});

/** What was done, by whom and when; nothing here changes or removes a line. */
export function auditLog(database: Database): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get(
    '/v1/desk/audit',
    describe({
      summary: 'The audit log, newest first, `before` a number or of one `subject`, in pages',
      answer: AuditAnswer,
      failures: { 400: 'Not understood', 403: 'Not an admin' },
    }),
    requireRole('admin'),
    async (c) => {
      const query = v.safeParse(Query, c.req.query());
      if (!query.success) return problem(c, 400, 'Not understood', v.summarize(query.issues));
      const { before, subject } = query.output;
      const wanted = { ...(before !== undefined && { before }), ...(subject !== undefined && { subject }) };
      const entries = await database.read((sql) =>
        auditEntries(sql, c.var.who.tenant, { ...wanted, limit: PAGE + 1 }),
      );
      const lines = entries.slice(0, PAGE).map(({ hash: _hash, ...line }) => line);
      return c.json({ protocol: PROTOCOL, lines, more: entries.length > PAGE }, 200, {
        'Cache-Control': 'no-store',
      });
    },
  );
  return app;
}
