import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { problem } from '../problem.ts';
import { Oidc, type OidcSettings } from '../services/oidc.ts';
import { Sessions, type SessionDoor } from '../services/sessions.ts';
import { TokenKeys } from '../services/token-keys.ts';
import { UPLOADS_PATH, type UploadParts } from '../services/tus-uploads.ts';
import type { ApiEnv } from './api-env.ts';
import { changes } from './changes.ts';
import { datasetKey, datasets } from './datasets.ts';
import { desk } from './desk/desk.ts';
import { enrol } from './enrol.ts';
import { LIMITS, limitAddress, limitDevice, type Limits } from './limits.ts';
import { oidcRoutes } from './oidc.ts';
import { PACK_FILES_PATH } from './packs/pack-files.ts';
import { packs } from './packs/packs.ts';
import { photos } from './photos.ts';
import { push } from './push.ts';
import { requireDevice, requireRole } from './who.ts';

export interface ApiParts extends UploadParts {
  /** Absent: made anew for this process alone, so that tokens end with it. */
  readonly keys?: TokenKeys;
  /** Where the server is for its users, without a slash at the end; absent: wherever it was asked. */
  readonly origin?: string | undefined;
  /** Absent: nobody signs in with accounts of their own. Wants an origin. */
  readonly oidc?: OidcSettings | undefined;
  /** Absent: real ones. */
  readonly sessions?: SessionDoor;
  /** Absent: LIMITS. */
  readonly limits?: Partial<Limits>;
}

/** A push holds a mebibyte of characters, of which most take one byte. */
const MOST_JSON_BYTES = 2 * 1024 * 1024;

/** Everything below /v1 is for devices, also what is added tomorrow, but for these. */
const OPEN = [
  /^POST \/v1\/(devices|token)$/,
  /^(GET|HEAD) \/v1\/(health|openapi\.json|oidc\/(start|callback)|docs(\/[\w.-]+)?)$/,
] as const;

export const isOpen = (method: string, path: string): boolean =>
  OPEN.some((open) => open.test(`${method} ${path}`));

/** What changes inspections. A device that only publishes packs has no business there. */
const WRITING = ['/v1/push', `${UPLOADS_PATH}/*`] as const;

/** What comes here is no JSON, and is counted where it is taken. */
const BYTES = [UPLOADS_PATH, PACK_FILES_PATH] as const;

/** Every route of the API. */
export function api(parts: ApiParts): Hono<ApiEnv> {
  const { database, now, origin, keys = TokenKeys.random() } = parts;
  const limits = { ...LIMITS, ...parts.limits };
  const sessions = parts.sessions ?? new Sessions({ database, now, keys, origin });
  const app = new Hono<ApiEnv>();
  app.use('/v1/*', async (c: Context, next) => {
    // Unpacking is a way to make a small request large.
    if (c.req.header('Content-Encoding') === undefined) return next();
    return problem(c, 415, 'Packed', 'Send it without Content-Encoding.');
  });
  app.use('/v1/*', async (c: Context, next) => {
    await next();
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
  });
  const json = bodyLimit({
    maxSize: MOST_JSON_BYTES,
    onError: (c: Context) => problem(c, 413, 'Too large', `At most ${MOST_JSON_BYTES} bytes come at once.`),
  });
  app.use('/v1/*', (c: Context<ApiEnv, string>, next) =>
    BYTES.some((path) => c.req.path.startsWith(path)) ? next() : json(c, next),
  );
  const [atDoor, guard, pace] = [
    limitAddress(limits, now),
    requireDevice(sessions, now),
    limitDevice(limits, now),
  ];
  const isForAll = ({ req }: Context<ApiEnv, string>): boolean =>
    isOpen(req.method, req.path) || datasetKey(req) !== undefined;
  app.use('/v1/*', (c: Context<ApiEnv, string>, next) => (isForAll(c) ? atDoor(c, next) : guard(c, next)));
  app.use('/v1/*', (c: Context<ApiEnv, string>, next) => (isForAll(c) ? next() : pace(c, next)));
  for (const path of WRITING) app.use(path, requireRole('technician', 'reviewer'));
  app.route('/', enrol({ database, sessions, now }));
  const provider = parts.oidc && origin !== undefined ? new Oidc(parts.oidc, origin, keys) : undefined;
  app.route('/', oidcRoutes({ database, now, oidc: provider }));
  app.route('/', push(database, now));
  app.route('/', changes(database));
  app.route('/', photos(parts));
  app.route('/', desk(parts));
  app.route('/', datasets(parts));
  app.route('/', packs(parts));
  return app;
}
