import * as v from 'valibot';
import type { Sql } from './database.ts';
import { parseRows } from './rows.ts';

const RefreshToken = v.object({
  tenant: v.string(),
  device: v.string(),
  replacedAt: v.nullable(v.number()),
  /** Whether the token that replaced it was itself exchanged: then its answer arrived for certain. */
  isSuccessorUsed: v.pipe(
    v.number(),
    v.transform((flag) => flag === 1),
  ),
});
export type RefreshToken = v.InferOutput<typeof RefreshToken>;

export async function refreshTokenOf(sql: Sql, tokenHash: string): Promise<RefreshToken | undefined> {
  const rows = await sql.all(
    `SELECT t.tenant, t.device, t.replaced_at AS "replacedAt",
       CASE WHEN next.token_hash IS NOT NULL AND next.replaced_at IS NULL THEN 0 ELSE 1 END AS "isSuccessorUsed"
     FROM refresh_tokens t LEFT JOIN refresh_tokens next ON next.token_hash = t.replaced_by
     WHERE t.token_hash = ?`,
    tokenHash,
  );
  return parseRows(RefreshToken, rows)[0];
}

export interface NewRefreshToken {
  readonly tenant: string;
  readonly device: string;
  readonly tokenHash: string;
  /** Hash of the token that was shown for it; absent for the first one of an enrolment. */
  readonly replaces?: string;
  readonly now: number;
}

/** A device has one token that is good; the ones before stay known, so that one who shows them is noticed. */
export async function addRefreshToken(sql: Sql, token: NewRefreshToken): Promise<void> {
  const { tenant, device, tokenHash, replaces, now } = token;
  await sql.run(
    'UPDATE refresh_tokens SET replaced_at = ? WHERE tenant = ? AND device = ? AND replaced_at IS NULL',
    ...[now, tenant, device],
  );
  if (replaces !== undefined) {
    await sql.run('UPDATE refresh_tokens SET replaced_by = ? WHERE token_hash = ?', tokenHash, replaces);
  }
  await sql.run(
    'INSERT INTO refresh_tokens (token_hash, tenant, device, issued_at) VALUES (?, ?, ?, ?)',
    ...[tokenHash, tenant, device, now],
  );
}

/** Forgets what was replaced before `before`, ms since the epoch. */
export async function forgetRefreshTokens(
  sql: Sql,
  tenant: string,
  device: string,
  before: number,
): Promise<void> {
  await sql.run(
    'DELETE FROM refresh_tokens WHERE tenant = ? AND device = ? AND replaced_at < ?',
    ...[tenant, device, before],
  );
}
