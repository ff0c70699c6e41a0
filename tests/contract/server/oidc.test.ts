import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type RunningServer } from '../../../server/listen.ts';
import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { oidcSettings, parseRoleMap } from '../../../server/services/oidc.ts';
import { memoryParts } from '../../../src/storage/memory-store.ts';
import { SyncStore } from '../../../src/storage/sync-store.ts';
import { newDeviceKey, thumbprint } from '../../../src/sync/dpop-proof.ts';
import { Syncer } from '../../../src/sync/syncer.ts';
import { testFolders, TestServer } from './test-server.ts';

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  ada: ['leads', 'everybody'],
  eve: ['everybody'],
};

/** A browser as far as sign-in needs one: follows redirects, keeps the provider's cookies, fills its form. */
class Browser {
  readonly #cookies = new Map<string, string>();
  readonly #who: string;

  constructor(who: string) {
    this.#who = who;
  }

  /** Resolves with the answer at which no redirect follows, or with the first address that `stop` knows. */
  async go(url: string, stop: (url: string) => boolean): Promise<{ url: string; status: number }> {
    let body: URLSearchParams | undefined;
    let at = url;
    for (let n = 0; n < 20; n++) {
      if (stop(at)) return { url: at, status: 302 };
      const response = await fetch(at, {
        ...(body && { method: 'POST', body }),
        redirect: 'manual',
        headers: { Cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        this.#cookies.set(name, value);
      }
      const location = response.headers.get('location');
      const page = await response.text();
      if (location !== null) {
        [at, body] = [new URL(location, at).href, undefined];
        continue;
      }
      const [, action] = /<form[^>]*action="([^"]+)"/.exec(page) ?? [];
      const [, prompt] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
      if (action === undefined || prompt === undefined) return { url: at, status: response.status };
      [at, body] = [
        new URL(action, at).href,
        new URLSearchParams({ prompt, login: this.#who, password: 'x' }),
      ];
    }
    throw new Error(`goes round in circles at ${at}`);
  }
}

describe('OIDC for the desk, with a real provider', () => {
  let idp: Server;
  let issuer = '';
  let database: SqliteDatabase;
  let server: TestServer;
  let running: RunningServer;
  let now = Date.now();

  beforeAll(async () => {
    idp = createServer();
    await new Promise<void>((resolve) => idp.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(idp.address() as AddressInfo).port}`;
    database = await SqliteDatabase.open(':memory:');
    const folders = await testFolders();
    // Its address is known only once it listens.
    const parts = { database, ...folders, now: () => now };
    const first = await listen(new TestServer(parts).app, 0);
    const { url } = first;
    await first.stop(0);
    const settings = oidcSettings({
      ...{ LOUPE_OIDC_ISSUER: issuer, LOUPE_OIDC_CLIENT_ID: 'loupe', LOUPE_ORIGIN: url },
      LOUPE_OIDC_ROLES: 'leads=reviewer+admin,inspectors=technician',
    });
    server = new TestServer({ ...parts, origin: url, oidc: settings && { ...settings, isInsecure: true } });
    running = await listen(server.app, Number(new URL(url).port));
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'loupe',
          redirect_uris: [`${url}/v1/oidc/callback`],
          token_endpoint_auth_method: 'none',
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email'] },
      conformIdTokenClaims: false,
      findAccount: (_context, sub) => ({
        accountId: sub,
        claims: () => ({ sub, name: `${sub} of the office`, groups: [...(GROUPS[sub] ?? [])] }),
      }),
    });
    const handle = provider.callback();
    idp.on('request', (request, response) => void handle(request, response));
    return async () => {
      await running.stop(0);
      await database.close();
      await folders.remove();
    };
  });
  afterAll(() => {
    idp.closeAllConnections();
    idp.close();
  });

  const desk = (): Syncer =>
    new Syncer({
      store: new SyncStore(memoryParts()),
      ...{ now: () => now, chance: () => 0, hash: () => Promise.resolve('') },
    });
  const isDesk = (url: string): boolean => new URL(url).pathname === '/desk';
  const codeOf = (url: string): string => new URL(url).hash.replace('#code=', '');

  it('signs a person in, with the roles of her groups, in the browser that began', async () => {
    const syncer = desk();
    const start = await syncer.signInUrl(`${running.url}/`);
    const { url } = await new Browser('ada').go(start, isDesk);
    const enrolled = await syncer.enrol(`${running.url}/`, codeOf(url), 'desk');
    expect(enrolled).toMatchObject({
      ok: true,
      value: { roles: ['reviewer', 'admin'], person: 'ada of the office' },
    });
  });

  it('a code that was made for one browser is worth nothing in another', async () => {
    const start = await desk().signInUrl(`${running.url}/`);
    const { url } = await new Browser('ada').go(start, isDesk);
    const other = await desk().enrol(`${running.url}/`, codeOf(url), 'desk');
    expect(other).toMatchObject({ ok: false, kind: 'refused' });
  });

  it('who has no group that is known is not let in', async () => {
    const start = await desk().signInUrl(`${running.url}/`);
    const { url, status } = await new Browser('eve').go(start, isDesk);
    expect([new URL(url).pathname, status]).toEqual(['/v1/oidc/callback', 403]);
  });

  it('an answer of the provider is good once, in its time, and for the login that began', async () => {
    const isCallback = (url: string): boolean => new URL(url).pathname === '/v1/oidc/callback';
    const start = async () => `${running.url}/v1/oidc/start?jkt=${await thumbprint(await newDeviceKey())}`;
    const back = (await new Browser('ada').go(await start(), isCallback)).url;
    const forged = new URL(back);
    forged.searchParams.set('state', `${forged.searchParams.get('state') ?? ''}x`);
    const other = new URL((await new Browser('ada').go(await start(), isCallback)).url);
    const swapped = new URL(back);
    swapped.searchParams.set('state', other.searchParams.get('state') ?? '');
    const status = async (url: string | URL) => (await fetch(url, { redirect: 'manual' })).status;
    expect(await status(forged)).toBe(403);
    expect(await status(swapped)).toBe(403);
    now += 11 * 60_000;
    expect(await status(other)).toBe(403);
    now -= 11 * 60_000;
    const fresh = (await new Browser('ada').go(await start(), isCallback)).url;
    expect([await status(fresh), await status(fresh)]).toEqual([302, 403]);
  });

  it.each(['', '?jkt=', '?jkt=x', `?jkt=${'x'.repeat(44)}`, '?jkt=../../x'])(
    'start%s is refused',
    async (query) => {
      expect((await fetch(`${running.url}/v1/oidc/start${query}`, { redirect: 'manual' })).status).toBe(400);
    },
  );

  it('a provider that does not answer is said to be away, and asked again', async () => {
    const settings = {
      issuer: 'http://127.0.0.1:9',
      clientId: 'x',
      claim: 'groups',
      roles: new Map(),
      isInsecure: true,
    };
    const away = new TestServer({ ...server.parts, oidc: settings });
    const jkt = await thumbprint(await newDeviceKey());
    expect((await away.app.request(`/v1/oidc/start?jkt=${jkt}`)).status).toBe(502);
  });

  it('without a provider there is no such sign-in', async () => {
    const { oidc: _oidc, ...parts } = server.parts;
    const none = new TestServer(parts);
    expect((await none.app.request('/v1/oidc/start?jkt=x')).status).toBe(404);
    expect((await none.app.request('/v1/oidc/callback')).status).toBe(404);
  });

  it.each(['x', 'x=', 'x=owner', '=admin', 'x=admin,y'])('a map of roles like %j is refused', (text) => {
    expect(() => parseRoleMap(text)).toThrow('LOUPE_OIDC_ROLES');
  });
});
