import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Problem } from '../core/contract/sync.ts';

type More = Pick<Problem, 'trouble' | 'opId' | 'results'>;

/** The one shape of an HTTP error, RFC 9457. */
export function problem(
  c: Context,
  status: ContentfulStatusCode,
  title: string,
  detail: string,
  more: More = {},
): Response {
  const body: Problem = { type: 'about:blank', status, title, detail, ...more };
  return c.body(JSON.stringify(body), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  });
}
