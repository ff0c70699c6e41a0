import type pg from 'pg';
import * as v from 'valibot';
import { migrate } from '../../migrations/steps.ts';

/** Any number, the same for all nodes: who holds it migrates, the others wait. */
const MIGRATION_LOCK = 7_306_021;
const Version = v.object({ version: v.nullable(v.number()) });

/** Brings the database to the newest version. Nodes that start at once take turns; old ones go on meanwhile. */
export async function migratePostgres(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    // Another node's migration may take longer than any statement of ours.
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0');
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query('CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY)');
    const { rows } = await client.query('SELECT MAX(version) AS version FROM schema_versions');
    await migrate(v.parse(Version, rows[0]).version ?? 0, (step, version) =>
      applyStep(client, step, version),
    );
  } finally {
    // The connection's end frees the lock and takes the settings back, whatever happened.
    client.release(true);
  }
}

async function applyStep(client: pg.PoolClient, step: readonly string[], version: number): Promise<void> {
  await client.query('BEGIN');
  try {
    for (const statement of step) await client.query(statement);
    await client.query('INSERT INTO schema_versions (version) VALUES ($1)', [version]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
