import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit, auditEntries, firstBrokenLine } from '../../../server/repositories/audit.ts';
import type { Database } from '../../../server/repositories/database.ts';
import { onlyTenant } from '../../../server/services/enrol-device.ts';
import { NOW } from './test-server.ts';

/** What holds for the audit log, whatever keeps it. */
export function auditSuite(name: string, open: () => Promise<Database>): void {
  describe(`the audit log over ${name}`, () => {
    let database: Database;
    let tenant = '';
    const write = (subject: string, detail: Record<string, unknown> = {}) =>
      database.write((sql) =>
        audit(sql, { tenant, device: 'd', person: 'Ada' }, { action: 'tried', subject, detail, now: NOW }),
      );

    beforeEach(async () => {
      database = await open();
      tenant = await onlyTenant(database, NOW);
    });
    afterEach(() => database.close());

    it('keeps lines in the order in which they were written, however many come at once', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, n) => write(`s${n}`, { n })));
      const entries = await database.read((sql) => auditEntries(sql, tenant, { limit: 100 }));
      expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, n) => 20 - n));
      expect(entries[0]).toMatchObject({ at: NOW, device: 'd', person: 'Ada', action: 'tried' });
      expect(await database.read((sql) => firstBrokenLine(sql, tenant))).toBeUndefined();
    });

    it('pages, and tells of one subject alone', async () => {
      for (const subject of ['a', 'b', 'a', 'b']) await write(subject);
      const older = await database.read((sql) => auditEntries(sql, tenant, { before: 4, limit: 2 }));
      expect(older.map(({ number }) => number)).toEqual([3, 2]);
      const ofB = await database.read((sql) => auditEntries(sql, tenant, { subject: 'b', limit: 9 }));
      expect(ofB.map(({ number }) => number)).toEqual([4, 2]);
    });

    it('is not written when what it tells of fails', async () => {
      const failed = database.write(async (sql) => {
        await audit(sql, { tenant, device: 'd', person: null }, { action: 'x', subject: 's', now: NOW });
        throw new Error('taken back');
      });
      await expect(failed).rejects.toThrow('taken back');
      await write('s');
      expect(await database.read((sql) => firstBrokenLine(sql, tenant))).toBeUndefined();
    });

    it.each<[string, string, number]>([
      ['altered', `UPDATE audit SET detail = '{"n":7}' WHERE number = 2`, 2],
      ['taken out', 'DELETE FROM audit WHERE number = 2', 2],
      ['cut off at the end', 'DELETE FROM audit WHERE number = 3', 3],
      ['in another’s name', `UPDATE audit SET person = 'Eve' WHERE number = 1`, 1],
    ])('shows a line that was %s', async (_, tampering, line) => {
      for (const subject of ['a', 'b', 'c']) await write(subject);
      await database.write((sql) => sql.run(tampering));
      expect(await database.read((sql) => firstBrokenLine(sql, tenant))).toBe(line);
    });
  });
}
