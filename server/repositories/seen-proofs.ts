import type { Sql } from './database.ts';

/** Notes a proof; resolves with false where it was noted before. */
export async function noteProof(
  sql: Sql,
  { jkt, jti }: { readonly jkt: string; readonly jti: string },
  forgetAt: number,
): Promise<boolean> {
  const rows = await sql.all(
    `INSERT INTO seen_proofs (jkt, jti, forget_at) VALUES (?, ?, ?)
     ON CONFLICT (jkt, jti) DO NOTHING RETURNING jti`,
    ...[jkt, jti, forgetAt],
  );
  return rows.length > 0;
}

export async function forgetProofs(sql: Sql, now: number): Promise<void> {
  await sql.run('DELETE FROM seen_proofs WHERE forget_at < ?', now);
}
