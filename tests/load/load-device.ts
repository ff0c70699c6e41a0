import { randomBytes } from 'node:crypto';
import { putOf } from '../../src/storage/outbox.ts';
import { TestServer, type TestDevice } from '../contract/server/test-server.ts';
import type { ApiParts } from '../../server/routes/api.ts';
import { inspectionOf } from '../unit/storage/records-for-tests.ts';

/** What nodes share beside their stores. The origin is the one that test devices sign for. */
export const NODE_SECRETS = {
  LOUPE_TOKEN_KEYS: `test:${randomBytes(32).toString('base64url')}`,
  LOUPE_ORIGIN: 'http://localhost',
} as const;

/** Enrols devices at a node elsewhere; codes are made in the database that it shares with this process. */
export function remoteServer(parts: ApiParts, url: () => string): TestServer {
  const server = new TestServer(parts);
  const app = {
    request: (path: string, init?: RequestInit) => fetch(new URL(path, url()), init),
  };
  return Object.assign(server, { app });
}

/** So many pushes of `size` new inspections each, made before anything is timed. */
export function preparedPushes(device: TestDevice, count: number, size: number): readonly string[] {
  return Array.from({ length: count }, () =>
    JSON.stringify({
      protocol: 1,
      operations: Array.from({ length: size }, () => device.make(putOf('inspection', inspectionOf()))),
    }),
  );
}

/** Sends a photo by tus in one piece; resolves with the answer to its bytes. */
export async function uploadPhoto(
  device: TestDevice,
  photo: Uint8Array<ArrayBuffer>,
  sha256: string,
): Promise<Response> {
  const headers = { 'Tus-Resumable': '1.0.0' };
  const begun = await device.request('/v1/uploads', {
    method: 'POST',
    headers: {
      ...headers,
      'Upload-Length': String(photo.length),
      'Upload-Metadata': `sha256 ${Buffer.from(sha256).toString('base64')}`,
    },
  });
  return device.request(begun.headers.get('location') ?? '', {
    method: 'PATCH',
    headers: { ...headers, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' },
    body: photo,
  });
}
