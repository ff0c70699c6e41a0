// One long list on purpose: each database runs these very cases, in this order, and none may be left out of one.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../../core/contract/operation.ts';
import type { Change } from '../../../core/domain/operation.ts';
import type { Database } from '../../../server/repositories/database.ts';
import { purgeTombstones } from '../../../server/repositories/records.ts';
import { raiseHorizon, renewLineage } from '../../../server/repositories/tenants.ts';
import { putOf, removalOf } from '../../../src/storage/outbox.ts';
import {
  analysisOf,
  findingOf,
  inspectionOf,
  reviewOf,
  someSha,
} from '../../unit/storage/records-for-tests.ts';
import { NOW, testFolders, TestServer, type TestDevice } from './test-server.ts';

const DAY_MS = 86_400_000;

/** One file, so that a new adapter has one suite to pass. What holds for the API whatever keeps its data. `open` gives an empty database. */
export function apiSuite(name: string, open: () => Promise<Database>): void {
  describe(`the API over ${name}`, () => {
    let server: TestServer;
    let a: TestDevice;
    let b: TestDevice;
    let database: Database;
    let now = NOW;

    beforeEach(async () => {
      now = NOW;
      database = await open();
      const folders = await testFolders();
      server = new TestServer({ database, ...folders, now: () => now });
      [a, b] = [await server.enrol('a'), await server.enrol('b')];
      return async () => {
        await database.close();
        await folders.remove();
      };
    });

    const inspection = inspectionOf();
    const put = putOf('inspection', inspection);
    const title = (text: string, base: Operation['base'] = {}): Change => ({
      ...{ entity: 'inspection', id: inspection.id, kind: 'put', fields: { title: text } },
      base,
    });
    const row = async (device: TestDevice) =>
      (await device.pull()).rows.find(({ id }) => id === inspection.id);

    describe('push', () => {
      it('takes operations in their order and gives them to another device', async () => {
        expect(await a.push(a.make(put), a.make(title('second')))).toEqual(['applied', 'applied']);
        const { rows, more } = await b.pull();
        expect(more).toBe(false);
        expect(rows).toMatchObject([{ entity: 'inspection', fields: { title: 'second', site: 'Ridge' } }]);
      });

      it('takes an operation once, however often it comes', async () => {
        const operation = a.make(put);
        const answers = await Promise.all([a.push(operation), a.push(operation), a.push(operation)]);
        expect(answers.flat().sort()).toEqual(['applied', 'duplicate', 'duplicate']);
        expect((await a.pull()).rows).toHaveLength(1);
      });

      it('takes the number of a duplicate, so that what follows is no gap', async () => {
        const first = a.make(put);
        await a.push(first);
        const again = { ...first, epoch: 'other', seq: 1 };
        const next = { ...a.make(title('x')), epoch: 'other', seq: 2 };
        expect(await a.push(again)).toEqual(['duplicate']);
        expect(await a.push(next)).toEqual(['applied']);
      });

      it('refuses a gap with 409, having taken what is before it', async () => {
        const [one, , three] = [a.make(put), a.make(title('lost')), a.make(title('three'))];
        expect(await a.pushInVain(one, three)).toMatchObject({
          status: 409,
          trouble: 'gap',
          opId: three.opId,
          results: [{ opId: one.opId, result: 'applied' }],
        });
        expect((await row(b))?.fields['title']).toBe(inspection.title);
      });

      it('tells a copy of a device by a number that is taken', async () => {
        await a.push(a.make(put), a.make(title('mine')));
        const copied = { ...a.make(title('the copy')), seq: 2 };
        expect(await a.pushInVain(copied)).toMatchObject({ status: 409, trouble: 'fork', results: [] });
        expect(await a.push({ ...copied, epoch: 'minted', seq: 1 })).toEqual(['applied']);
      });

      it('refuses the same id with another body, 422', async () => {
        const operation = a.make(put);
        await a.push(operation);
        const forged = { ...a.make(title('forged')), opId: operation.opId };
        expect(await a.pushInVain(forged)).toMatchObject({ status: 422, trouble: 'forged' });
        expect((await row(b))?.fields['title']).toBe(inspection.title);
      });

      it('numbers are of one device: another may use the same', async () => {
        await a.push({ ...a.make(put), epoch: 'e', seq: 1 });
        expect(await b.push({ ...b.make(title('b')), epoch: 'e', seq: 1 })).toEqual(['conflict']);
      });

      it('moves on behind a rejected operation, and takes it once its cause is mended', async () => {
        const orphan = findingOf(analysisOf(inspection.id, inspection.id as never));
        const early = a.make(putOf('finding', orphan));
        expect(await a.push(early, a.make(put))).toEqual(['rejected', 'applied']);
        const analysis = analysisOf(inspection.id, orphan.captureId);
        await a.push(a.make(captureOf(orphan.captureId)), a.make(putOf('analysis', analysis)));
        expect(await a.push(early)).toEqual(['applied']);
        expect(await a.push(early)).toEqual(['duplicate']);
      });

      const captureOf = (id: string): Change => ({
        entity: 'capture',
        id,
        kind: 'put',
        fields: {
          ...{ inspectionId: inspection.id, sha256: someSha, bytes: 5, mediaType: 'image/jpeg' },
          ...{ fileName: 'a.jpg', source: 'file', place: {}, createdAt: 1, size: { width: 100, height: 80 } },
        },
        blobDeps: [someSha],
      });

      describe('bad payloads', () => {
        const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
        it.each<[string, Change['fields'], string]>([
          ['an unknown field', { admin: true }, 'no field admin'],
          ['__proto__', JSON.parse('{"__proto__":{"title":"x"}}') as Change['fields'], 'when it was made'],
          ['a field of another type', { title: 7 }, 'title'],
          ['a note of a megabyte', { weather: 'x'.repeat(5000) }, 'weather'],
          ['a required field removed', { title: null }, 'title'],
          ['NUL', { title: 'a\0b' }, 'NUL'],
          ['half a character', { title: 'a\ud800' }, 'half a character'],
          ['a self-set approval', { status: 'approved' }, 'may not set'],
          ['a demo', { demo: true }, 'demo'],
          ['another id', { id: 'x' }, 'no field id'],
          ['a value 60 deep', { asset: nested(60) }, 'asset'],
        ])('rejects %s, and says why', async (_, fields, why) => {
          await a.push(a.make(put));
          const change: Change = { entity: 'inspection', id: inspection.id, kind: 'put', fields };
          const response = await a.pushRaw([a.make(change), a.make(title('after'))]);
          const { results } = (await response.json()) as { results: { result: string; detail?: string }[] };
          expect(results.map(({ result }) => result)).toEqual(['rejected', 'applied']);
          expect(results[0]?.detail).toContain(why);
          expect((await row(b))?.fields).toMatchObject({ title: 'after', status: 'draft' });
        });

        it.each<[string, string, string]>([
          ['SQL in an id', 'id', "'; DROP TABLE records; --"],
          ['a future schema', 'schemaV', '2'],
          ['a clock that is none', 'hlc', 'yesterday'],
          ['a kind that is none', 'kind', 'truncate'],
        ])('rejects %s', async (_, key, value) => {
          const operation = { ...a.make(put), [key]: value };
          const { results } = (await (await a.pushRaw([operation])).json()) as { results: unknown[] };
          expect(results).toMatchObject([{ result: 'rejected' }]);
          expect((await a.pull()).rows).toEqual([]);
        });

        it.each([1e300, -1e300, 0.5])('takes the clock reading %s, which decides nothing', async (wall) => {
          expect(await a.push({ ...a.make(put), wall })).toEqual(['applied']);
        });

        it('rejects what does not say what it said when it was made', async () => {
          const operation = a.make(put);
          const altered = { ...operation, fields: { ...operation.fields, title: 'altered' } };
          expect(await a.push(altered)).toEqual(['rejected']);
        });

        it('rejects a part of a record that is not here', async () => {
          expect(await a.push(a.make(title('of nothing')))).toEqual(['rejected']);
          expect((await a.pull()).rows).toEqual([]);
        });

        it('rejects a value 10,000 deep', async () => {
          const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
          const text = JSON.stringify({ protocol: 1, operations: [a.make(put)] });
          const body = text.replace('"fields":{', `"fields":{"notes":${deep},`);
          const response = await a.request('/v1/push', { method: 'POST', body });
          expect(response.status).toBe(200);
          expect(await response.json()).toMatchObject({ results: [{ result: 'rejected' }] });
        });

        it('keeps a twice named key from meaning two things', async () => {
          const text = JSON.stringify({ protocol: 1, operations: [a.make(put)] });
          const body = text.replace('"title":', '"title":"other","title":');
          const response = await a.request('/v1/push', { method: 'POST', body });
          expect(await response.json()).toMatchObject({ results: [{ result: 'applied' }] });
          expect((await row(b))?.fields['title']).toBe(inspection.title);
        });

        it.each<[string, string, number]>([
          ['no JSON', '{', 400],
          ['HTML', '<html>', 400],
          ['another protocol', '{"protocol":9,"operations":[{}]}', 400],
          ['an operation without id', '{"protocol":1,"operations":[{}]}', 400],
          ['NaN', '{"protocol":1,"operations":[NaN]}', 400],
          ['3 MB', `{"protocol":1,"operations":["${'x'.repeat(3_000_000)}"]}`, 413],
        ])('answers %s with a problem', async (_, body, status) => {
          const response = await a.request('/v1/push', { method: 'POST', body });
          expect(response.status).toBe(status);
          expect(response.headers.get('content-type')).toBe('application/problem+json');
        });

        it.each([-1, 0, 1.5, 2 ** 53])('answers the sequence %s with 400', async (seq) => {
          expect((await a.pushRaw([{ ...a.make(put), seq }])).status).toBe(400);
        });

        it('answers a skipped sequence with a gap', async () => {
          expect(await a.pushInVain({ ...a.make(put), seq: 7 })).toMatchObject({ trouble: 'gap' });
        });

        it('answers a packed body with 415 and more than 100 operations with 413', async () => {
          const headers = { 'Content-Encoding': 'gzip' };
          const packed = await a.request('/v1/push', { method: 'POST', body: 'x', headers });
          expect(packed.status).toBe(415);
          const many = Array.from({ length: 101 }, () => a.make(title('x')));
          expect((await a.pushRaw(many)).status).toBe(413);
        });

        it.each<[string, object, string]>([
          ['a negative box', { kind: 'box', box: { x: 0, y: 0, width: -1, height: 1 } }, 'geometry'],
          ['a box outside the photo', { kind: 'box', box: { x: 90, y: 0, width: 20, height: 5 } }, 'outside'],
          ['a polygon outside the photo', { kind: 'polygon', points: [[0, 0], [5, 5], [0, 99]] }, 'outside'], // prettier-ignore
        ])('rejects %s', async (_, geometry, why) => {
          const analysis = analysisOf(inspection.id, crypto.randomUUID() as never);
          await a.push(
            a.make(put),
            a.make(captureOf(analysis.captureId)),
            a.make(putOf('analysis', analysis)),
          );
          const finding = findingOf(analysis, { geometry: geometry as never });
          const response = await a.pushRaw([a.make(putOf('finding', finding))]);
          const { results } = (await response.json()) as { results: { result: string; detail?: string }[] };
          expect(results).toMatchObject([{ result: 'rejected' }]);
          expect(results[0]?.detail).toContain(why);
        });
      });

      describe('what is another device’s or tenant’s', () => {
        it('a device cannot write in another’s name', async () => {
          await a.push(a.make(put));
          const { hlc } = a.make(title('x'));
          expect(await b.push({ ...b.make(title('as a')), hlc })).toEqual(['conflict']);
        });

        it('another tenant sees nothing, and can attach nothing', async () => {
          const analysis = analysisOf(inspection.id, crypto.randomUUID() as never);
          await a.push(a.make(put), a.make(captureOf(analysis.captureId)));
          const stranger = await server.enrol('stranger', await server.addTenant());
          expect((await stranger.pull()).rows).toEqual([]);
          expect(await stranger.push(stranger.make(putOf('analysis', analysis)))).toEqual(['rejected']);
          const { cursor } = await a.pull();
          expect((await stranger.request(`/v1/changes?cursor=${cursor}`)).status).toBe(410);
        });

        it('a record stays in its inspection', async () => {
          const other = inspectionOf();
          const id = crypto.randomUUID();
          await a.push(a.make(put), a.make(putOf('inspection', other)), a.make(captureOf(id)));
          const moved: Change = { ...captureOf(id), fields: { inspectionId: other.id } };
          expect(await a.push(a.make(moved))).toEqual(['rejected']);
        });
      });
    });

    describe('conflicts', () => {
      it('keeps both values of a field that two devices wrote unseen, the later one showing', async () => {
        await a.push(a.make(put));
        const [base] = (await b.pull()).rows.map(({ versions }) => versions);
        await a.push(a.make(title('by a', base)));
        expect(await b.push(b.make(title('by b', base)))).toEqual(['conflict']);
        const found = await row(a);
        const values = found?.conflict?.fields['title']?.map(({ value }) => value);
        expect(values?.sort()).toEqual(['by a', 'by b']);
        expect(await row(b)).toEqual(found);
      });

      it('goes on being one until somebody who saw both has written', async () => {
        await a.push(a.make(put));
        const base = (await row(b))?.versions;
        await a.push(a.make(title('by a', base)));
        await b.push(b.make(title('by b', base)));
        const shown = await row(a);
        await a.push(a.make(title('went on', shown?.versions)));
        const values = (await row(a))?.conflict?.fields['title']?.map(({ value }) => value);
        expect(values).toContain('by b');
        await a.push(a.make(title('settled', (await row(a))?.conflict?.seen)));
        expect(await row(b)).toMatchObject({ fields: { title: 'settled' } });
        expect((await row(b))?.conflict).toBeUndefined();
      });

      it('two people who judge differently dispute; a model never overrules', async () => {
        const analysis = analysisOf(inspection.id, crypto.randomUUID() as never);
        const finding = findingOf(analysis);
        const capture: Change = putOf('capture', {
          ...{ id: analysis.captureId, inspectionId: inspection.id, sha256: someSha, bytes: 5, place: {} },
          ...{ mediaType: 'image/jpeg', fileName: 'a.jpg', source: 'file', createdAt: 1 },
        });
        await a.push(a.make(put), a.make(capture), a.make(putOf('analysis', analysis)));
        await a.push(a.make(putOf('finding', finding)));
        const judge = (state: 'accepted' | 'rejected') =>
          putOf('finding', reviewOf(finding, state).after, finding);
        await a.push(a.make(judge('accepted')));
        expect(await b.push(b.make(judge('rejected')))).toEqual(['conflict']);
        const { rows } = (await (await b.request('/v1/conflicts')).json()) as { rows: unknown[] };
        expect(rows).toMatchObject([{ id: finding.id, conflict: { kind: 'disputed' } }]);
      });

      it('an edit that did not know of a deletion is kept for review', async () => {
        await a.push(a.make(put));
        const base = (await row(b))?.versions ?? {};
        await a.push(a.make({ ...removalOf('inspection', inspection.id), base }));
        expect((await row(b))?.isDeleted).toBe(true);
        expect(await b.push(b.make(title('still at it', base)))).toEqual(['conflict']);
        expect(await row(a)).toMatchObject({
          isDeleted: true,
          fields: { title: 'still at it' },
          conflict: { kind: 'edited-after-delete' },
        });
      });

      it('when a record was changed is no conflict: the latest stands', async () => {
        await a.push(a.make(put));
        const at = (updatedAt: number): Change => ({ ...title(''), fields: { updatedAt } });
        await a.push(a.make(at(5)));
        expect(await b.push(b.make(at(6)))).toEqual(['merged']);
      });

      it('equal values of two devices are no conflict', async () => {
        await a.push(a.make(put));
        await a.push(a.make(title('same')));
        expect(await b.push(b.make(title('same', { title: 1 })))).toEqual(['merged']);
      });
    });

    describe('clocks', () => {
      it('a clock of the year 9999 is neither refused nor does it win for ever', async () => {
        await a.push(a.make(put));
        const ahead = { hlc: `253402300799999-0000-x`, wall: 253402300799999 };
        expect(await b.push(b.make(title('from 9999', { title: 1 }), ahead))).toEqual(['applied']);
        now += DAY_MS;
        const base = { title: 1 };
        const later = { hlc: `${String(now).padStart(15, '0')}-0000-x` };
        await a.push(a.make(title('a day later', base), later));
        expect((await row(a))?.fields['title']).toBe('a day later');
      });
    });

    describe('pull', () => {
      it('goes on where it was, and tells of each record once', async () => {
        await a.push(a.make(put));
        const first = await b.pull();
        const other = inspectionOf();
        await a.push(a.make(putOf('inspection', other)));
        const second = await b.pull(first.cursor);
        expect(second.rows.map(({ id }) => id)).toEqual([other.id]);
        expect((await b.pull(second.cursor)).rows).toEqual([]);
      });

      it('comes in pages that leave nothing out', async () => {
        const all = Array.from({ length: 620 }, () => inspectionOf());
        for (let at = 0; at < all.length; at += 100) {
          await a.push(...all.slice(at, at + 100).map((one) => a.make(putOf('inspection', one))));
        }
        const first = await b.pull();
        expect([first.rows.length, first.more]).toEqual([500, true]);
        await a.push(a.make({ ...putOf('inspection', inspectionOf()), id: all[0]?.id ?? '' }));
        const second = await b.pull(first.cursor);
        expect(second.more).toBe(false);
        const ids = [...first.rows, ...second.rows].map(({ id }) => id);
        expect(new Set(ids)).toEqual(new Set(all.map(({ id }) => id)));
        expect(second.rows.at(-1)?.id).toBe(all[0]?.id);
      });

      it.each(['x', 'x.1.0', '..', '-1', '%F0%9F', '9'.repeat(90)])(
        'a forged cursor %s is 410',
        async (forged) => {
          expect((await a.request(`/v1/changes?cursor=${forged}`)).status).toBe(410);
        },
      );

      it('a cursor beyond the last change is 410, as of a server that was restored', async () => {
        await a.push(a.make(put));
        const { cursor } = await a.pull();
        const [lineage = ''] = cursor.split('.');
        expect((await a.request(`/v1/changes?cursor=${lineage}.999.0`)).status).toBe(410);
        await database.write((sql) => renewLineage(sql, a.tenant, 'restored', NOW));
        expect((await a.request(`/v1/changes?cursor=${cursor}`)).status).toBe(410);
        expect((await a.pull()).rows).toHaveLength(1);
      });

      it('forgets tombstones after their time; who has not seen them begins anew', async () => {
        await a.push(a.make(put));
        const before = await b.pull();
        await a.push(
          a.make(removalOf('inspection', inspection.id)),
          a.make(putOf('inspection', inspectionOf())),
        );
        await database.write(async (sql) => {
          const highest = await purgeTombstones(sql, a.tenant, NOW + 1);
          await raiseHorizon(sql, a.tenant, highest);
        });
        expect((await b.request(`/v1/changes?cursor=${before.cursor}`)).status).toBe(410);
        const anew = await b.pull();
        expect(anew.rows).toHaveLength(1);
        expect((await b.pull(anew.cursor)).rows).toEqual([]);
      });
    });
  });
}
