import { Hono, type Context } from 'hono';
import * as v from 'valibot';
import { problem } from '../problem.ts';
import type { Database } from '../repositories/database.ts';
import { makeEnrolmentCode, onlyTenant } from '../services/enrol-device.ts';
import type { Oidc, OidcFailure } from '../services/oidc.ts';
import type { ApiEnv } from './api-env.ts';
import { describe } from './describe.ts';

/** The browser spends it at once. */
const CODE_LIFE_MS = 2 * 60 * 1000;
const Thumbprint = v.pipe(v.string(), v.regex(/^[\w-]{43}$/));

export interface OidcParts {
  readonly database: Database;
  readonly now: () => number;
  /** Absent: the company has no provider. */
  readonly oidc: Oidc | undefined;
}

/** How a desk becomes a device by signing in with the company's own accounts. */
export function oidcRoutes({ database, now, oidc }: OidcParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get(
    '/v1/oidc/start',
    describe({
      summary: 'Sends a browser, which names the thumbprint of its key as `jkt`, to the company’s sign-in',
      failures: { 400: 'Not understood', 404: 'There is no such sign-in', 502: 'It cannot be reached' },
      needs: 'nothing',
    }),
    async (c) => {
      if (!oidc) return problem(c, 404, 'No sign-in', 'This server knows no provider. Enrol with a code.');
      const jkt = v.safeParse(Thumbprint, c.req.query('jkt'));
      if (!jkt.success) return problem(c, 400, 'Not understood', 'Name the thumbprint of a key as jkt.');
      const url = await oidc.start(jkt.output, now());
      return url.ok ? c.redirect(url.value, 302) : failed(c, url);
    },
  );
  app.get(
    '/v1/oidc/callback',
    describe({
      summary: 'Where the sign-in sends the browser back; goes on to /desk with a code in the fragment',
      failures: { 403: 'Not signed in, or without a role here', 502: 'It cannot be reached' },
      needs: 'nothing',
    }),
    async (c) => {
      if (!oidc) return problem(c, 404, 'No sign-in', 'This server knows no provider. Enrol with a code.');
      const who = await oidc.finish(new URL(c.req.url).search, now());
      if (!who.ok) return failed(c, who);
      const { roles, person, jkt } = who.value;
      const tenant = await onlyTenant(database, now());
      const code = await makeEnrolmentCode(database, tenant, now(), {
        roles,
        person,
        jkt,
        lifeMs: CODE_LIFE_MS,
      });
      c.header('Cache-Control', 'no-store');
      // A fragment reaches no log.
      return c.redirect(`/desk#code=${code}`, 302);
    },
  );
  return app;
}

function failed(c: Context, failure: OidcFailure): Response {
  switch (failure.kind) {
    case 'unreached':
      return problem(c, 502, 'The sign-in cannot be reached', 'Try again later, or enrol with a code.');
    case 'refused':
      return problem(c, 403, 'Not signed in', 'Begin again at /desk.');
    case 'no-role':
      return problem(c, 403, 'No role here', `${failure.person} has no group that Loupe knows.`);
  }
}
