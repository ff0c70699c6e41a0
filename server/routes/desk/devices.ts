import { Hono } from 'hono';
import * as v from 'valibot';
import {
  CodeAnswer,
  CodeRequest,
  DevicesAnswer,
  DoneAnswer,
  type DeskDevice,
} from '../../../core/contract/desk.ts';
import { PROTOCOL } from '../../../core/contract/sync.ts';
import { problem } from '../../problem.ts';
import type { Database } from '../../repositories/database.ts';
import { listDevices, type ListedDevice } from '../../repositories/devices.ts';
import { CODE_LIFE_MS, makeEnrolmentCode } from '../../services/enrol-device.ts';
import { revoke } from '../../services/revoke-device.ts';
import { readJson, type ApiEnv } from '../api-env.ts';
import { describe } from '../describe.ts';
import { requireRole } from '../who.ts';

const NO_STORE = { 'Cache-Control': 'no-store' } as const;
const Packs = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

/** Devices of the tenant, and codes that enrol more. */
export function devices(database: Database, now: () => number): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get(
    '/v1/desk/devices',
    describe({
      summary: 'Every device, newest first, revoked ones too',
      answer: DevicesAnswer,
      failures: { 403: 'Not of the office' },
    }),
    requireRole('reviewer', 'admin', 'publisher'),
    async (c) => {
      const all = await database.read((sql) => listDevices(sql, c.var.who.tenant));
      return c.json({ protocol: PROTOCOL, devices: all.map(asTold) }, 200, NO_STORE);
    },
  );
  app.post(
    '/v1/desk/codes',
    describe({
      summary: 'Makes a one-time code that enrols one device with these roles, good for a day',
      body: CodeRequest,
      answer: CodeAnswer,
      failures: { 400: 'Not understood', 403: 'Not an admin' },
    }),
    requireRole('admin'),
    async (c) => {
      const request = await readJson(c, CodeRequest);
      if (!request.ok) return request.answer;
      const { who } = c.var;
      const at = now();
      const code = await makeEnrolmentCode(database, who.tenant, at, { ...request.value, madeBy: who });
      return c.json({ protocol: PROTOCOL, code, expiresAt: at + CODE_LIFE_MS }, 200, NO_STORE);
    },
  );
  app.post(
    '/v1/desk/devices/:id/revoke',
    describe({
      summary: 'Shuts a device out for good; what it kept stays on it',
      answer: DoneAnswer,
      failures: {
        403: 'Not an admin',
        404: 'No such device, or revoked already',
        409: 'The device that asks',
      },
    }),
    requireRole('admin'),
    async (c) => {
      const id = c.req.param('id');
      if (id === c.var.who.device) {
        return problem(c, 409, 'This device', 'An admin is revoked by another one, so that one is left.');
      }
      const isDone = await revoke(database, c.var.who, id, now());
      if (!isDone) return problem(c, 404, 'Not here', 'There is no such device that is not revoked yet.');
      return c.json({ protocol: PROTOCOL }, 200, NO_STORE);
    },
  );
  return app;
}

function asTold({ tenant: _tenant, packs, ...device }: ListedDevice): DeskDevice {
  return { ...device, packs: packs === null ? {} : v.parse(Packs, packs) };
}
