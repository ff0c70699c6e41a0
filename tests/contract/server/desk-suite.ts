// One long list on purpose: each database runs these very cases.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Decision, Inspection } from '../../../core/contract/records.ts';
import type { Change } from '../../../core/domain/operation.ts';
import type { Database } from '../../../server/repositories/database.ts';
import { auditEntries } from '../../../server/repositories/audit.ts';
import { putOf } from '../../../src/storage/outbox.ts';
import { inspectionOf } from '../../unit/storage/records-for-tests.ts';
import { NOW, testFolders, TestServer, type TestDevice } from './test-server.ts';

/** What holds for the office's decisions, whatever keeps them. `open` gives an empty database. */
export function deskSuite(name: string, open: () => Promise<Database>): void {
  describe(`sign-offs over ${name}`, () => {
    let server: TestServer;
    let tablet: TestDevice;
    let office: TestDevice;
    let database: Database;
    let inspection: Inspection;

    beforeEach(async () => {
      database = await open();
      const folders = await testFolders();
      server = new TestServer({ database, ...folders, now: () => NOW });
      tablet = await server.enrol('tablet');
      office = await server.enrol('office', undefined, { roles: ['reviewer'], person: 'Grace' });
      inspection = inspectionOf();
      await tablet.push(tablet.make(putOf('inspection', inspection)));
      return async () => {
        await database.close();
        await folders.remove();
      };
    });

    const set = (fields: Change['fields'], base: Change['base'] = {}): Change => ({
      ...{ entity: 'inspection', id: inspection.id, kind: 'put', fields },
      base,
    });
    const handOver = () => tablet.push(tablet.make(set({ status: 'finalised' })));
    const row = async (device: TestDevice = tablet) =>
      (await device.pull()).rows.find(({ id }) => id === inspection.id);
    const decide = async (decision: Decision, note = '', by = office, seen?: string): Promise<Response> =>
      by.request(`/v1/desk/inspections/${inspection.id}/sign-off`, {
        method: 'POST',
        body: JSON.stringify({ decision, note, seen: seen ?? (await by.pull()).cursor }),
      });

    it('what is handed over is received, and every device is told', async () => {
      expect(await handOver()).toEqual(['applied']);
      expect((await row())?.fields['status']).toBe('received');
      expect((await row(office))?.conflict).toBeUndefined();
    });

    it('a decision returns to the tablet with its note, by name, and stands in the log', async () => {
      await handOver();
      const answer = await decide('has-issues', 'Side B is missing.');
      expect(answer.status).toBe(200);
      const said = { status: 'has-issues', note: 'Side B is missing.', by: 'Grace', at: NOW, revision: 1 };
      expect(await answer.json()).toMatchObject({ office: said });
      expect((await row())?.fields).toMatchObject({ status: 'has-issues', office: said });
      const lines = await database.read((sql) =>
        auditEntries(sql, tablet.tenant, { subject: inspection.id, limit: 9 }),
      );
      expect(lines).toMatchObject([{ action: 'inspection-decided', person: 'Grace', detail: said }]);
    });

    it('mended and handed over again, it is the next revision, and is approved', async () => {
      await handOver();
      await decide('has-issues', 'mend');
      await tablet.push(tablet.make(set({ title: 'mended' }, (await row())?.versions ?? {})));
      expect((await row())?.fields).toMatchObject({ status: 'has-issues', revision: 2 });
      await handOver();
      expect((await row())?.fields).toMatchObject({ status: 'received', revision: 2 });
      await decide('approved');
      expect((await row())?.fields).toMatchObject({
        status: 'approved',
        office: { status: 'approved', revision: 2 },
      });
    });

    it('an edit after approval, of whatever belongs to it, waits for the office again', async () => {
      await handOver();
      await decide('approved');
      const capture: Change = {
        ...{ entity: 'capture', id: crypto.randomUUID(), kind: 'put' },
        fields: {
          ...{ inspectionId: inspection.id, sha256: 'ab'.repeat(32), bytes: 5, mediaType: 'image/jpeg' },
          ...{ fileName: 'a.jpg', source: 'file', place: {}, createdAt: 1 },
        },
      };
      expect(await tablet.push(tablet.make(capture))).toEqual(['applied']);
      expect((await row())?.fields).toMatchObject({ status: 'received', revision: 2 });
      expect((await row())?.fields['office']).toMatchObject({ status: 'approved', revision: 1 });
    });

    it('an edit made offline before the approval, and sent after it, does so too', async () => {
      await handOver();
      const early = tablet.make(set({ title: 'before' }, (await row())?.versions ?? {}));
      await decide('approved');
      expect(await tablet.push(early)).toEqual(['applied']);
      expect((await row())?.fields).toMatchObject({ title: 'before', status: 'received', revision: 2 });
    });

    it('a technician who takes it back meets no conflict, whatever was decided meanwhile', async () => {
      await handOver();
      await decide('rejected', 'blurred');
      expect(await tablet.push(tablet.make(set({ status: 'draft' })))).toEqual(['applied']);
      expect(await row()).toMatchObject({ fields: { status: 'draft', revision: 2 } });
      expect((await row())?.conflict).toBeUndefined();
      expect((await decide('approved')).status).toBe(409);
    });

    it('nobody decides on what they have not seen', async () => {
      await handOver();
      const seen = (await office.pull()).cursor;
      await tablet.push(tablet.make(set({ title: 'later' }, (await row())?.versions ?? {})));
      expect((await decide('approved', '', office, seen)).status).toBe(412);
      expect((await decide('approved', '', office, 'of.another.server')).status).toBe(412);
      expect((await row())?.fields['status']).toBe('received');
    });

    it('a change of another inspection is no reason to look again', async () => {
      await handOver();
      const seen = (await office.pull()).cursor;
      await tablet.push(tablet.make(putOf('inspection', inspectionOf())));
      expect((await decide('approved', '', office, seen)).status).toBe(200);
    });

    it('takes no decision on a draft', async () => {
      expect((await decide('approved')).status).toBe(409);
    });

    it('a technician may not decide, nor write the decision by a push', async () => {
      await handOver();
      expect((await decide('approved', '', tablet)).status).toBe(403);
      const forged = { status: 'approved', note: '', by: 'Grace', at: NOW };
      const pushed = await tablet.push(
        tablet.make(set({ office: forged })),
        tablet.make(set({ revision: 7 })),
        tablet.make(set({ status: 'approved' })),
      );
      expect(pushed).toEqual(['rejected', 'rejected', 'rejected']);
      expect((await row())?.fields).toMatchObject({ status: 'received' });
    });

    it('undo of a deletion sends the decision again, unchanged, and is taken', async () => {
      await handOver();
      await decide('has-issues', 'mend');
      const { fields = {}, versions = {} } = (await row()) ?? {};
      const gone: Change = { ...set({}), kind: 'delete', base: versions };
      expect(await tablet.push(tablet.make(gone))).toEqual(['applied']);
      expect(await tablet.push(tablet.make(set(fields, (await row())?.versions)))).toEqual(['applied']);
      expect(await row()).toMatchObject({ isDeleted: false, fields: { status: 'has-issues' } });
    });

    it.each([
      ['a decision of another kind', { decision: 'received', note: '', seen: 'a.1.0' }],
      ['no note', { decision: 'approved', seen: 'a.1.0' }],
      ['a note of a megabyte', { decision: 'approved', note: 'x'.repeat(1_000_000), seen: 'a.1.0' }],
    ])('refuses %s', async (_, body) => {
      const path = `/v1/desk/inspections/${inspection.id}/sign-off`;
      expect((await office.request(path, { method: 'POST', body: JSON.stringify(body) })).status).toBe(400);
    });

    it('an inspection of another tenant does not exist', async () => {
      await handOver();
      const stranger = await server.enrol('spy', await server.addTenant(), { roles: ['reviewer', 'admin'] });
      expect((await decide('rejected', 'x', stranger)).status).toBe(404);
      const nowhere = `/v1/desk/inspections/${crypto.randomUUID()}/sign-off`;
      const body = JSON.stringify({ decision: 'approved', note: '', seen: 'a.1.0' });
      expect((await office.request(nowhere, { method: 'POST', body })).status).toBe(404);
      expect((await office.request('/v1/desk/inspections/x/sign-off', { method: 'POST', body })).status).toBe(
        404,
      );
    });
  });
}
