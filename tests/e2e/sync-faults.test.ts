import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { bladePhotos } from './photos.ts';
import { arrived, enrolledTablet, inspect, told, type EnrolledTablet } from './sync/enrolled-tablet.ts';
import { FaultyProxy, type Fault, type Passed } from './sync/faulty-proxy.ts';
import { SyncServer } from './sync/sync-server.ts';

// One tablet with the built app, the real server, and a bad line between; names begin with docs/FAULTS.md's numbers.
const dist = inject('appDist');
let server: SyncServer;
let proxy: FaultyProxy;
let one: EnrolledTablet;
let page: Page;
const photos = bladePhotos(16);
const made: string[] = [];

beforeAll(async () => {
  server = await SyncServer.start(dist);
  proxy = await FaultyProxy.start(server.url);
  one = await enrolledTablet(proxy.url, await server.code(), { inspector: 'Åse' });
  page = one.page;
});
afterAll(async () => {
  expect(one.tablet.pageErrors).toEqual([]);
  await one[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const answered = (status: number, body: string, headers?: Record<string, string>): Fault => ({
  kind: 'answered',
  ...{ status, body },
  ...(headers && { headers }),
});
/** A new inspection with a photo on a bad line; what is said meanwhile; and all of it, once, in the end. */
async function survives(
  fault: (passed: Passed) => Fault | undefined,
  said: RegExp,
  { isLasting = false } = {},
): Promise<void> {
  const tag = `WTG-${80 + made.length}`;
  proxy.fault = fault;
  proxy.seen.length = 0;
  await inspect(page, tag, photos.slice(made.length, made.length + 1));
  made.push(tag);
  await told(page, said);
  if (!isLasting) proxy.fault = () => undefined;
  await arrived(page);
  proxy.fault = () => undefined;
  expect(await server.whole()).toEqual({
    titles: [...made].sort(),
    photos: made.length,
    bytesHere: made.length,
  });
}

const pushes = (fault: Fault) => (passed: Passed) => (passed.path === '/v1/push' ? fault : undefined);
const isPatch = ({ method }: Passed): boolean => method === 'PATCH';

it('17: an answer that is dropped after the commit', () =>
  survives(pushes({ kind: 'answer-dropped' }), /The server does not answer\./));

it('18: every request arrives twice', () =>
  survives(() => ({ kind: 'twice' }), /photos? confirmed/, { isLasting: true }));

it('19: the line is cut every 20 kB', async () => {
  await survives(
    (passed) => (isPatch(passed) ? { kind: 'reset', afterBytes: 20_000 } : undefined),
    /items? waits?/,
    { isLasting: true },
  );
  expect(proxy.seen.filter(isPatch).length).toBeGreaterThan(1);
});

it('20: a black hole in the middle of a photo is given up after 20 s, and the photo goes on where it was', async () => {
  let left = 1;
  await survives(
    (passed) => (isPatch(passed) && left-- > 0 ? { kind: 'black-hole', afterBytes: 20_000 } : undefined),
    /items? waits?/,
    { isLasting: true },
  );
  const patches = proxy.seen.filter(isPatch);
  expect(patches).toHaveLength(2);
  expect(Number(patches[1]?.offset)).toBeGreaterThan(0);
  expect(proxy.seen.some(({ method, path }) => method === 'HEAD' && path === patches[1]?.path)).toBe(true);
});

it('21: 50 kbit/s and a second there and back', () =>
  survives(() => ({ kind: 'slow', bytesPerSecond: 6250, roundTripMs: 1000 }), /items? waits?/, {
    isLasting: true,
  }));

it('22: a captive portal', () =>
  survives(
    () => answered(200, '<html>Sign in to the WLAN</html>', { 'Content-Type': 'text/html' }),
    /The network shows a sign-in page\./,
  ));

it.each([
  ['413', answered(413, '<html>Too large</html>')],
  ['502', answered(502, 'Bad gateway')],
  ['504', answered(504, '<html>Gateway timeout</html>')],
  ['JSON that is cut in the middle', { kind: 'cut-json' }],
] as const)('23: a proxy that answers %s', (_what, fault) =>
  survives(pushes(fault), /Something between here and the server has trouble\./),
);

it('24: 429 with a pause', () =>
  survives(pushes(answered(429, '{}', { 'Retry-After': '40' })), /The server asks to wait\. Next try at/));
