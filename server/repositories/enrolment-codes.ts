import * as v from 'valibot';
import type { Role } from '../../core/contract/roles.ts';
import type { Sql } from './database.ts';
import { StoredRoles, storedRoles } from './stored-roles.ts';
import { parseRows } from './rows.ts';

export interface NewCode {
  readonly codeHash: string;
  readonly tenant: string;
  readonly roles: readonly Role[];
  readonly person: string | null;
  /** Thumbprint of the one key that may spend it; null: any. */
  readonly jkt: string | null;
  readonly expiresAt: number;
}

const Grant = v.object({ tenant: v.string(), roles: StoredRoles, person: v.nullable(v.string()) });
/** What a code makes of a device. */
export type Grant = v.InferOutput<typeof Grant>;

export async function addCode(sql: Sql, code: NewCode): Promise<void> {
  const { codeHash, tenant, roles, person, jkt, expiresAt } = code;
  await sql.run(
    'INSERT INTO enrolment_codes (code_hash, tenant, roles, person, jkt, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
    ...[codeHash, tenant, storedRoles(roles), person, jkt, expiresAt],
  );
}

/** Spends a code; undefined where it is unknown, used, too old, or another key's. */
export async function spendCode(
  sql: Sql,
  codeHash: string,
  jkt: string,
  now: number,
): Promise<Grant | undefined> {
  const rows = await sql.all(
    `UPDATE enrolment_codes SET used_at = ?
     WHERE code_hash = ? AND used_at IS NULL AND expires_at > ? AND (jkt IS NULL OR jkt = ?)
     RETURNING tenant, roles, person`,
    ...[now, codeHash, now, jkt],
  );
  return parseRows(Grant, rows)[0];
}

/** When a code that is still in its time was spent; undefined where it is unknown, unused or too old. */
export async function codeSpentAt(sql: Sql, codeHash: string, now: number): Promise<number | undefined> {
  const rows = await sql.all(
    `SELECT used_at AS "usedAt" FROM enrolment_codes
     WHERE code_hash = ? AND used_at IS NOT NULL AND expires_at > ?`,
    ...[codeHash, now],
  );
  return parseRows(v.object({ usedAt: v.number() }), rows)[0]?.usedAt;
}
