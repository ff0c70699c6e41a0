// One long list on purpose: each database runs these very cases.
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthError } from '../../../core/contract/sync.ts';
import { auditEntries } from '../../../server/repositories/audit.ts';
import type { Database } from '../../../server/repositories/database.ts';
import { listDevices } from '../../../server/repositories/devices.ts';
import { makeEnrolmentCode } from '../../../server/services/enrol-device.ts';
import { revoke } from '../../../server/services/revoke-device.ts';
import { TokenKeys } from '../../../server/services/token-keys.ts';
import { authError } from '../../../src/sync/auth-error.ts';
import { makeProof, newDeviceKey } from '../../../src/sync/dpop-proof.ts';
import { putOf } from '../../../src/storage/outbox.ts';
import { inspectionOf } from '../../unit/storage/records-for-tests.ts';
import { NOW, testFolders, TestServer, type TestDevice } from './test-server.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PATH = '/v1/changes';
const URL_OF_PATH = `http://localhost${PATH}`;
const SECRET = 'A'.repeat(43);

/** Enrolment, tokens and proofs, whatever keeps them. */
export function signInSuite(name: string, open: () => Promise<Database>): void {
  describe(`signing in over ${name}`, () => {
    let server: TestServer;
    let database: Database;
    let a: TestDevice;
    let now = NOW;

    beforeEach(async () => {
      now = NOW;
      database = await open();
      const folders = await testFolders();
      const keys = TokenKeys.parse(`now:${SECRET},before:${'B'.repeat(43)}`);
      server = new TestServer({ database, ...folders, now: () => now, keys });
      a = await server.enrol('a');
      return async () => {
        await database.close();
        await folders.remove();
      };
    });

    const get = async (headers: Record<string, string>): Promise<AuthError | number> => {
      const response = await server.app.request(PATH, { headers });
      if (response.status !== 401) return response.status;
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      return authError(response.headers.get('www-authenticate')) ?? 401;
    };

    describe('access tokens', () => {
      const claims = async (): Promise<JWTPayload> => {
        const [, body = ''] = a.access.split('.');
        return JSON.parse(Buffer.from(body, 'base64url').toString()) as JWTPayload;
      };
      const forged = async (
        change: JWTPayload,
        { kid = 'now', typ = 'at+jwt', secret = SECRET, alg = 'HS256' } = {},
      ): Promise<string> =>
        new SignJWT({ ...(await claims()), ...change })
          .setProtectedHeader({ alg, typ, kid })
          .sign(Buffer.from(secret, 'base64url'));
      const tried = async (token: string) => get(await a.signed('GET', PATH, token));
      const NOW_S = NOW / 1000;

      it('lets its device in', async () => {
        expect(await tried(a.access)).toBe(200);
        expect(await tried(await forged({}))).toBe(200);
      });

      it('signed by the key before the newest is believed', async () => {
        expect(await tried(await forged({}, { kid: 'before', secret: 'B'.repeat(43) }))).toBe(200);
      });

      it.each<[string, () => Promise<string> | string]>([
        ['none at all', () => ''],
        ['alg:none', async () => new UnsecuredJWT(await claims()).encode()],
        ['a wrong audience', () => forged({ aud: 'another' })],
        ['a wrong issuer', () => forged({ iss: 'another' })],
        ['a future nbf', () => forged({ nbf: NOW_S + 100 })],
        ['an end that is past', () => forged({ exp: NOW_S - 1 })],
        ['no end', () => forged({ exp: undefined as never })],
        ['no key that it is bound to', () => forged({ cnf: undefined })],
        ['another secret', () => forged({}, { secret: 'C'.repeat(43) })],
        ['a kid that is not ours', () => forged({}, { kid: 'x' })],
        ['a kid that is a path', () => forged({}, { kid: '../../dev/null' })],
        ['another algorithm', () => forged({}, { alg: 'HS384', secret: SECRET.repeat(2) })],
        ['another type', () => forged({}, { typ: 'JWT' })],
        ['a refresh token', () => a.refresh],
        ['rubbish', () => 'a.b.c'],
      ])('with %s is refused', async (_, make) => {
        expect(await tried(await make())).toBe('invalid_token');
      });

      it('another tenant in it finds no device', async () => {
        expect(await tried(await forged({ tenant: await server.addTenant() }))).toBe('invalid_token');
      });

      it('bound to another key is refused', async () => {
        const b = await server.enrol('b');
        expect(await get(await a.signed('GET', PATH, b.access))).toBe('invalid_dpop_proof');
      });

      it('as a bearer token is refused: it needs its proof', async () => {
        const headers = await a.signed('GET', PATH);
        expect(await get({ ...headers, Authorization: `Bearer ${a.access}` })).toBe('invalid_token');
        expect(await get({ Authorization: `DPoP ${a.access}` })).toBe('invalid_dpop_proof');
      });

      it('ends after ten minutes', async () => {
        now += 10 * MINUTE_MS + 1000;
        expect(await tried(a.access)).toBe('invalid_token');
      });

      it('ends at once when its device is revoked', async () => {
        await revoke(database, { tenant: a.tenant, device: 'desk', person: 'Ada' }, a.id, now);
        expect(await tried(a.access)).toBe('invalid_token');
        expect((await a.renewRaw()).headers.get('www-authenticate')).toContain('invalid_grant');
        const [line] = await database.read((sql) => auditEntries(sql, a.tenant, { limit: 1 }));
        expect(line).toMatchObject({ action: 'device-revoked', subject: a.id, person: 'Ada' });
      });
    });

    describe('proofs', () => {
      const proof = async (change: JWTPayload = {}, header: object = {}, key = a.key): Promise<string> => {
        const hash = await crypto.subtle.digest('SHA-256', Buffer.from(a.access));
        const said = {
          ...{ jti: crypto.randomUUID(), htm: 'GET', htu: URL_OF_PATH, iat: NOW / 1000 },
          ath: Buffer.from(hash).toString('base64url'),
          ...change,
        };
        const { kty, crv, x, y } = await exportJWK(key.publicKey);
        const jwk = { kty, crv, x, y };
        return new SignJWT(said)
          .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header } as never)
          .sign(key.privateKey);
      };
      const tried = (made: string) => get({ Authorization: `DPoP ${a.access}`, DPoP: made });

      it('made by hand is as good as the app’s', async () => {
        expect(await tried(await proof())).toBe(200);
      });

      it('is good once: a replayed proof is refused', async () => {
        const made = await proof();
        expect([await tried(made), await tried(made)]).toEqual([200, 'invalid_dpop_proof']);
      });

      it('sent twice at once is taken once', async () => {
        const made = await proof();
        const answers = await Promise.all(Array.from({ length: 5 }, () => tried(made)));
        expect(answers.filter((answer) => answer === 200)).toHaveLength(1);
      });

      it('is remembered for as long as it could be good', async () => {
        const nonce = await freshNonce();
        const made = await proof({ nonce });
        expect(await tried(made)).toBe(200);
        now += 4 * MINUTE_MS;
        expect(await tried(made)).toBe('invalid_dpop_proof');
      });

      it.each<[string, JWTPayload, object]>([
        ['about another method', { htm: 'POST' }, {}],
        ['about another path', { htu: 'http://localhost/v1/conflicts' }, {}],
        ['for another server', { htu: `http://elsewhere${PATH}` }, {}],
        ['for no address', { htu: 'x' }, {}],
        ['of no token', { ath: undefined }, {}],
        ['of another token', { ath: 'x'.repeat(43) }, {}],
        ['without an id', { jti: undefined as never }, {}],
        ['with an id of nothing', { jti: '' }, {}],
        ['with a megabyte of id', { jti: 'x'.repeat(1_000_000) }, {}],
        ['with a future nbf', { nbf: NOW / 1000 + 60 }, {}],
        ['of another type', {}, { typ: 'JWT' }],
        ['without its key', {}, { jwk: undefined }],
      ])('%s is refused', async (_, change, header) => {
        expect(await tried(await proof(change, header))).toBe('invalid_dpop_proof');
      });

      it('with its private key in it, of another curve or of none is refused', async () => {
        const open = await generateKeyPair('ES256', { extractable: true });
        const other = await generateKeyPair('ES384', { extractable: true });
        const jwk = await exportJWK(open.privateKey);
        expect(await tried(await proof({}, { jwk }, open))).toBe('invalid_dpop_proof');
        const made = proof({}, { alg: 'ES384', jwk: await exportJWK(other.publicKey) }, other);
        expect(await tried(await made)).toBe('invalid_dpop_proof');
        const oct = { kty: 'oct', k: SECRET };
        const symmetric = await new SignJWT({ jti: 'x'.repeat(9), htm: 'GET', htu: URL_OF_PATH })
          .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk: oct })
          .sign(Buffer.from(SECRET, 'base64url'));
        expect(await tried(symmetric)).toBe('invalid_dpop_proof');
        expect(await tried(new UnsecuredJWT({ htm: 'GET', htu: URL_OF_PATH }).encode())).toBe(
          'invalid_dpop_proof',
        );
      });

      it('by somebody else’s key is refused', async () => {
        expect(await tried(await proof({}, {}, await newDeviceKey()))).toBe('invalid_dpop_proof');
      });

      const freshNonce = async (): Promise<string> => {
        const answer = await server.app.request(PATH, {
          headers: { Authorization: `DPoP ${a.access}`, DPoP: await proof({ iat: 0 }) },
        });
        return answer.headers.get('dpop-nonce') ?? '';
      };

      it.each([-10 * 365 * DAY_MS, 10 * 365 * DAY_MS, 90_000, -90_000])(
        'a clock that is off by %d ms is asked for a nonce, and believed with it',
        async (off) => {
          const iat = Math.round((NOW + off) / 1000);
          expect(await tried(await proof({ iat }))).toBe('use_dpop_nonce');
          const nonce = await freshNonce();
          expect(await tried(await proof({ iat, nonce }))).toBe(200);
          now += 6 * MINUTE_MS;
          expect(await tried(await proof({ iat, nonce }))).toBe('use_dpop_nonce');
        },
      );

      it.each(['x', '', 'a.b.c', `${NOW.toString(36)}.now.${'x'.repeat(43)}`, '..'])(
        'a nonce that is not ours is refused: %s',
        async (nonce) => {
          expect(await tried(await proof({ nonce }))).toBe('use_dpop_nonce');
        },
      );
    });

    describe('refresh tokens', () => {
      it('are exchanged once, and told of the app', async () => {
        const { refresh } = a;
        await a.renew();
        expect(a.refresh).not.toBe(refresh);
        expect((await a.request(PATH)).status).toBe(200);
        const app = { version: '1.2.3', packs: { 'blade-damage': '2' } };
        await server.prove(a.key, '/v1/token', { refresh: a.refresh, app });
        const [listed] = await database.read((sql) => listDevices(sql, a.tenant));
        expect(listed).toMatchObject({ appVersion: '1.2.3', packs: '{"blade-damage":"2"}', lastSeen: NOW });
      });

      it('may be shown again for a while: two tabs, or an answer that was lost', async () => {
        const first = a.refresh;
        expect((await a.renewRaw(first)).status).toBe(200);
        expect((await a.renewRaw(first)).status).toBe(200);
      });

      it('whose answer was lost is good days later', async () => {
        const first = a.refresh;
        await a.renewRaw(first);
        now += 30 * DAY_MS;
        await a.renew();
        expect((await a.request(PATH)).status).toBe(200);
      });

      it('shown again after its successor was used shuts the device out, and the log says so', async () => {
        const stolen = a.refresh;
        await a.renew();
        await a.renew();
        now += 2 * MINUTE_MS;
        expect((await a.renewRaw(stolen)).status).toBe(401);
        expect((await a.renewRaw()).status).toBe(401);
        expect((await a.request(PATH)).status).toBe(401);
        const [line] = await database.read((sql) => auditEntries(sql, a.tenant, { limit: 1 }));
        expect(line).toMatchObject({ action: 'refresh-reused', subject: a.id });
      });

      it('of two who took turns is noticed', async () => {
        const copy = a.at(server);
        await copy.renew();
        await a.renew();
        now += 2 * MINUTE_MS;
        expect((await copy.renewRaw()).status).toBe(401);
        expect((await a.renewRaw()).status).toBe(401);
      });

      it('is worth nothing without its key', async () => {
        expect((await a.renewRaw(a.refresh, await newDeviceKey())).status).toBe(401);
        expect((await a.renewRaw()).status).toBe(200);
      });

      it.each(['x', '\0', '../', "' OR 1=1 --"])('that are none are refused: %j', async (refresh) => {
        expect((await a.renewRaw(refresh)).status).toBe(401);
      });

      it('need a proof', async () => {
        const body = JSON.stringify({ refresh: a.refresh });
        expect((await server.app.request('/v1/token', { method: 'POST', body })).status).toBe(401);
      });
    });

    describe('enrolment', () => {
      const enrol = async (code: string, key?: CryptoKeyPair, more: object = {}): Promise<Response> =>
        server.prove(key ?? (await newDeviceKey()), '/v1/devices', { code, name: 'x', ...more });

      it('a code enrols one device, within its day: a reused code is refused', async () => {
        const code = await makeEnrolmentCode(database, a.tenant, now);
        expect([(await enrol(code.toLowerCase())).status, (await enrol(code)).status]).toEqual([200, 403]);
        const late = await makeEnrolmentCode(database, a.tenant, now);
        now += DAY_MS + 1;
        expect((await enrol(late)).status).toBe(403);
        expect((await enrol('AAAA-AAAA-AAAA')).status).toBe(403);
      });

      it('whose answer was lost is repeated by the same key: it is the same device', async () => {
        const code = await makeEnrolmentCode(database, a.tenant, now);
        const key = await newDeviceKey();
        const first = (await (await enrol(code, key)).json()) as { device: string };
        now += MINUTE_MS;
        const second = (await (await enrol(code, key)).json()) as { device: string };
        expect(second.device).toBe(first.device);
        expect(await database.read((sql) => listDevices(sql, a.tenant))).toHaveLength(2);
      });

      it('needs a proof', async () => {
        const body = JSON.stringify({ code: await makeEnrolmentCode(database, a.tenant, now), name: 'x' });
        expect((await server.app.request('/v1/devices', { method: 'POST', body })).status).toBe(401);
      });

      it('a self-set role counts for nothing: it is what the code said', async () => {
        const codeFor = { roles: ['publisher'], person: 'Ada' } as const;
        const code = await makeEnrolmentCode(database, a.tenant, now, codeFor);
        const answer = await enrol(code, undefined, { roles: ['admin'], person: 'Eve', tenant: 'x' });
        expect(await answer.json()).toMatchObject({ roles: ['publisher'], person: 'Ada', tenant: a.tenant });
      });

      it.each(['a\0b', 'a\ud800', 'a\nb', '', 'x'.repeat(5000)])(
        'a device has no name like %j',
        async (name) => {
          const code = await makeEnrolmentCode(database, a.tenant, now);
          expect((await enrol(code, undefined, { name })).status).toBe(400);
        },
      );

      it.each([['publisher'], ['admin']] as const)('a mere %s changes no inspection', async (role) => {
        const device = await server.enrol('desk', undefined, { roles: [role] });
        const response = await device.pushRaw([device.make(putOf('inspection', inspectionOf()))]);
        expect(response.status).toBe(403);
        expect(response.headers.get('content-type')).toBe('application/problem+json');
        expect((await device.request('/v1/uploads', { method: 'POST' })).status).toBe(403);
        expect((await a.pull()).rows).toEqual([]);
      });

      it('the log says who was enrolled with which code', async () => {
        const log = await database.read((sql) => auditEntries(sql, a.tenant, { limit: 10 }));
        expect(log.map(({ action }) => action)).toEqual(['device-enrolled', 'code-made']);
        expect(log[0]).toMatchObject({ device: a.id, detail: { name: 'a', code: log[1]?.subject } });
      });
    });

    it('with an address of its own a server takes proofs for no other', async () => {
      const origin = 'https://loupe.example';
      const fixed = new TestServer({ ...server.parts, origin });
      const asked = async (url: string) => {
        const made = await makeProof(a.key, { method: 'GET', url, accessToken: a.access, now });
        const headers = { Authorization: `DPoP ${a.access}`, DPoP: made };
        return (await fixed.app.request(PATH, { headers })).status;
      };
      expect([await asked(`${origin}${PATH}`), await asked(URL_OF_PATH)]).toEqual([200, 401]);
    });
  });
}
