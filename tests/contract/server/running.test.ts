import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { Unavailable, type Database } from '../../../server/repositories/database.ts';
import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { tidy } from '../../../server/services/housekeeping.ts';
import { putOf } from '../../../src/storage/outbox.ts';
import { inspectionOf } from '../../unit/storage/records-for-tests.ts';
import { NOW, testFolders, TestServer, type TestPlaces } from './test-server.ts';

describe('what an operator sees of a server', () => {
  let database: Database;
  let places: TestPlaces;
  beforeEach(async () => {
    database = await SqliteDatabase.open(':memory:');
    places = await testFolders();
    return async () => {
      await database.close();
      await places.remove();
    };
  });
  const parts = () => ({ database, ...places, now: () => NOW });
  const options = { dist: '/nonexistent', version: '1.2.3' };

  it('is alive whatever its stores do, and ready while they answer and it does not stop', async () => {
    const readiness = { check: () => Promise.resolve(), isDraining: false };
    const app = createApp({ ...options, parts: parts(), readiness });
    const status = async (path: string) => (await app.request(path)).status;
    expect([await status('/health'), await status('/ready')]).toEqual([200, 200]);
    readiness.check = () => Promise.reject(new Unavailable('gone'));
    expect([await status('/health'), await status('/ready')]).toEqual([200, 503]);
    readiness.check = () => new Promise(() => undefined);
    expect(await status('/ready')).toBe(503);
    readiness.check = () => Promise.resolve();
    readiness.isDraining = true;
    expect([await status('/health'), await status('/ready')]).toEqual([200, 503]);
  });

  it('counts by route, for whoever shows the token', async () => {
    const app = createApp({ ...options, parts: parts(), metricsToken: 'a token' });
    await app.request('/v1/photos/abc');
    await app.request('/v1/changes');
    expect((await app.request('/metrics')).status).toBe(404);
    expect((await app.request('/metrics', { headers: { Authorization: 'Bearer other' } })).status).toBe(404);
    const page = await (
      await app.request('/metrics', { headers: { Authorization: 'Bearer a token' } })
    ).text();
    expect(page).toContain(
      'loupe_http_requests_total{method="GET",route="/v1/photos/:sha256",status="401"} 1',
    );
    expect(page).toContain('loupe_http_request_seconds_count{route="/v1/changes"} 1');
    expect(page).not.toContain('abc');
  });

  it('has no metrics page without a token', async () => {
    const headers = { Authorization: 'Bearer undefined' };
    expect((await createApp({ ...options, parts: parts() }).request('/metrics', { headers })).status).toBe(
      404,
    );
  });

  it('logs JSON by line, and nothing of what was sent or of who sent it', async () => {
    const lines: string[] = [];
    const failing: Database = {
      read: (body) => database.read(body),
      write: () => Promise.reject(new Error('duplicate key: (Ada Lovelace, secret)')),
      close: () => database.close(),
    };
    const enrolled = await new TestServer(parts()).enrol('Ada’s tablet');
    const broken = new TestServer({ ...parts(), database: failing });
    const app = createApp({
      ...{ ...options, parts: broken.parts, logsRequests: true },
      log: (line) => lines.push(line),
    });
    const device = enrolled.at(Object.assign(broken, { app }));
    const operation = enrolled.make(putOf('inspection', inspectionOf({ inspector: 'Ada' })));
    expect((await device.pushRaw([operation])).status).toBe(500);
    const events = lines.map(
      (line) => JSON.parse(line) as { event: string; route?: string; status?: number },
    );
    expect(events.map(({ event }) => event)).toEqual(['failed', 'request']);
    expect(events[1]).toMatchObject({ method: 'POST', route: '/v1/push', status: 500 });
    for (const secret of ['Ada', 'Lovelace', 'secret', enrolled.access, enrolled.id, enrolled.tenant]) {
      expect(lines.join('\n')).not.toContain(secret);
    }
  });

  it('tidies up by itself: tombstones after half a year, and cursors from before them are refused', async () => {
    let now = NOW;
    const server = new TestServer({ ...parts(), now: () => now });
    const a = await server.enrol('a');
    const inspection = inspectionOf();
    await a.push(a.make(putOf('inspection', inspection)));
    const { cursor } = await a.pull();
    await a.push(a.make({ entity: 'inspection', id: inspection.id, kind: 'delete', fields: {} }));
    now += 179 * 86_400_000;
    await tidy(server.parts);
    expect((await a.pull(cursor)).rows).toHaveLength(1);
    now += 2 * 86_400_000;
    await tidy(server.parts);
    expect((await a.request(`/v1/changes?cursor=${cursor}`)).status).toBe(410);
    expect((await a.pull()).rows).toEqual([]);
  });
});
