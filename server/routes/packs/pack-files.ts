import { Hono, type Context } from 'hono';
import * as v from 'valibot';
import { DoneAnswer } from '../../../core/contract/desk.ts';
import { Sha256 } from '../../../core/contract/ids.ts';
import { MOST_PACK_FILE_BYTES } from '../../../core/contract/release.ts';
import { fail } from '../../../core/domain/outcome.ts';
import { PROTOCOL } from '../../../core/contract/sync.ts';
import type { ByteRange } from '../../blobs/blob-store.ts';
import { problem } from '../../problem.ts';
import { packFile, receivePackFile, type PackParts } from '../../services/pack-files.ts';
import type { ApiEnv } from '../api-env.ts';
import { describe } from '../describe.ts';
import { FOREIGN_BYTES } from '../photo-answer.ts';
import { requireRole } from '../who.ts';

export const PACK_FILES_PATH = '/v1/packs/files';

const absent = (c: Context): Response => problem(c, 404, 'Not here', 'There is no such file of a pack.');

/** Files of packs by their hashes: a publisher's role brings them, every device of the tenant may fetch them. */
export function packFileRoutes(parts: PackParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.put(
    `${PACK_FILES_PATH}/:sha256`,
    describe({
      summary: 'Brings a file of a model pack; its body is hashed again',
      answer: DoneAnswer,
      failures: {
        400: 'The body does not have this hash',
        403: 'Not a publisher',
        404: 'Not a hash',
        413: `Longer than ${MOST_PACK_FILE_BYTES} bytes`,
      },
    }),
    requireRole('publisher', 'admin'),
    async (c) => {
      const sha256 = v.safeParse(Sha256, c.req.param('sha256'));
      if (!sha256.success) return absent(c);
      const { body } = c.req.raw;
      const received = body
        ? await receivePackFile(parts, c.var.who.tenant, sha256.output, body)
        : fail({ kind: 'wrong-hash' });
      if (received.ok) return c.json({ protocol: PROTOCOL }, 200, { 'Cache-Control': 'no-store' });
      if (received.kind === 'too-large')
        return problem(c, 413, 'Too large', `A file of a pack has at most ${MOST_PACK_FILE_BYTES} bytes.`);
      return problem(c, 400, 'Another hash', 'The bytes do not have this hash.');
    },
  );
  app.get(
    `${PACK_FILES_PATH}/:sha256`,
    describe({
      summary: 'The bytes of a file of a model pack, or the one range that `Range` names',
      failures: { 404: 'Not here', 416: 'Not a range of it' },
    }),
    async (c) => {
      const sha256 = v.safeParse(Sha256, c.req.param('sha256'));
      const { tenant } = c.var.who;
      const known = sha256.success ? await packFile(parts, tenant, sha256.output) : undefined;
      if (!known) return absent(c);
      const range = rangeOf(c.req.header('Range'), known.bytes);
      if (range === 'unfit') {
        c.header('Content-Range', `bytes */${known.bytes}`);
        return problem(c, 416, 'Not a range', `The file has ${known.bytes} bytes.`);
      }
      const bytes = await parts.blobs.open(tenant, known.sha256, range);
      if (!bytes) return absent(c);
      const length = range ? range.last - range.first + 1 : known.bytes;
      return c.body(bytes, range ? 206 : 200, {
        ...FOREIGN_BYTES,
        'Content-Type': 'application/octet-stream',
        'Content-Length': String(length),
        ...(range && { 'Content-Range': `bytes ${range.first}-${range.last}/${known.bytes}` }),
      });
    },
  );
  return app;
}

/** One range with both ends, which is all that our devices ask for; anything else is not understood as one. */
function rangeOf(header: string | undefined, bytes: number): ByteRange | 'unfit' | undefined {
  const found = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header ?? '');
  if (!found) return undefined;
  const [first, last] = [Number(found[1]), Math.min(Number(found[2]), bytes - 1)];
  return first <= last ? { first, last } : 'unfit';
}
