import { gzipSync } from 'node:zlib';
import { readdir } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../../core/domain/operation.ts';
import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { putOf } from '../../../src/storage/outbox.ts';
import { analysisOf, findingOf, inspectionOf, someSha } from '../../unit/storage/records-for-tests.ts';
import { NOW, testFolders, TestServer, type TestDevice } from './test-server.ts';

/** Bad payloads and uploads of docs/FAULTS.md that decide nothing in a database; the others are in the suites. */
describe('bad payloads and uploads', () => {
  let a: TestDevice;
  let uploadFolder = '';
  const inspection = inspectionOf();
  const change = (fields: Change['fields']): Change => ({
    ...{ entity: 'inspection', id: inspection.id, kind: 'put', fields },
  });
  const title = async (): Promise<unknown> => (await a.pull()).rows[0]?.fields['title'];

  beforeEach(async () => {
    const [database, folders] = [await SqliteDatabase.open(':memory:'), await testFolders()];
    ({ uploadFolder } = folders);
    a = await new TestServer({ database, ...folders, now: () => NOW }).enrol('a');
    await a.push(a.make(putOf('inspection', inspection)));
    return async () => {
      await database.close();
      await folders.remove();
    };
  });

  it('a number of 1e400 is no number', async () => {
    const operation = a.make(change({ updatedAt: 5 }));
    const body = JSON.stringify({ protocol: 1, operations: [operation] }).replace(
      '"updatedAt":5',
      '"updatedAt":1e400',
    );
    const response = await a.request('/v1/push', { method: 'POST', body });
    expect(await response.json()).toMatchObject({ results: [{ result: 'rejected' }] });
  });

  it('a million findings do not come at once: 413', async () => {
    const finding = JSON.stringify({ opId: crypto.randomUUID(), fields: {} });
    const body = `{"protocol":1,"operations":[${Array<string>(1_000_000).fill(finding).join(',')}]}`;
    expect((await a.request('/v1/push', { method: 'POST', body })).status).toBe(413);
  });

  it('a note of 1 MB is rejected', async () => {
    expect(await a.push(a.make(change({ weather: 'x'.repeat(900_000) })))).toEqual(['rejected']);
    expect((await a.pushRaw([a.make(change({ weather: 'x'.repeat(3_000_000) }))])).status).toBe(413);
  });

  it.each([
    ['<img onerror>', '<img src=x onerror=alert(1)>'],
    ['bidi', 'blade \u202egpj.exe'],
    ['zero width', 'T\u200b7\ufeff'],
    ['SQL', "'; DROP TABLE records; --"],
    ['a formula', '=HYPERLINK("http://x")'],
  ])('a label with %s is text, kept as it was and handed out as JSON that nobody sniffs', async (_, text) => {
    expect(await a.push(a.make(change({ title: text })))).toEqual(['applied']);
    expect(await title()).toBe(text);
    const { headers } = await a.request('/v1/changes');
    expect(headers.get('content-type')).toContain('application/json');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('a foreign photo in an own finding is rejected', async () => {
    const other = inspectionOf();
    const capture = crypto.randomUUID();
    await a.push(
      a.make(putOf('inspection', other)),
      a.make({
        ...{ entity: 'capture', id: capture, kind: 'put', blobDeps: [someSha] },
        fields: {
          ...{
            inspectionId: other.id,
            sha256: someSha,
            bytes: 5,
            mediaType: 'image/jpeg',
            fileName: 'a.jpg',
          },
          ...{ source: 'file', place: {}, createdAt: 1, size: { width: 100, height: 80 } },
        },
      }),
    );
    const finding = findingOf(analysisOf(inspection.id, capture as never));
    expect(await a.push(a.make(putOf('finding', finding)))).toEqual(['rejected']);
  });

  const upload = (metadata: string, more: Record<string, string> = {}): Promise<Response> =>
    a.request('/v1/uploads', {
      method: 'POST',
      headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': '10', 'Upload-Metadata': metadata, ...more },
    });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it.each([
    ['CRLF in the hash', `sha256 ${base64(`${'ab'.repeat(31)}\r\nX-A: b`)}`],
    ['CRLF in a name', `sha256 ${base64('x')},filename ${base64('a.jpg\r\nSet-Cookie: a=b')}`],
    ['a hash twice', `sha256 ${base64('ab'.repeat(32))},sha256 ${base64('cd'.repeat(32))}`],
    ['no base64', 'sha256 ***'],
    ['upper case', `sha256 ${base64('AB'.repeat(32))}`],
  ])('an upload with %s is refused', async (_, metadata) => {
    expect((await upload(metadata)).status).toBe(400);
    expect(await readdir(uploadFolder)).toEqual([]);
  });

  it('a name that a client gives decides nothing: the file lies under an id of ours', async () => {
    const begun = await upload(`sha256 ${base64(someSha)},filename ${base64('../../../etc/passwd')}`);
    expect(begun.status).toBe(201);
    expect(begun.headers.get('location')).toMatch(/^\/v1\/uploads\/[\w-]+$/);
    expect((await readdir(uploadFolder)).join()).not.toContain('passwd');
  });

  it('a gzip bomb is not unpacked: 415', async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(50_000_000)));
    const headers = { 'Content-Encoding': 'gzip' };
    expect((await a.request('/v1/push', { method: 'POST', body: bomb, headers })).status).toBe(415);
    expect((await upload(`sha256 ${base64(someSha)}`, headers)).status).toBe(415);
  });

  it('an upload that is shorter than it was announced gives no receipt', async () => {
    const begun = await upload(`sha256 ${base64(someSha)}`);
    const sent = await a.request(begun.headers.get('location') ?? '', {
      method: 'PATCH',
      headers: {
        ...{ 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0' },
        'Content-Type': 'application/offset+octet-stream',
      },
      body: new Uint8Array(4),
    });
    expect(sent.headers.get('upload-offset')).toBe('4');
    const answer = await a.request('/v1/receipts', {
      method: 'POST',
      body: JSON.stringify({ hashes: [someSha] }),
    });
    expect(await answer.json()).toMatchObject({ receipts: [] });
  });

  it.each(['-1', 'x', '1e9', '99999999999999999999', ''])('a length of %j is refused', async (length) => {
    const response = await upload(`sha256 ${base64(someSha)}`, { 'Upload-Length': length });
    expect([400, 413]).toContain(response.status);
  });
});
