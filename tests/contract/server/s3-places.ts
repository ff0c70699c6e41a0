import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { S3Blobs } from '../../../server/blobs/s3-blobs.ts';
import { clientConfig, type S3Settings } from '../../../server/blobs/s3-settings.ts';
import { S3Uploads } from '../../../server/blobs/s3-uploads.ts';
import { UPLOAD_LIFE_MS } from '../../../server/services/tus-uploads.ts';
import type { TestPlaces } from './test-server.ts';

/** Photos and uploads in one bucket, as a node of several has them. */
export async function s3Places(settings: S3Settings): Promise<TestPlaces> {
  const folder = await mkdtemp(join(tmpdir(), 'loupe-node-'));
  const blobs = new S3Blobs(settings);
  const uploads = new S3Uploads(settings, folder, UPLOAD_LIFE_MS);
  const client = new S3Client(clientConfig(settings));
  return {
    blobs,
    uploads,
    uploadFolder: '/nonexistent',
    left: async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: settings.bucket }));
      return Contents.map(({ Key = '' }) => Key).filter((key) => !key.startsWith('photos/'));
    },
    remove: async () => {
      for (const open of [blobs, uploads]) open.close();
      client.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
