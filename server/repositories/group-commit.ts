import type { Sql } from './database.ts';

interface Job {
  readonly run: (sql: Sql) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}
type Done = () => void;

/** Of one connection within a transaction. */
export interface Savepoints {
  set(): Promise<void>;
  /** Rejects where anything since `set` failed. */
  release(): Promise<void>;
  /** Rejects where nothing is left of the transaction. */
  rollBack(): Promise<void>;
}

/** Runs a body in a transaction and resolves once it is committed. */
type Transaction = (body: (sql: Sql, savepoints: Savepoints) => Promise<void>) => Promise<void>;

/**
 * Writes that wait for one another anyhow, one transaction after the other: a commit waits for the disk, and those
 * that come meanwhile share the next one. One that throws takes back its own writes only.
 */
export class GroupCommit {
  readonly #transaction: Transaction;
  readonly #mostAtOnce: number;
  readonly #jobs: Job[] = [];
  #working: Promise<void> | undefined;

  constructor(transaction: Transaction, mostAtOnce: number) {
    this.#transaction = transaction;
    this.#mostAtOnce = mostAtOnce;
  }

  /** Resolves when nothing waits; undefined where nothing does. */
  get working(): Promise<void> | undefined {
    return this.#working;
  }

  add<Value>(run: (sql: Sql) => Promise<Value>): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      this.#jobs.push({ run, resolve: resolve as Job['resolve'], reject });
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    while (this.#jobs.length > 0) {
      // Whoever asks in this turn of the event loop shares the commit.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#commit(this.#jobs.splice(0, this.#mostAtOnce));
    }
    // In the same turn as the look at the queue, or a job that comes in between waits for ever.
    this.#working = undefined;
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    const settled: Done[] = [];
    const runOne = jobs.length === 1 ? runAlone : runAmongOthers;
    try {
      await this.#transaction(async (sql, savepoints) => {
        for (const job of jobs) settled.push(await runOne(job, sql, savepoints));
      });
    } catch (error) {
      for (const { reject } of jobs) reject(error);
      return;
    }
    for (const done of settled) done();
  }
}

/** What a job resolves with is told after the commit. */
async function runAlone({ run, resolve }: Job, sql: Sql): Promise<Done> {
  const value = await run(sql);
  return () => resolve(value);
}

async function runAmongOthers(
  { run, resolve, reject }: Job,
  sql: Sql,
  savepoints: Savepoints,
): Promise<Done> {
  await savepoints.set();
  try {
    const value = await run(sql);
    await savepoints.release();
    return () => resolve(value);
  } catch (error) {
    await savepoints.rollBack();
    return () => reject(error);
  }
}
