export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/**
 * One transaction. `?` stands for a parameter in every adapter. Statements keep to what SQLite and PostgreSQL
 * both understand, so that the repositories are written once.
 */
export interface Sql {
  all(statement: string, ...parameters: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  run(statement: string, ...parameters: readonly SqlValue[]): Promise<void>;
}

export interface WriteOptions {
  /**
   * Writes of one lane wait for each other anyhow, such as those that begin by taking a tenant's lock: where several come
   * at once they share a transaction, each with its own success or failure.
   */
  readonly lane?: string;
  /** A power cut may take it back for a second; the end of a process or of the database's may not. */
  readonly mayBeLost?: boolean;
}

/**
 * `write` resolves once what its body wrote outlives a power cut; what the body throws takes all of it back.
 * A body awaits nothing but its statements. Both reject with Unavailable where trying again may help.
 */
export interface Database {
  read<Value>(body: (sql: Sql) => Promise<Value>): Promise<Value>;
  write<Value>(body: (sql: Sql) => Promise<Value>, options?: WriteOptions): Promise<Value>;
  close(): Promise<void>;
}

/** The store cannot answer now: busy, full, or not reached. The request was not carried out. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
