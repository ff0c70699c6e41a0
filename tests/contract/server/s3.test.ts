import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LeaseLocker } from '../../../server/services/lease-locker.ts';
import { PostgresDatabase } from '../../../server/repositories/postgres/postgres-database.ts';
import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { postgresFolder, PostgresServer } from '../../services/postgres-server.ts';
import { hasS3, NO_S3, S3Server } from '../../services/s3-server.ts';
import { packsSuite } from './packs-suite.ts';
import { photoSuite } from './photo-suite.ts';
import { s3Places } from './s3-places.ts';
import { NOW, TestServer, type TestDevice, type TestPlaces } from './test-server.ts';

if (!hasS3()) console.warn(NO_S3);

describe.skipIf(!hasS3())('with a real S3 server', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await S3Server.start();
  }, 120_000);
  afterAll(() => s3.stop());

  photoSuite(
    'SQLite and S3',
    () => SqliteDatabase.open(':memory:'),
    async () => s3Places(await s3.newBucket()),
  );
  packsSuite(
    'SQLite and S3',
    () => SqliteDatabase.open(':memory:'),
    async () => s3Places(await s3.newBucket()),
  );

  describe.skipIf(postgresFolder() === undefined)('two nodes on PostgreSQL and S3', () => {
    let postgres: PostgresServer;
    let photo: Uint8Array<ArrayBuffer>;
    let sha256 = '';
    let nodes: readonly TestServer[] = [];
    let places: readonly TestPlaces[] = [];
    let a: TestDevice;

    beforeAll(async () => {
      postgres = await PostgresServer.start();
      const side = 2600;
      const noise = Buffer.from(
        Array.from({ length: side * side * 3 }, (_, n) => ((n * 2654435761) >>> 13) & 255),
      );
      const image = sharp(noise, { raw: { width: side, height: side, channels: 3 } });
      // More than two parts.
      photo = new Uint8Array(await image.png({ compressionLevel: 0 }).toBuffer());
      sha256 = createHash('sha256').update(photo).digest('hex');
    }, 120_000);
    afterAll(() => postgres.stop());

    beforeEach(async () => {
      const url = await postgres.newDatabase();
      const bucket = await s3.newBucket();
      const databases = [await PostgresDatabase.open({ url }), await PostgresDatabase.open({ url })];
      places = [await s3Places(bucket), await s3Places(bucket)];
      nodes = databases.map((database, at) => {
        // eslint-disable-next-line @typescript-eslint/unbound-method -- they are left out
        const { left: _left, remove: _remove, ...own } = places[at] ?? ({} as TestPlaces);
        return new TestServer({
          database,
          ...own,
          locker: new LeaseLocker(database, Date.now),
          now: () => NOW,
        });
      });
      a = await node(0).enrol('a');
      return async () => {
        await Promise.all(databases.map((database) => database.close()));
        await Promise.all(places.map((place) => place.remove()));
      };
    });

    const node = (at: number): TestServer => {
      const found = nodes[at];
      if (!found) throw new Error(`no node ${at}`);
      return found;
    };
    const tus = (at: number, path: string, method: string, headers: object, body?: Uint8Array<ArrayBuffer>) =>
      a.at(node(at)).request(path, {
        method,
        headers: { 'Tus-Resumable': '1.0.0', ...headers },
        ...(body && { body }),
      });
    const begin = async (at: number): Promise<string> => {
      const begun = await tus(at, '/v1/uploads', 'POST', {
        'Upload-Length': String(photo.length),
        'Upload-Metadata': `sha256 ${Buffer.from(sha256).toString('base64')}`,
      });
      expect(begun.status).toBe(201);
      return begun.headers.get('location') ?? '';
    };
    const send = (at: number, url: string, from: number, to?: number): Promise<Response> =>
      tus(
        at,
        url,
        'PATCH',
        { 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
        photo.slice(from, to),
      );
    const offset = async (at: number, url: string): Promise<number> =>
      Number((await tus(at, url, 'HEAD', {})).headers.get('upload-offset'));
    const kept = async (at: number): Promise<string> => {
      const response = await a.at(node(at)).request(`/v1/photos/${sha256}`);
      return createHash('sha256')
        .update(new Uint8Array(await response.arrayBuffer()))
        .digest('hex');
    };

    it('an upload begun on one goes on on the other, in pieces of any size', async () => {
      const url = await begin(0);
      expect((await send(1, url, 0, 1000)).status).toBe(204);
      expect(await offset(0, url)).toBe(1000);
      expect((await send(0, url, 1000, 10_000_000)).status).toBe(204);
      expect(await offset(1, url)).toBe(10_000_000);
      expect((await send(1, url, 10_000_000)).status).toBe(204);
      expect(await kept(0)).toBe(sha256);
      expect(await places[0]?.left()).toEqual([]);
    });

    it('28: both nodes take one upload: one of them writes, and it is whole once', async () => {
      const url = await begin(0);
      const answers = await Promise.all([send(0, url, 0), send(1, url, 0)]);
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses[0]).toBe(204);
      expect(statuses[1]).toBeGreaterThanOrEqual(400);
      expect(await kept(1)).toBe(sha256);
    });

    it('27: the object store is gone for a while: 503, nothing is called kept, and then it goes on', async () => {
      const url = await begin(0);
      expect((await send(0, url, 0, 9_000_000)).status).toBe(204);
      await s3.down();
      try {
        expect((await send(0, url, 9_000_000)).status).toBe(503);
        const hashes = JSON.stringify({ hashes: [sha256] });
        const receipts = await a.request('/v1/receipts', { method: 'POST', body: hashes });
        expect(await receipts.json()).toMatchObject({ receipts: [] });
      } finally {
        await s3.up();
      }
      expect((await send(1, url, await offset(1, url))).status).toBe(204);
      expect(await kept(0)).toBe(sha256);
    });
  });
});
