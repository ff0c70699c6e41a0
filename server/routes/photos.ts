import { Hono } from 'hono';
import * as v from 'valibot';
import { Sha256 } from '../../core/contract/ids.ts';
import { PROTOCOL, ReceiptsAnswer, ReceiptsRequest } from '../../core/contract/sync.ts';
import { problem } from '../problem.ts';
import { Previews } from '../images/make-preview.ts';
import { photosHere } from '../services/receive-photo.ts';
import { TusUploads, UPLOADS_PATH, type UploadParts } from '../services/tus-uploads.ts';
import { readJson, type ApiEnv } from './api-env.ts';
import { describe } from './describe.ts';
import { FOREIGN_BYTES, openPhoto, photoAnswer } from './photo-answer.ts';

export function photos(parts: UploadParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const uploads = new TusUploads(parts);
  app.post(
    '/v1/receipts',
    describe({
      summary: 'Which photos are here, hashed again and on the disk',
      body: ReceiptsRequest,
      answer: ReceiptsAnswer,
      failures: { 400: 'Not understood' },
    }),
    async (c) => {
      const request = await readJson(c, ReceiptsRequest);
      if (!request.ok) return request.answer;
      const here = await photosHere(parts, c.var.who.tenant, request.value.hashes);
      const receipts = here.map(({ sha256, bytes, receivedAt }) => ({ sha256, bytes, receivedAt }));
      return c.json({ protocol: PROTOCOL, receipts } satisfies ReceiptsAnswer);
    },
  );
  const tus = describe({
    summary: 'Resumable upload of a photo by tus 1.0; its metadata announces `sha256`',
    failures: {
      404: 'Not an upload of this device',
      409: 'Not where the upload goes on: ask by HEAD',
      413: 'Too large',
      415: 'No photo',
      460: 'The bytes do not have the announced hash',
    },
  });
  for (const path of [UPLOADS_PATH, `${UPLOADS_PATH}/:id`]) {
    // Hono looks a HEAD up as a GET.
    app.on(['POST', 'GET', 'PATCH', 'DELETE'], path, tus, (c) => uploads.handle(c.req.raw, c.var.who));
  }
  app.get(
    '/v1/photos/:sha256',
    describe({ summary: 'The original bytes of a photo', failures: { 404: 'Not here' } }),
    async (c) => {
      const sha256 = v.safeParse(Sha256, c.req.param('sha256'));
      return photoAnswer(c, parts, c.var.who.tenant, sha256.success ? sha256.output : undefined);
    },
  );
  const previews = new Previews();
  app.get(
    '/v1/photos/:sha256/preview',
    describe({
      summary: 'A small JPEG of a photo, decoded here and free of what else was in its file',
      failures: { 404: 'Not here', 415: 'It cannot be decoded', 503: 'Too many are being made' },
    }),
    async (c) => {
      const sha256 = v.safeParse(Sha256, c.req.param('sha256'));
      const found = sha256.success && (await openPhoto(parts, c.var.who.tenant, sha256.output));
      if (!found) return problem(c, 404, 'Not here', 'There is no such photo.');
      const preview = await previews.make(found.bytes);
      if (preview.ok) return c.body(preview.value, 200, { ...FOREIGN_BYTES, 'Content-Type': 'image/jpeg' });
      if (preview.kind === 'busy') {
        c.header('Retry-After', '5');
        return problem(c, 503, 'Not now', 'Too many previews are being made. Try again.');
      }
      return problem(c, 415, 'No preview', 'The photo cannot be decoded here. Its original is whole.');
    },
  );
  return app;
}
