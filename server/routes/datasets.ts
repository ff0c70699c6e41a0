import { Hono, type HonoRequest, type MiddlewareHandler } from 'hono';
import * as v from 'valibot';
import { CocoLabels } from '../../core/contract/coco-labels.ts';
import { DatasetAnswer, DatasetKeyAnswer, DatasetsAnswer } from '../../core/contract/desk.ts';
import { Sha256 } from '../../core/contract/ids.ts';
import { PROTOCOL } from '../../core/contract/sync.ts';
import { problem } from '../problem.ts';
import {
  datasetsOf,
  freezeDataset,
  holdsPhoto,
  makeDatasetKey,
  readDataset,
  tenantByDatasetKey,
} from '../services/datasets.ts';
import type { ApiParts } from './api.ts';
import type { ApiEnv } from './api-env.ts';
import { describe } from './describe.ts';
import { photoAnswer } from './photo-answer.ts';
import { requireRole } from './who.ts';

const NO_STORE = { 'Cache-Control': 'no-store' } as const;
const FROZEN = { 'Cache-Control': 'private, max-age=31536000, immutable' } as const;
const failures = { 403: 'Not a reviewer, admin or publisher', 404: 'No such dataset' };

const READ = /^\/v1\/datasets\/[0-9a-f]{64}(\/photos\/[0-9a-f]{64})?$/;

/** The key that a request to read a dataset comes with: training runs on machines that are no devices. */
export function datasetKey(request: HonoRequest): string | undefined {
  if (request.method !== 'GET' || !READ.test(request.path)) return undefined;
  return /^Bearer dataset:([\w-]{1,100})$/.exec(request.header('Authorization') ?? '')?.[1];
}

/** What people judged, frozen for training. A reader is a device with a role, or whoever holds the dataset's key. */
export function datasets(parts: ApiParts): Hono<ApiEnv> {
  const { database, now } = parts;
  const app = new Hono<ApiEnv>();
  const office = requireRole('reviewer', 'admin', 'publisher');
  const reader: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const key = datasetKey(c.req);
    if (key === undefined) return office(c, next);
    const id = v.safeParse(Sha256, c.req.param('id'));
    const tenant = id.success ? await tenantByDatasetKey(database, key, id.output, now()) : undefined;
    if (tenant === undefined) return problem(c, 404, 'Not here', 'There is no such dataset.');
    c.set('who', { tenant, device: 'dataset-key', person: null, roles: [] });
    return next();
  };
  app.get(
    '/v1/datasets',
    describe({ summary: 'Every frozen dataset, newest first', answer: DatasetsAnswer, failures }),
    office,
    async (c) =>
      c.json({ protocol: PROTOCOL, datasets: await datasetsOf(database, c.var.who.tenant) }, 200, NO_STORE),
  );
  app.post(
    '/v1/datasets',
    describe({
      summary: 'Freezes everything judged so far; the same judgements give the same dataset',
      answer: DatasetAnswer,
      failures,
    }),
    requireRole('reviewer', 'admin'),
    async (c) =>
      c.json({ protocol: PROTOCOL, dataset: await freezeDataset(database, c.var.who, now()) }, 200, NO_STORE),
  );
  app.get(
    '/v1/datasets/:id',
    describe({ summary: 'COCO with content hashes; its SHA-256 is its id', answer: CocoLabels, failures }),
    reader,
    async (c) => {
      const id = v.safeParse(Sha256, c.req.param('id'));
      const text = id.success ? await readDataset(database, c.var.who.tenant, id.output) : undefined;
      if (text === undefined) return problem(c, 404, 'Not here', 'There is no such dataset.');
      return c.body(text, 200, { ...FROZEN, 'Content-Type': 'application/json' });
    },
  );
  app.post(
    '/v1/datasets/:id/keys',
    describe({
      summary: 'A key that reads this dataset and its photos for 30 days',
      answer: DatasetKeyAnswer,
      failures,
    }),
    requireRole('reviewer', 'admin', 'publisher'),
    async (c) => {
      const id = v.safeParse(Sha256, c.req.param('id'));
      const made = id.success ? await makeDatasetKey(database, c.var.who, id.output, now()) : undefined;
      if (!made) return problem(c, 404, 'Not here', 'There is no such dataset.');
      return c.json({ protocol: PROTOCOL, ...made }, 200, NO_STORE);
    },
  );
  app.get(
    '/v1/datasets/:id/photos/:sha256',
    describe({ summary: 'The original bytes of a photo of the dataset', failures }),
    reader,
    async (c) => {
      const [id, photo] = [c.req.param('id'), c.req.param('sha256')].map((one) => v.safeParse(Sha256, one));
      const isPart =
        id?.success &&
        photo?.success &&
        (await holdsPhoto(database, c.var.who.tenant, id.output, photo.output));
      if (!isPart) return problem(c, 404, 'Not here', 'There is no such photo in this dataset.');
      return photoAnswer(c, parts, c.var.who.tenant, photo.output);
    },
  );
  return app;
}
