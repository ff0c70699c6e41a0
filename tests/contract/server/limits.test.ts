import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { securityHeaders } from '../../../config/headers.ts';
import { listen, type RunningServer } from '../../../server/listen.ts';
import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { RateLimit } from '../../../server/services/rate-limit.ts';
import { NOW, testFolders, TestServer } from './test-server.ts';

const FEW = { burst: 3, perS: 0.1 };

describe('limits', () => {
  let server: TestServer;
  let running: RunningServer;
  let database: SqliteDatabase;
  let folders: Awaited<ReturnType<typeof testFolders>>;
  let now = NOW;

  const start = async (limits: object, timeouts = { headersMs: 300, silenceMs: 300, requestMs: 600 }) => {
    server = new TestServer({ database, ...folders, now: () => now, limits });
    running = await listen(server.app, 0, '127.0.0.1', timeouts);
  };
  const enrol = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${running.url}/v1/devices`, { method: 'POST', body: '{"code":"x","name":"x"}', headers });

  beforeEach(async () => {
    [database, folders, now] = [await SqliteDatabase.open(':memory:'), await testFolders(), NOW];
  });
  afterEach(async () => {
    await running.stop(0);
    await database.close();
    await folders.remove();
  });

  it('who guesses codes is told to wait, and may go on after it', async () => {
    await start({ wrong: FEW });
    for (let n = 0; n < 3; n++) expect((await enrol()).status).toBe(401);
    const limited = await enrol();
    expect(limited.status).toBe(429);
    expect(limited.headers.get('content-type')).toBe('application/problem+json');
    now += Number(limited.headers.get('retry-after')) * 1000;
    expect((await enrol()).status).toBe(401);
  });

  it('an address has only so many requests without a token, right or wrong', async () => {
    await start({ address: FEW });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await fetch(`${running.url}/v1/openapi.json`)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('an address in X-Forwarded-For counts only behind a proxy of ours, and then the one it added', async () => {
    await start({ wrong: FEW });
    for (let n = 0; n < 3; n++) await enrol({ 'X-Forwarded-For': `10.0.0.${n}` });
    expect((await enrol({ 'X-Forwarded-For': '10.0.0.9' })).status).toBe(429);
    await running.stop(0);
    await start({ wrong: FEW, proxies: 1 });
    for (let n = 0; n < 3; n++) await enrol({ 'X-Forwarded-For': `10.0.0.${n}, 192.0.2.1` });
    expect((await enrol({ 'X-Forwarded-For': '10.0.0.9, 192.0.2.1' })).status).toBe(429);
    expect((await enrol({ 'X-Forwarded-For': '192.0.2.2' })).status).toBe(401);
  });

  it('a device has its own limit, and takes nobody else’s', async () => {
    await start({ device: FEW });
    const [a, b] = [await server.enrol('a'), await server.enrol('b')];
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await a.request('/v1/changes')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect((await b.request('/v1/changes')).status).toBe(200);
    now += 10_000;
    expect((await a.request('/v1/changes')).status).toBe(200);
  });

  const opened = async (text: string): Promise<Socket> => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };

  it('slowloris: headers that never end are cut off', async () => {
    await start({});
    const socket = await opened('GET / HTTP/1.1\r\nHost: x\r\n');
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 50);
    await once(socket.resume(), 'close');
    clearInterval(drip);
  });

  it('slowloris: a body that never ends is cut off', async () => {
    await start({});
    const head = 'POST /v1/devices HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n';
    const socket = await opened(head);
    const drip = setInterval(() => socket.write(' '), 50);
    await once(socket.resume(), 'close');
    clearInterval(drip);
  });

  it('headers of a megabyte are 431, and a path of a megabyte too', async () => {
    await start({});
    for (const text of [`GET / HTTP/1.1\r\nX-A: ${'x'.repeat(1e6)}`, `GET /${'x'.repeat(1e6)} HTTP/1.1`]) {
      const socket = await opened(`${text}\r\nHost: x\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toContain('431');
      socket.destroy();
    }
  });

  it('TRACE gives nothing back', async () => {
    await start({});
    const socket = await opened('TRACE / HTTP/1.1\r\nHost: x\r\nX-Secret: told\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 [45]/);
    expect(answer.toString()).not.toContain('told');
    socket.destroy();
  });

  it('every answer carries the headers that keep a browser safe, errors too', async () => {
    await start({});
    for (const path of ['/v1/openapi.json', '/v1/docs', '/v1/changes', '/nothing', '/healthz']) {
      const { headers } = await fetch(running.url + path);
      for (const name of Object.keys(securityHeaders))
        expect(headers.get(name), `${path} ${name}`).not.toBeNull();
      expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*'unsafe/);
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('set-cookie')).toBeNull();
    }
  });
});

describe('headers', () => {
  const asked = async (path: string, method = 'GET', origin?: string): Promise<Response> => {
    const [database, folders] = [await SqliteDatabase.open(':memory:'), await testFolders()];
    const server = new TestServer({ database, ...folders, now: () => NOW, origin });
    const response = await server.app.request(path, { method });
    await database.close();
    await folders.remove();
    return response;
  };

  it('HSTS where the server is at https', async () => {
    expect((await asked('/', 'GET', 'https://loupe.example')).headers.get('strict-transport-security')).toBe(
      'max-age=31536000',
    );
    expect((await asked('/')).headers.get('strict-transport-security')).toBeNull();
  });

  it('no-store for what the API answers', async () => {
    expect((await asked('/v1/changes')).headers.get('cache-control')).toBe('no-store');
    expect((await asked('/v1/openapi.json')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('a rate limit', () => {
  it('forgets who came long ago, and not who comes now', () => {
    const limit = new RateLimit({ burst: 1, perS: 0.001 });
    limit.take('often', 0);
    for (let n = 0; n < 30_000; n++) {
      limit.take(`k${n}`, 0);
      if (n % 1000 === 0) limit.wait('often', 0);
    }
    expect(limit.wait('often', 0)).toBeGreaterThan(0);
    expect(limit.wait('k0', 0)).toBe(0);
  });

  it('a clock that is set back gives nothing away and locks nobody out', () => {
    const limit = new RateLimit({ burst: 1, perS: 1 });
    expect([limit.take('a', 10_000), limit.take('a', 0), limit.take('a', 1000)]).toEqual([0, 1, 0]);
  });
});
