import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../server/repositories/database.ts';
import {
  NOW,
  testFolders,
  TestServer,
  type TestDevice,
  type TestPlaces,
  type TestRequest,
} from './test-server.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const hashOf = (bytes: Bytes): string => createHash('sha256').update(bytes).digest('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const text = (content: string): Bytes => new Uint8Array(Buffer.from(content));

/** What holds for photos whatever keeps their rows and bytes. */
export function photoSuite(
  name: string,
  open: () => Promise<Database>,
  openPlaces: () => Promise<TestPlaces> = testFolders,
): void {
  describe(`photos over ${name}`, () => {
    let server: TestServer;
    let a: TestDevice;
    let b: TestDevice;
    let photo: Bytes;
    let places: TestPlaces;

    beforeAll(async () => {
      const noise = Buffer.from(Array.from({ length: 300 * 200 * 3 }, (_, n) => (n * 7919) & 255));
      const image = sharp(noise, { raw: { width: 300, height: 200, channels: 3 } });
      photo = new Uint8Array(await image.withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer());
    });

    beforeEach(async () => {
      const database = await open();
      places = await openPlaces();
      server = new TestServer({ database, ...places, now: () => NOW });
      [a, b] = [await server.enrol('a'), await server.enrol('b')];
      return async () => {
        await database.close();
        await places.remove();
      };
    });

    const tus = (device: TestDevice, path: string, { headers, ...init }: TestRequest): Promise<Response> =>
      device.request(path, { ...init, headers: { 'Tus-Resumable': '1.0.0', ...headers } });

    const begin = (device: TestDevice, bytes: number, metadata: string): Promise<Response> =>
      tus(device, '/v1/uploads', {
        method: 'POST',
        headers: { 'Upload-Length': String(bytes), 'Upload-Metadata': metadata },
      });

    const send = (device: TestDevice, url: string, offset: number, bytes: Bytes): Promise<Response> =>
      tus(device, url, {
        method: 'PATCH',
        headers: { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
        body: bytes,
      });

    const announce = async (device: TestDevice, bytes: Bytes, hash = hashOf(bytes)): Promise<string> => {
      const begun = await begin(device, bytes.length, `sha256 ${base64(hash)}`);
      expect(begun.status).toBe(201);
      return begun.headers.get('location') ?? '';
    };

    const upload = async (device: TestDevice, bytes: Bytes, hash = hashOf(bytes)): Promise<Response> =>
      send(device, await announce(device, bytes, hash), 0, bytes);

    const receipts = async (device: TestDevice, ...hashes: readonly string[]): Promise<unknown> => {
      const body = JSON.stringify({ hashes });
      const response = await device.request('/v1/receipts', { method: 'POST', body });
      return ((await response.json()) as { receipts: unknown }).receipts;
    };

    it('gives a receipt for what it has hashed again, and the bytes to every device of the tenant', async () => {
      expect(await receipts(a, hashOf(photo))).toEqual([]);
      expect((await upload(a, photo)).status).toBe(204);
      const receipt = { sha256: hashOf(photo), bytes: photo.length, receivedAt: NOW };
      expect(await receipts(b, hashOf(photo))).toEqual([receipt]);
      const response = await b.request(`/v1/photos/${hashOf(photo)}`);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(photo);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/jpeg',
        'content-disposition': 'attachment',
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      });
    });

    it('gives a preview that was decoded and made anew, and says so where it cannot', async () => {
      await upload(a, photo);
      const preview = await b.request(`/v1/photos/${hashOf(photo)}/preview`);
      expect(Object.fromEntries(preview.headers)).toMatchObject({
        'content-type': 'image/jpeg',
        'content-disposition': 'attachment',
        'content-security-policy': "default-src 'none'; sandbox",
      });
      const { width, height, orientation } = await sharp(await preview.arrayBuffer()).metadata();
      expect({ width, height, orientation }).toEqual({ width: 200, height: 300, orientation: undefined });
      const broken = photo.slice(0, 400);
      await upload(a, broken);
      expect((await a.request(`/v1/photos/${hashOf(broken)}/preview`)).status).toBe(415);
      expect((await a.request(`/v1/photos/${'ab'.repeat(32)}/preview`)).status).toBe(404);
    });

    it('goes on where it was cut', async () => {
      const url = await announce(a, photo);
      await send(a, url, 0, photo.slice(0, 1000));
      const head = await tus(a, url, { method: 'HEAD' });
      expect(head.headers.get('upload-offset')).toBe('1000');
      expect((await send(a, url, 900, photo.slice(900))).status).toBe(409);
      expect((await send(a, url, 1000, photo.slice(1000))).status).toBe(204);
      expect(await receipts(a, hashOf(photo))).toHaveLength(1);
    });

    it('discards bytes with another hash, and takes the right ones after them', async () => {
      const spoiled = photo.slice();
      spoiled[500] = (spoiled[500] ?? 0) ^ 1;
      expect((await upload(a, spoiled, hashOf(photo))).status).toBe(460);
      expect(await receipts(a, hashOf(photo), hashOf(spoiled))).toEqual([]);
      expect(await places.left()).toEqual([]);
      expect((await upload(a, photo)).status).toBe(204);
    });

    it('a finished upload is not cut by a repeated POST, and twice the same photo is kept once', async () => {
      await upload(a, photo);
      await announce(a, photo);
      expect((await upload(b, photo)).status).toBe(204);
      const response = await a.request(`/v1/photos/${hashOf(photo)}`);
      expect(hashOf(new Uint8Array(await response.arrayBuffer()))).toBe(hashOf(photo));
    });

    it('an upload belongs to its device: to others there is none', async () => {
      const url = await announce(a, photo);
      const stranger = await server.enrol('stranger', await server.addTenant());
      for (const other of [b, stranger]) {
        expect((await send(other, url, 0, photo)).status).toBe(404);
        expect((await tus(other, url, { method: 'HEAD' })).status).toBe(404);
        expect((await tus(other, url, { method: 'DELETE' })).status).toBe(404);
      }
      expect((await send(a, url, 0, photo)).status).toBe(204);
      expect((await stranger.request(`/v1/photos/${hashOf(photo)}`)).status).toBe(404);
      expect(await receipts(stranger, hashOf(photo))).toEqual([]);
    });

    it('does not let a client say whose an upload is', async () => {
      const stranger = await server.enrol('stranger', await server.addTenant());
      const metadata = [
        `sha256 ${base64(hashOf(photo))}`,
        `tenant ${base64(a.tenant)}`,
        `device ${base64(a.id)}`,
      ];
      const begun = await begin(stranger, photo.length, metadata.join(','));
      await send(stranger, begun.headers.get('location') ?? '', 0, photo);
      expect(await receipts(a, hashOf(photo))).toEqual([]);
    });

    it.each<[string, number, string, number]>([
      ['no length', 0, `sha256 ${base64('ab'.repeat(32))}`, 400],
      ['no hash', 10, `filename ${base64('x.jpg')}`, 400],
      ['a name instead of a hash', 10, `sha256 ${base64('../../etc/passwd')}`, 400],
      ['an encoded path', 10, `sha256 ${base64('..%2f..%2fpasswd')}`, 400],
      ['a UNC path', 10, `sha256 ${base64(String.raw`\\host\share`)}`, 400],
      ['500 MB', 500_000_000, `sha256 ${base64('ab'.repeat(32))}`, 413],
    ])('refuses %s', async (_, bytes, metadata, status) => {
      expect((await begin(a, bytes, metadata)).status).toBe(status);
      expect(await places.left()).toEqual([]);
    });

    it('takes no byte more than was announced', async () => {
      const url = await announce(a, photo);
      const response = await send(a, url, 0, new Uint8Array([...photo, 1, 2, 3]));
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await receipts(a, hashOf(photo))).toEqual([]);
    });

    it.each<[string, () => Bytes, number]>([
      ['a PDF', () => text('%PDF-1.7 ...'), 415],
      ['text', () => text('hello'), 415],
      ['an SVG', () => text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 415],
      ['HTML', () => text('<html><script>alert(1)</script>'), 415],
      ['a pixel bomb', bomb, 413],
    ])('refuses %s', async (_, make, status) => {
      expect((await upload(a, make())).status).toBe(status);
      expect(await places.left()).toEqual([]);
    });

    it.each(['..%2f..%2fetc%2fpasswd', '%2e%2e', 'AB'.repeat(32), 'x'])('has no photo %s', async (path) => {
      expect((await a.request(`/v1/photos/${path}`)).status).toBe(404);
    });
  });
}

/** A PNG's header that says 60,000 x 60,000. */
function bomb(): Bytes {
  const bytes = new Uint8Array(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, 60_000);
  view.setUint32(20, 60_000);
  return bytes;
}
