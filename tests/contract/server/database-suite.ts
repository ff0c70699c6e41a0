import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Sql } from '../../../server/repositories/database.ts';
import { insertRows } from '../../../server/repositories/rows.ts';
import { addTenant, takeChangeNumbers, tenantOf } from '../../../server/repositories/tenants.ts';

const NOW = 1_700_000_000_000;

/** What services rely on of either database, beyond its SQL. */
export function databaseSuite(name: string, open: () => Promise<Database>): void {
  describe(`database: ${name}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database.close());

    const newTenant = async (): Promise<string> => {
      const id = crypto.randomUUID();
      await database.write((sql) => addTenant(sql, { id, name: id, lineage: id, now: NOW }));
      return id;
    };
    const lastOf = async (id: string): Promise<number | undefined> =>
      (await database.read((sql) => tenantOf(sql, id)))?.changeNumber;

    it('writes of one lane that come at once fail each by itself', async () => {
      const tenant = await newTenant();
      const take = (after: (sql: Sql) => Promise<unknown> = () => Promise.resolve()) =>
        database.write(
          async (sql) => {
            const before = await takeChangeNumbers(sql, tenant, 1);
            await after(sql);
            return before;
          },
          { lane: tenant },
        );
      const twin = { id: tenant, name: '', lineage: '', now: NOW };
      const outcomes = await Promise.allSettled([
        ...[take(), take(() => Promise.reject(new Error('no')))],
        ...[take(), take((sql) => addTenant(sql, twin)), take()],
      ]);
      const told = outcomes.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'));
      expect(told).toEqual([0, 'failed', 1, 'failed', 2]);
      expect(await lastOf(tenant)).toBe(3);
    });

    it('a lane goes on after one of its writes failed alone', async () => {
      const tenant = await newTenant();
      const failing = database.write(() => Promise.reject(new Error('no')), { lane: tenant });
      await expect(failing).rejects.toThrow('no');
      expect(await database.write((sql) => takeChangeNumbers(sql, tenant, 1), { lane: tenant })).toBe(0);
    });

    it('what may be lost in a power cut is there for whoever asks next', async () => {
      const tenant = await newTenant();
      await database.write((sql) => takeChangeNumbers(sql, tenant, 5), { mayBeLost: true });
      expect(await lastOf(tenant)).toBe(5);
    });

    it.each([0, 1, 5, 90])('%i rows are inserted at once, and a second time none', async (count) => {
      const jkt = crypto.randomUUID();
      const rows = Array.from({ length: count }, (_, row) => [jkt, `proof ${row}`, NOW]);
      const insert = () =>
        database.write((sql) =>
          insertRows(sql, 'seen_proofs', ['jkt', 'jti', 'forget_at'], rows, '(jkt, jti) DO NOTHING'),
        );
      await insert();
      await insert();
      const found = await database.read((sql) => sql.all('SELECT jti FROM seen_proofs WHERE jkt = ?', jkt));
      expect(found).toHaveLength(count);
    });
  });
}
