import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { SqliteDatabase } from '../../server/repositories/sqlite/sqlite-database.ts';
import { putOf } from '../../src/storage/outbox.ts';
import { canonicalJson } from '../../core/domain/canonical-json.ts';
import { offerOf, tinyPack, withdrawalOf } from '../fixtures/signed-pack.ts';
import { NOW, testFolders, TestServer, type TestDevice } from '../contract/server/test-server.ts';
import { bundleOf, filledStore } from '../unit/app/bundle/bundle-for-tests.ts';
import { inspectionOf } from '../unit/storage/records-for-tests.ts';

/** Good files and messages, near which a fuzzer looks. */
export interface Seeds {
  readonly images: readonly Uint8Array[];
  readonly manifest: unknown;
  readonly release: readonly string[];
  readonly bundle: Uint8Array;
  readonly csv: readonly string[];
  readonly geojson: readonly string[];
  readonly coco: unknown;
  readonly operation: unknown;
  readonly row: unknown;
  readonly cursor: string;
  readonly metadata: string;
  /** Used already. */
  readonly proof: string;
  readonly device: TestDevice;
  close(): Promise<void>;
}

export async function makeSeeds(): Promise<Seeds> {
  const database = await SqliteDatabase.open(':memory:');
  const folders = await testFolders();
  // Its own time: a run may take longer than a token is good.
  const server = new TestServer({ database, ...folders, now: () => NOW });
  const device = await server.enrol('fuzzer');
  const operation = device.make(putOf('inspection', inspectionOf()));
  await device.push(operation);
  const { rows, cursor } = await device.pull();
  const signed = await device.signed('GET', '/v1/changes');
  await server.app.request('/v1/changes', { headers: signed });
  const { store, inspection } = await filledStore();
  const bundle = await bundleOf(store, inspection.id);
  await using pack = await tinyPack('1.1.0');
  const offer = offerOf(pack, 3, { expiresAt: 5 });
  return {
    images: await images(),
    manifest: JSON.parse(
      await readFile(new URL('../../models/blade-damage/1.1.0/manifest.json', import.meta.url), 'utf8'),
    ) as unknown,
    release: [offer, withdrawalOf('tiny-squares', 4)].map((one) => canonicalJson(one)),
    bundle: new Uint8Array(await bundle.arrayBuffer()),
    csv: ['site,asset,blade\nRidge,T7,A\n"a ""b""",T8,B\n', 'site;asset\r\nRidge;T7\r\n'],
    geojson: [
      JSON.stringify({
        type: 'FeatureCollection',
        features: [
          {
            ...{ type: 'Feature', geometry: { type: 'Point', coordinates: [9.5, 55.7] } },
            properties: { site: 'Ridge', asset: 'T7' },
          },
        ],
      }),
    ],
    coco: {
      images: [{ id: 1, file_name: 'a.jpg', width: 10, height: 10 }],
      categories: [{ id: 1, name: 'crack' }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [1, 1, 2, 2], area: 4, iscrowd: 0 }],
    },
    ...{ operation, row: rows[0], cursor, device },
    metadata: `sha256 ${Buffer.from('ab'.repeat(32)).toString('base64')},filename eA==`,
    proof: signed['DPoP'] ?? '',
    close: async () => {
      await database.close();
      await folders.remove();
    },
  };
}

async function images(): Promise<Uint8Array[]> {
  const picture = () => sharp({ create: { width: 9, height: 7, channels: 3, background: 'red' } });
  const exif = { IFD0: { Model: 'camera' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '55/1 40/1 0/1' } };
  const encoded = [
    picture().withExif(exif).jpeg(),
    picture().withExif(exif).png(),
    picture().withExif(exif).webp(),
    picture().tiff(),
    picture().gif(),
    picture().avif({ effort: 0 }),
  ];
  return Promise.all(encoded.map(async (one) => new Uint8Array(await one.toBuffer())));
}
