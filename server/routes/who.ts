import type { Context, MiddlewareHandler } from 'hono';
import type { Role } from '../../core/contract/roles.ts';
import type { AuthError } from '../../core/contract/sync.ts';
import { problem } from '../problem.ts';
import type { SessionDoor } from '../services/sessions.ts';
import type { ApiEnv } from './api-env.ts';

const DETAILS: Readonly<Record<AuthError, string>> = {
  use_dpop_nonce: 'Repeat it with the nonce of DPoP-Nonce.',
  invalid_dpop_proof: 'The proof is none, is not about this request, or was used before.',
  invalid_token: 'The access token is missing, not ours, or too old: renew it.',
  invalid_grant: 'Enrol this device again.',
};

/** The answer to who is not signed in, with what to do about it. */
export function notSignedIn(c: Context, sessions: SessionDoor, error: AuthError, now: number): Response {
  c.header('WWW-Authenticate', `DPoP algs="ES256", error="${error}"`);
  if (error === 'use_dpop_nonce') c.header('DPoP-Nonce', sessions.nonces.make(now));
  return problem(c, 401, 'Not signed in', DETAILS[error]);
}

/** Lets a request through on behalf of the device whose token and proof it carries. */
export function requireDevice(sessions: SessionDoor, now: () => number): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const [, token] = /^DPoP ([\w.-]{1,2000})$/.exec(c.req.header('Authorization') ?? '') ?? [];
    const request = { method: c.req.method, url: c.req.url };
    const who = await sessions.identity(token, c.req.header('DPoP'), request);
    if (!who.ok) return notSignedIn(c, sessions, who.kind, now());
    c.set('who', who.value);
    return next();
  };
}

/** Lets a device through that has one of the roles. Stands behind `requireDevice`. */
export function requireRole(...roles: readonly [Role, ...Role[]]): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (c.var.who.roles.some((role) => roles.includes(role))) return next();
    return problem(c, 403, 'Not allowed', `Only a device with the role ${roles.join(' or ')} may do this.`);
  };
}
