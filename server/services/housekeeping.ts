import { logLine, describeError, type Log } from '../observe/log.ts';
import { purgeTombstones } from '../repositories/records.ts';
import { raiseHorizon, tenantIds } from '../repositories/tenants.ts';
import { sweepUploadLocks } from '../repositories/upload-locks.ts';
import { TusUploads, type UploadParts } from './tus-uploads.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** A tablet may be away for so long and still hear of every deletion. */
export const TOMBSTONE_LIFE_MS = 180 * DAY_MS;

/** Once an hour: forgets old tombstones, uploads that nobody finished and locks of nodes that died. */
export function keepHouse(parts: UploadParts, log: Log): { stop(): void } {
  const work = (): void => {
    tidy(parts).catch((error: unknown) => {
      const cause = error instanceof Error ? error : new Error(String(error));
      log(logLine('housekeeping failed', describeError(cause)));
    });
  };
  const timer = setInterval(work, HOUR_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Nodes may do it at once: every step is harmless twice. */
export async function tidy(parts: UploadParts): Promise<void> {
  const { database, now } = parts;
  for (const tenant of await database.read(tenantIds)) {
    await database.write(async (sql) => {
      const highest = await purgeTombstones(sql, tenant, now() - TOMBSTONE_LIFE_MS);
      if (highest > 0) await raiseHorizon(sql, tenant, highest);
    });
  }
  await database.write((sql) => sweepUploadLocks(sql, now() - DAY_MS));
  await new TusUploads(parts).removeExpired();
}
