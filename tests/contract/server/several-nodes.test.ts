import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Unavailable } from '../../../server/repositories/database.ts';
import { PostgresDatabase } from '../../../server/repositories/postgres/postgres-database.ts';
import { LeaseLocker } from '../../../server/services/lease-locker.ts';
import { makeEnrolmentCode, onlyTenant } from '../../../server/services/enrol-device.ts';
import { takeChangeNumbers, tenantOf } from '../../../server/repositories/tenants.ts';
import { newDeviceKey } from '../../../src/sync/dpop-proof.ts';
import { putOf } from '../../../src/storage/outbox.ts';
import { postgresFolder, PostgresServer } from '../../services/postgres-server.ts';
import { inspectionOf } from '../../unit/storage/records-for-tests.ts';
import { NOW, testFolders, TestServer } from './test-server.ts';

/** What only a database that several nodes share can get wrong. */
describe.skipIf(postgresFolder() === undefined)('two nodes on one PostgreSQL', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await PostgresServer.start();
  });
  afterAll(() => postgres.stop());

  let databases: readonly [PostgresDatabase, PostgresDatabase];
  let nodes: readonly [TestServer, TestServer];
  const log = () => undefined;

  beforeEach(async () => {
    const url = await postgres.newDatabase();
    const folders = await testFolders();
    // At once: both find the database empty, and one of them migrates it.
    databases = await Promise.all([PostgresDatabase.open({ url, log }), PostgresDatabase.open({ url, log })]);
    const [one, two] = databases.map((database) => new TestServer({ database, ...folders, now: () => NOW }));
    if (!one || !two) throw new Error('two nodes');
    nodes = [one, two];
    return async () => {
      await Promise.all(databases.map((database) => database.close()));
      await folders.remove();
    };
  });

  const put = () => putOf('inspection', inspectionOf());

  it('29: a change that is committed late is not left out by who asked meanwhile', async () => {
    const a = await nodes[0].enrol('a');
    const { cursor: start } = await a.pull();
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let hasNumber = (): void => undefined;
    const taken = new Promise<void>((resolve) => (hasNumber = resolve));
    const late = databases[0].write(async (sql) => {
      const before = await takeChangeNumbers(sql, a.tenant, 1);
      await sql.run(
        `INSERT INTO records (tenant, entity, id, change_number, merged, has_conflict)
         VALUES (?, 'inspection', 'late', ?, ?, 0)`,
        ...[a.tenant, before + 1, '{"entity":"inspection","id":"late","fields":{},"deletions":[]}'],
      );
      hasNumber();
      await held;
    });
    await taken;
    const onOther = a.at(nodes[1]);
    const second = onOther.push(onOther.make(put()));
    const between = await onOther.pull(start);
    expect(between.rows).toEqual([]);
    commit();
    await late;
    expect(await second).toEqual(['applied']);
    const { rows } = await onOther.pull(between.cursor);
    expect(rows.map(({ id }) => id)).toContain('late');
    expect(rows).toHaveLength(2);
  });

  it('an operation that comes to both at once is taken once', async () => {
    const a = await nodes[0].enrol('a');
    const operation = a.make(put());
    const onOther = a.at(nodes[1]);
    const answers = await Promise.all([a, onOther, a, onOther, a].map((node) => node.push(operation)));
    expect(answers.flat().sort()).toEqual(['applied', ...Array<string>(4).fill('duplicate')]);
    expect((await onOther.pull()).rows).toHaveLength(1);
  });

  it('a code enrols one device, also when it comes to both nodes', async () => {
    const code = await makeEnrolmentCode(databases[0], await onlyTenant(databases[0], NOW), NOW);
    const answers = await Promise.all(
      nodes.map(async (node) => node.prove(await newDeviceKey(), '/v1/devices', { code, name: 'x' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('a proof is good once, whichever node has seen it', async () => {
    const a = await nodes[0].enrol('a');
    const headers = await a.signed('GET', '/v1/changes');
    const answers = await Promise.all(
      nodes.map(async (node) => node.app.request('/v1/changes', { headers })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('a database that is gone is Unavailable, and the node goes on once it is back', async () => {
    const a = await nodes[0].enrol('a');
    await postgres.down();
    try {
      await expect(databases[0].read((sql) => tenantOf(sql, a.tenant))).rejects.toBeInstanceOf(Unavailable);
      const answer = await a.pushRaw([a.make(put())]);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).not.toBeNull();
    } finally {
      await postgres.up();
    }
    a.seq = 0;
    expect(await a.push(a.make(put()))).toEqual(['applied']);
  });

  it('a connection that is cut in a transaction leaves nothing of it', async () => {
    const a = await nodes[0].enrol('a');
    const before = await databases[0].read((sql) => tenantOf(sql, a.tenant));
    const cut = databases[0].write(async (sql) => {
      await takeChangeNumbers(sql, a.tenant, 5);
      const [row] = await sql.all('SELECT pg_backend_pid() AS "pid"');
      await databases[1].read((other) => other.all('SELECT pg_terminate_backend(?)', Number(row?.['pid'])));
      await takeChangeNumbers(sql, a.tenant, 5);
    });
    await expect(cut).rejects.toBeInstanceOf(Unavailable);
    expect(await databases[0].read((sql) => tenantOf(sql, a.tenant))).toEqual(before);
  });

  it('two writes that wait for each other: one is Unavailable, the other done', async () => {
    const tenants = [await nodes[0].addTenant(), await nodes[0].addTenant()];
    const both = [tenants, tenants.toReversed()].map((order, node) =>
      databases[node === 0 ? 0 : 1].write(async (sql) => {
        for (const tenant of order) {
          await takeChangeNumbers(sql, tenant, 1);
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }),
    );
    const settled = await Promise.allSettled(both);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const one of settled) {
      if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Unavailable);
    }
  });

  it('28: an upload is held by one node at a time, and handed over when another asks for it', async () => {
    const [one, two] = [new LeaseLocker(databases[0], Date.now), new LeaseLocker(databases[1], Date.now)];
    const events: string[] = [];
    const first = one.newLock('upload');
    const { signal } = new AbortController();
    await first.lock(signal, () => {
      events.push('asked');
      void first.unlock();
    });
    const second = two.newLock('upload');
    await second.lock(signal, () => undefined);
    events.push('taken');
    expect(events).toEqual(['asked', 'taken']);
    await second.unlock();
    const given = new AbortController();
    await one.newLock('upload').lock(given.signal, () => undefined);
    given.abort();
    await expect(two.newLock('upload').lock(given.signal, () => undefined)).rejects.toBeDefined();
  });
});
