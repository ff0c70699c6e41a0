import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ERRORS, type Lock, type Locker } from '@tus/server';
import type { Database } from '../repositories/database.ts';
import { freeUpload, renewUpload, takeUpload, type UploadLease } from '../repositories/upload-locks.ts';

/** A node that died holds an upload for so long; clocks of nodes must agree to within it. */
const LEASE_MS = 15_000;
const RENEW_MS = 2000;
const ASK_AGAIN_MS = 200;

/**
 * One node at a time writes to an upload, whichever the balancer chose. A lease in the database and no lock of a
 * connection, so that five hundred uploads do not hold five hundred connections. Where a lease is lost all the same,
 * two write to one upload, and its hash tells.
 */
export class LeaseLocker implements Locker {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  newLock(upload: string): Lock {
    const holder = randomUUID();
    const lease = (): UploadLease => ({ upload, holder, expiresAt: this.#now() + LEASE_MS });
    const ended = new AbortController();
    return {
      lock: async (signal, release) => {
        while (!(await this.#database.write((sql) => takeUpload(sql, lease(), this.#now())))) {
          // What the upload library throws and expects is no Error.
          // eslint-disable-next-line @typescript-eslint/only-throw-error
          if (signal.aborted) throw ERRORS.ERR_LOCK_TIMEOUT;
          await pause(ASK_AGAIN_MS);
        }
        void this.#keep(lease, () => void release(), ended.signal);
      },
      unlock: async () => {
        ended.abort();
        await this.#database.write((sql) => freeUpload(sql, upload, holder));
      },
    };
  }

  /** Until it is freed; asks the request to end where another waits, or this node was too slow. */
  async #keep(lease: () => UploadLease, release: () => void, ended: AbortSignal): Promise<void> {
    for (;;) {
      await pause(RENEW_MS, undefined, { signal: ended, ref: false }).catch(() => undefined);
      if (ended.aborted) return;
      const state = await this.#database
        .write((sql) => renewUpload(sql, lease()))
        .catch(() => 'unknown' as const);
      if (state === 'wanted' || state === 'lost') release();
    }
  }
}
