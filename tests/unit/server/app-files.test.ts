import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { listen } from '../../../server/listen.ts';

const html = `<!doctype html><title>Loupe</title>${'<p>photo</p>'.repeat(200)}`;
let folder = '';
let app: ReturnType<typeof createApp>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loupe-server-'));
  const dist = join(folder, 'dist');
  await mkdir(join(dist, 'assets'), { recursive: true });
  await mkdir(join(dist, 'models/m/1.0.0'), { recursive: true });
  const files: Record<string, string | Uint8Array> = {
    'index.html': html,
    'manifest.webmanifest': '{}',
    'service-worker.js': 'self',
    'assets/index-abc.js': 'x'.repeat(5000),
    'assets/ort-abc.wasm': new Uint8Array(5000),
    'assets/ort-abc.mjs': 'export {}',
    'models/index.json': '{"packs":[]}',
    'models/m/1.0.0/weights.onnx': new Uint8Array(5000).fill(7),
    'name with space.txt': 'spaced',
    '.build-id': 'secret',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(dist, name), content);
  await writeFile(join(folder, 'outside.txt'), 'outside');
  await symlink(join(folder, 'outside.txt'), join(dist, 'link.txt'));
  app = createApp({ dist, version: '0.0.0-test', log: () => undefined });
});
afterAll(() => rm(folder, { recursive: true }));

describe('media types and caching', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/?model=blade-damage', 'text/html; charset=utf-8', 'no-cache'],
    ['/manifest.webmanifest', 'application/manifest+json', 'no-cache'],
    ['/service-worker.js', 'text/javascript; charset=utf-8', 'no-cache'],
    ['/assets/index-abc.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/ort-abc.mjs', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/ort-abc.wasm', 'application/wasm', 'public, max-age=31536000, immutable'],
    ['/models/index.json', 'application/json', 'no-cache'],
    ['/models/m/1.0.0/weights.onnx', 'application/octet-stream', 'no-cache'],
    ['/name%20with%20space.txt', 'text/plain; charset=utf-8', 'no-cache'],
  ])('%s is %s, %s', async (path, mediaType, cacheControl) => {
    const response = await app.request(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(mediaType);
    expect(response.headers.get('cache-control')).toBe(cacheControl);
    expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(response.headers.get('content-security-policy')).toContain("'wasm-unsafe-eval'");
  });

  it('answers 304 for what the browser has, and 200 once the file has changed', async () => {
    const first = await app.request('/models/index.json');
    const etag = first.headers.get('etag') ?? '';
    const ask = () => app.request('/models/index.json', { headers: { 'If-None-Match': etag } });
    expect((await ask()).status).toBe(304);
    await writeFile(join(folder, 'dist/models/index.json'), '{"packs":[ ]}');
    const changed = await ask();
    expect(changed.status).toBe(200);
    expect(await changed.text()).toBe('{"packs":[ ]}');
  });

  it('says how many bytes a model has, and sends them unpacked', async () => {
    const response = await app.request('/models/m/1.0.0/weights.onnx', {
      headers: { 'Accept-Encoding': 'br, gzip' },
    });
    expect(response.headers.get('content-length')).toBe('5000');
    expect(response.headers.get('content-encoding')).toBeNull();
    expect((await response.arrayBuffer()).byteLength).toBe(5000);
  });
});

describe('compression', () => {
  it.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ])('%s gets %s', async (accepted, encoding, unpack) => {
    const response = await app.request('/', { headers: { 'Accept-Encoding': accepted } });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('vary')).toBe('Accept-Encoding');
    expect(unpack(Buffer.from(await response.arrayBuffer())).toString()).toBe(html);
  });

  it('is left out when nothing is accepted', async () => {
    const response = await app.request('/', { headers: { 'Accept-Encoding': 'identity' } });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toBe(html);
  });
});

describe('what is not served', () => {
  it.each([
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/%2e%2e%2foutside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/..%5coutside.txt',
    '/link.txt',
    '/.build-id',
    '/%2Ebuild-id',
    '/assets',
    '/assets/',
    '/index.html%00.txt',
    '/%E0%A4%A',
    '/no/such/file',
  ])('%s is 404 as a problem', async (path) => {
    // A URL object would tidy the path up before the server sees it.
    const server = await listen(app, 0);
    try {
      const { request } = await import('node:http');
      const status = await new Promise((resolve, reject) => {
        request(server.url, { path, headers: { connection: 'close' } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect([400, 404]).toContain(status);
    } finally {
      await server.stop(0);
    }
  });

  it('says what is wrong in one shape', async () => {
    const response = await app.request('/no/such/file');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 404, title: 'No such file' });
  });

  it.each(['POST', 'PUT', 'DELETE'])('%s is 405', async (method) => {
    const response = await app.request('/index.html', { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('the running server', () => {
  it.each(['/healthz', '/v1/health'])('%s says that it lives', async (path) => {
    const response = await app.request(path);
    expect(await response.json()).toEqual({ status: 'ok', version: '0.0.0-test' });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('finishes the request under way before it stops', async () => {
    const server = await listen(app, 0);
    const response = await fetch(`${server.url}/assets/index-abc.js`);
    const stopped = server.stop();
    expect((await response.text()).length).toBe(5000);
    await stopped;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('answers HEAD with the length and without a body', async () => {
    const response = await app.request('/models/m/1.0.0/weights.onnx', { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('5000');
    expect(await response.text()).toBe('');
  });
});
