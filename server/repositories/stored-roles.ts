import * as v from 'valibot';
import { Role, Roles } from '../../core/contract/roles.ts';

/** Roles as a column holds them: their names with commas. */
export const StoredRoles = v.pipe(
  v.string(),
  v.transform((roles) => roles.split(',')),
  v.array(Role),
  Roles,
);

export const storedRoles = (roles: readonly Role[]): string => roles.join(',');
