/**
 * One step per version, in the SQL that both databases understand. A step only adds, so that nodes of the
 * version before go on beside it; it is never changed once released.
 * Versions: 1 first form. 2 roles and keys of devices, refresh tokens, replayed proofs, audit log.
 * 3 datasets made of judgements. 4 locks of uploads that nodes share. 5 codes that are good for one key.
 * 6 model packs: publishers' keys, files, signed releases.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE tenants (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      lineage TEXT NOT NULL,
      change_number BIGINT NOT NULL,
      horizon BIGINT NOT NULL,
      created_at BIGINT NOT NULL
    )`,
    `CREATE TABLE enrolment_codes (
      code_hash TEXT PRIMARY KEY,
      tenant TEXT NOT NULL,
      expires_at BIGINT NOT NULL,
      used_at BIGINT
    )`,
    `CREATE TABLE devices (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      token_hash TEXT NOT NULL UNIQUE,
      enrolled_at BIGINT NOT NULL,
      revoked_at BIGINT,
      PRIMARY KEY (tenant, id)
    )`,
    `CREATE TABLE operations (
      tenant TEXT NOT NULL,
      op_id TEXT NOT NULL,
      device TEXT NOT NULL,
      body_hash TEXT NOT NULL,
      result TEXT NOT NULL,
      detail TEXT,
      change_number BIGINT NOT NULL,
      entity TEXT,
      record_id TEXT,
      body TEXT NOT NULL,
      clock_offset BIGINT NOT NULL,
      received_at BIGINT NOT NULL,
      PRIMARY KEY (tenant, op_id)
    )`,
    `CREATE TABLE operation_numbers (
      tenant TEXT NOT NULL,
      device TEXT NOT NULL,
      epoch TEXT NOT NULL,
      seq BIGINT NOT NULL,
      op_id TEXT NOT NULL,
      PRIMARY KEY (tenant, device, epoch, seq)
    )`,
    `CREATE TABLE records (
      tenant TEXT NOT NULL,
      entity TEXT NOT NULL,
      id TEXT NOT NULL,
      change_number BIGINT NOT NULL,
      merged TEXT NOT NULL,
      has_conflict INT NOT NULL,
      deleted_at BIGINT,
      PRIMARY KEY (tenant, entity, id)
    )`,
    'CREATE UNIQUE INDEX records_by_change ON records (tenant, change_number)',
    'CREATE INDEX records_in_conflict ON records (tenant, change_number) WHERE has_conflict = 1',
    `CREATE TABLE blobs (
      tenant TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      bytes BIGINT NOT NULL,
      media_type TEXT NOT NULL,
      width BIGINT,
      height BIGINT,
      received_at BIGINT NOT NULL,
      PRIMARY KEY (tenant, sha256)
    )`,
  ],
  [
    "ALTER TABLE enrolment_codes ADD COLUMN roles TEXT NOT NULL DEFAULT 'technician'",
    'ALTER TABLE enrolment_codes ADD COLUMN person TEXT',
    "ALTER TABLE devices ADD COLUMN roles TEXT NOT NULL DEFAULT 'technician'",
    'ALTER TABLE devices ADD COLUMN person TEXT',
    'ALTER TABLE devices ADD COLUMN jkt TEXT',
    'ALTER TABLE devices ADD COLUMN last_seen BIGINT',
    'ALTER TABLE devices ADD COLUMN app_version TEXT',
    'ALTER TABLE devices ADD COLUMN packs TEXT',
    `CREATE TABLE refresh_tokens (
      token_hash TEXT PRIMARY KEY,
      tenant TEXT NOT NULL,
      device TEXT NOT NULL,
      issued_at BIGINT NOT NULL,
      replaced_at BIGINT,
      replaced_by TEXT
    )`,
    'CREATE INDEX refresh_tokens_of_device ON refresh_tokens (tenant, device)',
    `CREATE TABLE seen_proofs (
      jkt TEXT NOT NULL,
      jti TEXT NOT NULL,
      forget_at BIGINT NOT NULL,
      PRIMARY KEY (jkt, jti)
    )`,
    'CREATE INDEX seen_proofs_by_time ON seen_proofs (forget_at)',
    'ALTER TABLE tenants ADD COLUMN audit_number BIGINT NOT NULL DEFAULT 0',
    "ALTER TABLE tenants ADD COLUMN audit_hash TEXT NOT NULL DEFAULT ''",
    `CREATE TABLE audit (
      tenant TEXT NOT NULL,
      number BIGINT NOT NULL,
      at BIGINT NOT NULL,
      device TEXT NOT NULL,
      person TEXT,
      action TEXT NOT NULL,
      subject TEXT NOT NULL,
      detail TEXT NOT NULL,
      hash TEXT NOT NULL,
      PRIMARY KEY (tenant, number)
    )`,
    'CREATE INDEX audit_of_subject ON audit (tenant, subject, number)',
  ],
  [
    `CREATE TABLE datasets (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      images BIGINT NOT NULL,
      annotations BIGINT NOT NULL,
      rejected BIGINT NOT NULL,
      frozen_at BIGINT NOT NULL,
      frozen_by TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id)
    )`,
    `CREATE TABLE dataset_photos (
      tenant TEXT NOT NULL,
      dataset TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (tenant, dataset, sha256)
    )`,
    `CREATE TABLE dataset_keys (
      key_hash TEXT PRIMARY KEY,
      tenant TEXT NOT NULL,
      dataset TEXT NOT NULL,
      expires_at BIGINT NOT NULL
    )`,
  ],
  [
    `CREATE TABLE upload_locks (
      upload TEXT PRIMARY KEY,
      holder TEXT NOT NULL,
      expires_at BIGINT NOT NULL,
      wanted INT NOT NULL
    )`,
  ],
  ['ALTER TABLE enrolment_codes ADD COLUMN jkt TEXT'],
  [
    `CREATE TABLE publisher_keys (
      tenant TEXT NOT NULL,
      public_key TEXT NOT NULL,
      name TEXT NOT NULL,
      endorsed_by TEXT,
      endorsement TEXT,
      added_at BIGINT NOT NULL,
      added_by TEXT NOT NULL,
      revoked_at BIGINT,
      PRIMARY KEY (tenant, public_key)
    )`,
    `CREATE TABLE pack_files (
      tenant TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      bytes BIGINT NOT NULL,
      received_at BIGINT NOT NULL,
      PRIMARY KEY (tenant, sha256)
    )`,
    `CREATE TABLE pack_releases (
      tenant TEXT NOT NULL,
      pack TEXT NOT NULL,
      release_number BIGINT NOT NULL,
      version TEXT,
      manifest TEXT NOT NULL,
      public_key TEXT NOT NULL,
      signature TEXT NOT NULL,
      share BIGINT NOT NULL,
      back_from BIGINT,
      published_at BIGINT NOT NULL,
      published_by TEXT NOT NULL,
      PRIMARY KEY (tenant, pack, release_number)
    )`,
  ],
];

/** Brings a database to the newest version; `apply` runs one step and notes its version, all or nothing. */
export async function migrate(
  version: number,
  apply: (step: readonly string[], version: number) => Promise<void>,
): Promise<void> {
  if (version > MIGRATIONS.length) {
    throw new Error(`the database is of version ${version}; this server knows ${MIGRATIONS.length}`);
  }
  for (const [place, step] of MIGRATIONS.entries()) {
    if (place >= version) await apply(step, place + 1);
  }
}
