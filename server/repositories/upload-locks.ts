import * as v from 'valibot';
import type { Sql } from './database.ts';
import { parseRows } from './rows.ts';

/** One node's hold on an upload. */
export interface UploadLease {
  readonly upload: string;
  readonly holder: string;
  /** Ms since the epoch after which others may take it. */
  readonly expiresAt: number;
}

/** Takes a lease that nobody has, or whose holder has not renewed it in time. */
export async function takeUpload(
  sql: Sql,
  { upload, holder, expiresAt }: UploadLease,
  now: number,
): Promise<boolean> {
  const rows = await sql.all(
    `INSERT INTO upload_locks (upload, holder, expires_at, wanted) VALUES (?, ?, ?, 0)
     ON CONFLICT (upload) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at, wanted = 0
     WHERE upload_locks.expires_at < ? RETURNING holder`,
    ...[upload, holder, expiresAt, now],
  );
  if (rows.length > 0) return true;
  await sql.run('UPDATE upload_locks SET wanted = 1 WHERE upload = ?', upload);
  return false;
}

/** lost: another node has it. wanted: another node waits for it. */
export async function renewUpload(
  sql: Sql,
  { upload, holder, expiresAt }: UploadLease,
): Promise<'held' | 'wanted' | 'lost'> {
  const rows = await sql.all(
    'UPDATE upload_locks SET expires_at = ? WHERE upload = ? AND holder = ? RETURNING wanted',
    ...[expiresAt, upload, holder],
  );
  const [row] = parseRows(v.object({ wanted: v.number() }), rows);
  if (!row) return 'lost';
  return row.wanted === 0 ? 'held' : 'wanted';
}

export async function freeUpload(sql: Sql, upload: string, holder: string): Promise<void> {
  await sql.run('DELETE FROM upload_locks WHERE upload = ? AND holder = ?', upload, holder);
}

/** What nodes left that ended without a word. */
export async function sweepUploadLocks(sql: Sql, before: number): Promise<void> {
  await sql.run('DELETE FROM upload_locks WHERE expires_at < ?', before);
}
