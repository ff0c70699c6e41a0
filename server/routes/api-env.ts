import type { Context } from 'hono';
import * as v from 'valibot';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { problem } from '../problem.ts';
import type { Identity } from '../services/identity.ts';

/** What a route of the API finds in its context: on whose behalf it works. */
export interface ApiEnv {
  Variables: { who: Identity };
}

/** The body as its schema says, or the answer to one that is not. */
export async function readJson<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
): Promise<Outcome<v.InferOutput<Schema>, { readonly kind: 'unreadable'; readonly answer: Response }>> {
  const refuse = (detail: string) =>
    fail({ kind: 'unreadable', answer: problem(c, 400, 'Not understood', detail) });
  let raw: unknown;
  try {
    raw = JSON.parse(await c.req.text());
  } catch (error) {
    // The body limit ends a body that is too long in mid-stream.
    if (!(error instanceof SyntaxError)) throw error;
    return refuse('The body is no JSON.');
  }
  const parsed = v.safeParse(schema, raw);
  return parsed.success ? succeed(parsed.output) : refuse(v.summarize(parsed.issues));
}
