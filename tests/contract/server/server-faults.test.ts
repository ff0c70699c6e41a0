import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../core/vision/random.ts';
import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { putOf } from '../../../src/storage/outbox.ts';
import { killServers } from '../../load/kill-servers.ts';
import { postgresFolder } from '../../services/postgres-server.ts';
import { inspectionOf } from '../../unit/storage/records-for-tests.ts';
import { NOW, testFolders, TestServer } from './test-server.ts';

describe('what is done to a server', () => {
  it.each(['sqlite', 'postgres'] as const)(
    '25: SIGKILL at random moments under load, on %s',
    async (kind) => {
      if (kind === 'postgres' && postgresFolder() === undefined) return;
      const counts = await killServers({ kills: 6, kind, random: mulberry32(25) });
      expect(counts.wrong).toEqual([]);
      expect(counts.acknowledged).toBeGreaterThan(0);
      expect(counts.receipts).toBeGreaterThan(0);
    },
    300_000,
  );

  it('26: the disk is full: 503 for what did not fit, all of what was acknowledged is there, and it goes on', async () => {
    const database = await SqliteDatabase.open(':memory:');
    const places = await testFolders();
    const server = new TestServer({ database, ...places, now: () => NOW });
    const a = await server.enrol('a');
    const pages = (most: number) => database.write((sql) => sql.all(`PRAGMA max_page_count = ${most}`));
    const [row] = await database.write((sql) => sql.all('PRAGMA page_count'));
    await pages(Number(row?.['page_count']) + 20);
    const acknowledged: string[] = [];
    let status = 200;
    let operation = a.make(putOf('inspection', inspectionOf()));
    while (status === 200) {
      ({ status } = await a.pushRaw([operation]));
      if (status !== 200) break;
      acknowledged.push(operation.id);
      operation = a.make(putOf('inspection', inspectionOf()));
    }
    expect(status).toBe(503);
    expect(acknowledged.length).toBeGreaterThan(0);
    expect((await a.pull()).rows.map(({ id }) => id).sort()).toEqual(acknowledged.sort());
    await pages(1_000_000);
    expect(await a.push(operation)).toEqual(['applied']);
    await database.close();
    await places.remove();
  });
});
