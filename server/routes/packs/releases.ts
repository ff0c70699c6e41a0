import { Hono, type Context } from 'hono';
import * as v from 'valibot';
import {
  PacksAnswer,
  PublishRequest,
  ReleaseAnswer,
  ReleasesAnswer,
  StageRequest,
} from '../../../core/contract/publishing.ts';
import { PROTOCOL } from '../../../core/contract/sync.ts';
import { problem } from '../../problem.ts';
import { packReleases } from '../../repositories/pack-releases.ts';
import { publisherKeys } from '../../repositories/publisher-keys.ts';
import type { PackParts } from '../../services/pack-files.ts';
import { releasesFor, rollBack, stageRelease, type ReleaseFailure } from '../../services/pack-releases.ts';
import { publishPack, type PublishFailure } from '../../services/publish-pack.ts';
import { readJson, type ApiEnv } from '../api-env.ts';
import { describe } from '../describe.ts';
import { requireRole } from '../who.ts';

const NO_STORE = { 'Cache-Control': 'no-store' } as const;

const REFUSALS = {
  conflict: [409, 'Not beside what is there'],
  unsigned: [422, 'Not signed'],
  unfit: [422, 'Not a release'],
} as const satisfies Record<PublishFailure['kind'], readonly [number, string]>;

const FAILURES = {
  unknown: [404, 'Not here', 'There is no such release.'],
  'share-shrinks': [409, 'A share only grows', 'Roll the release back instead.'],
  'way-back': [409, 'A way back', 'It is put in force by rolling back the release before it.'],
  'nothing-to-take-back': [409, 'Nothing to roll back', 'It is not the release that devices are at.'],
} as const satisfies Record<ReleaseFailure['kind'], readonly [number, string, string]>;

const Place = v.object({
  id: v.string(),
  release: v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)),
});

/** Releases: published for no device, given to a growing share of them, rolled back by what was signed with them. */
export function releaseRoutes(parts: PackParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  tell(app, parts);
  take(app, parts);
  change(app, parts);
  return app;
}

/** What a device is to run, and all that the office has. */
function tell(app: Hono<ApiEnv>, { database }: PackParts): void {
  app.get(
    '/v1/releases',
    describe({ summary: 'The signed release of each model pack for this device', answer: ReleasesAnswer }),
    async (c) => c.json({ protocol: PROTOCOL, ...(await releasesFor(database, c.var.who)) }, 200, NO_STORE),
  );
  app.get(
    '/v1/packs',
    describe({
      summary: "Every release of every model pack, and the publishers' keys",
      answer: PacksAnswer,
      failures: { 403: 'Not of the office' },
    }),
    requireRole('reviewer', 'admin', 'publisher'),
    async (c) => {
      const { tenant } = c.var.who;
      const [releases, keys] = await database.read(async (sql) => [
        await packReleases(sql, tenant),
        await publisherKeys(sql, tenant),
      ]);
      return c.json({ protocol: PROTOCOL, releases, keys }, 200, NO_STORE);
    },
  );
}

function take(app: Hono<ApiEnv>, parts: PackParts): void {
  app.post(
    '/v1/packs/releases',
    describe({
      summary:
        'Publishes a signed release whose files are here, with the signed way back; no device gets it yet',
      body: PublishRequest,
      answer: ReleaseAnswer,
      failures: {
        400: 'Not understood',
        403: 'Not a publisher',
        409: 'Its number, or its version with other files, is there already',
        422: 'Not signed by a registered key, or not what its files are',
      },
    }),
    requireRole('publisher', 'admin'),
    async (c) => {
      const request = await readJson(c, PublishRequest);
      if (!request.ok) return request.answer;
      const published = await publishPack(parts, c.var.who, request.value);
      if (published.ok) return c.json({ protocol: PROTOCOL, release: published.value }, 200, NO_STORE);
      const [status, title] = REFUSALS[published.kind];
      return problem(c, status, title, published.detail);
    },
  );
}

function change(app: Hono<ApiEnv>, { database, now }: PackParts): void {
  const failures = { 400: 'Not understood', 403: 'Not a publisher', 404: 'No such release', 409: 'Not now' };
  const placeOf = (c: Context) => {
    const place = v.safeParse(Place, c.req.param());
    return place.success ? place.output : undefined;
  };
  const refused = (c: Context, kind: ReleaseFailure['kind']): Response => {
    const [status, title, detail] = FAILURES[kind];
    return problem(c, status, title, detail);
  };
  app.post(
    '/v1/packs/:id/releases/:release/stage',
    describe({
      summary: 'Gives a release to a share of the devices, never to fewer than before',
      body: StageRequest,
      answer: ReleaseAnswer,
      failures,
    }),
    requireRole('publisher', 'admin'),
    async (c) => {
      const place = placeOf(c);
      if (!place) return refused(c, 'unknown');
      const request = await readJson(c, StageRequest);
      if (!request.ok) return request.answer;
      const staged = await stageRelease(database, c.var.who, place, request.value.share, now());
      if (!staged.ok) return refused(c, staged.kind);
      return c.json({ protocol: PROTOCOL, release: staged.value }, 200, NO_STORE);
    },
  );
  app.post(
    '/v1/packs/:id/releases/:release/roll-back',
    describe({
      summary: 'Leads every device back to what was before a release',
      answer: ReleaseAnswer,
      failures,
    }),
    requireRole('publisher', 'admin'),
    async (c) => {
      const place = placeOf(c);
      if (!place) return refused(c, 'unknown');
      const back = await rollBack(database, c.var.who, place, now());
      if (!back.ok) return refused(c, back.kind);
      return c.json({ protocol: PROTOCOL, release: back.value }, 200, NO_STORE);
    },
  );
}
