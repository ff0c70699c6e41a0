import type { MiddlewareHandler } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import type { GenericSchema } from 'valibot';
import { Problem } from '../../core/contract/sync.ts';

interface Description {
  readonly summary: string;
  readonly body?: GenericSchema;
  readonly answer?: GenericSchema;
  /** Failures by status. */
  readonly failures?: Readonly<Record<number, string>>;
  /** Of whoever asks; absent: token and proof. proof: a DPoP proof alone. */
  readonly needs?: 'nothing' | 'proof';
}

// What a schema cannot say in JSON Schema, such as a brand, is left out of the description.
const json = (schema: GenericSchema) => ({
  'application/json': { schema: resolver(schema, { errorMode: 'ignore' }) },
});

/** A route's part of the OpenAPI description, from the schemas that the route itself parses by. */
export function describe({ summary, body, answer, failures = {}, needs }: Description): MiddlewareHandler {
  const all =
    needs === 'nothing' ? failures : { 401: 'Not signed in: WWW-Authenticate says what to do', ...failures };
  return describeRoute({
    summary,
    ...(needs === 'nothing' && { security: [] }),
    ...(needs === 'proof' && { security: [{ proof: [] }] }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: { description: 'Done', ...(answer && { content: json(answer) }) },
      ...Object.fromEntries(
        Object.entries(all).map(([status, description]) => [
          status,
          {
            description,
            content: { 'application/problem+json': { schema: resolver(Problem, { errorMode: 'ignore' }) } },
          },
        ]),
      ),
    },
  });
}
