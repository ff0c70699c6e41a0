import { audit, type Doer } from '../repositories/audit.ts';
import type { Database } from '../repositories/database.ts';
import { revokeDevice } from '../repositories/devices.ts';

/** Shuts a device out for good; what it kept stays on it. Resolves with false where there is no such device. */
export function revoke(database: Database, who: Doer, device: string, now: number): Promise<boolean> {
  return database.write(async (sql) => {
    const isDone = await revokeDevice(sql, who.tenant, device, now);
    if (isDone) await audit(sql, who, { action: 'device-revoked', subject: device, now });
    return isDone;
  });
}
