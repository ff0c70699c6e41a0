import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { canonicalJson } from '../../core/domain/canonical-json.ts';
import type { Sql } from './database.ts';
import { parseRows } from './rows.ts';

/** Who did it; `device` is SERVER where an operator at its command line or the server itself did. */
export interface Doer {
  readonly tenant: string;
  readonly device: string;
  readonly person: string | null;
}
export const SERVER = 'server';

const Entry = v.object({
  number: v.number(),
  at: v.number(),
  device: v.string(),
  person: v.nullable(v.string()),
  action: v.string(),
  subject: v.string(),
  detail: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())),
  hash: v.string(),
});
/** One line of the log. `hash` covers it and the hash of the line before. */
export type AuditEntry = v.InferOutput<typeof Entry>;

const columns = 'number, at, device, person, action, subject, detail, hash';

export interface AuditLine {
  /** What was done, such as `device-revoked`. */
  readonly action: string;
  /** Id of what it was done to. */
  readonly subject: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly now: number;
}

/**
 * Writes one line into the log, in the transaction of what it tells of. Takes the tenant's row lock, as
 * `takeChangeNumbers` does, so that no two lines follow the same one.
 */
export async function audit(sql: Sql, who: Doer, line: AuditLine): Promise<void> {
  const { tenant, device, person } = who;
  const { action, subject, detail = {}, now } = line;
  const heads = await sql.all(
    `UPDATE tenants SET audit_number = audit_number + 1 WHERE id = ?
     RETURNING audit_number AS "number", audit_hash AS "before"`,
    tenant,
  );
  const [head] = parseRows(v.object({ number: v.number(), before: v.string() }), heads);
  if (!head) throw new Error(`there is no tenant ${tenant}`);
  const said = { number: head.number, at: now, device, person, action, subject, detail };
  const hash = hashOf(head.before, said);
  await sql.run(
    `INSERT INTO audit (tenant, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[tenant, head.number, now, device, person, action, subject, JSON.stringify(detail), hash],
  );
  await sql.run('UPDATE tenants SET audit_hash = ? WHERE id = ?', hash, tenant);
}

/** Newest first; `before` is the number of the line after the first one wanted. */
export async function auditEntries(
  sql: Sql,
  tenant: string,
  {
    before = Number.MAX_SAFE_INTEGER,
    subject,
    limit,
  }: { readonly before?: number; readonly subject?: string; readonly limit: number },
): Promise<AuditEntry[]> {
  const rows = await sql.all(
    `SELECT ${columns} FROM audit WHERE tenant = ? AND number < ?${subject === undefined ? '' : ' AND subject = ?'}
     ORDER BY number DESC LIMIT ${limit}`,
    ...[tenant, before, ...(subject === undefined ? [] : [subject])],
  );
  return parseRows(Entry, rows);
}

/** Number of the first line that is not what was written, or is missing; undefined where all are whole. */
export async function firstBrokenLine(sql: Sql, tenant: string): Promise<number | undefined> {
  const heads = await sql.all(
    'SELECT audit_number AS "number", audit_hash AS "hash" FROM tenants WHERE id = ?',
    tenant,
  );
  const [head] = parseRows(v.object({ number: v.number(), hash: v.string() }), heads);
  let before = '';
  let number = 0;
  for (;;) {
    const rows = await sql.all(
      `SELECT ${columns} FROM audit WHERE tenant = ? AND number > ? ORDER BY number LIMIT 500`,
      ...[tenant, number],
    );
    if (rows.length === 0) break;
    for (const { hash, ...said } of parseRows(Entry, rows)) {
      number++;
      if (said.number !== number || hashOf(before, said) !== hash) return number;
      before = hash;
    }
  }
  return number === head?.number && before === head.hash ? undefined : number + 1;
}

function hashOf(before: string, said: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256')
    .update(`${before}\n${canonicalJson(said)}`)
    .digest('hex');
}
