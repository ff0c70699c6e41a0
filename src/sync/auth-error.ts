import * as v from 'valibot';
import { AuthError } from '../../core/contract/sync.ts';

/** What our server says in `WWW-Authenticate`; undefined where it was somebody else's, such as a proxy's. */
export function authError(header: string | null | undefined): AuthError | undefined {
  const [, error] = /^DPoP .*\berror="(\w+)"/.exec(header ?? '') ?? [];
  const parsed = v.safeParse(AuthError, error);
  return parsed.success ? parsed.output : undefined;
}
