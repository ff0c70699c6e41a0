import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isDeleted, shown, type MergedRecord } from '../../../core/sync-rules/merge.ts';
import { recordOf } from '../../../server/repositories/records.ts';
import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { makeEnrolmentCode, onlyTenant } from '../../../server/services/enrol-device.ts';
import { pullChanges } from '../../../server/services/pull-changes.ts';
import { KeptInspectionStore } from '../../../src/storage/kept-inspection-store.ts';
import { memoryParts } from '../../../src/storage/memory-store.ts';
import { SyncStore } from '../../../src/storage/sync-store.ts';
import { Syncer } from '../../../src/sync/syncer.ts';
import {
  analysisOf,
  draftOf,
  findingOf,
  inspectionOf,
  photoOf,
  reviewOf,
} from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { TestServer, testFolders } from './test-server.ts';

let server: TestServer;
let end: () => Promise<void>;

beforeEach(async () => {
  const folders = await testFolders();
  const database = await SqliteDatabase.open(':memory:');
  server = new TestServer({ ...folders, database, now: Date.now });
  end = async () => {
    await database.close();
    await folders.remove();
  };
});
afterEach(() => end());

const URL_ = 'http://localhost/';

class Tablet {
  readonly parts = memoryParts();
  readonly kept = new KeptInspectionStore(this.parts);
  readonly store = new SyncStore(this.parts);
  /** Rewrites what is sent, as a person's mistake or a newer app would. */
  answer: ((path: string, init: RequestInit) => Response | undefined) | undefined;
  readonly syncer = new Syncer({
    store: this.store,
    now: Date.now,
    chance: () => 0,
    hash: async (photo) =>
      createHash('sha256')
        .update(new Uint8Array(await photo.arrayBuffer()))
        .digest('hex'),
    fetch: async (input, { signal: _signal, ...init }) => {
      const path = new URL(input).pathname + new URL(input).search;
      return this.answer?.(path, init) ?? server.app.request(path, init);
    },
  });

  async enrol(tenant?: string): Promise<Awaited<ReturnType<Syncer['enrol']>>> {
    const { database } = server.parts;
    const of = tenant ?? (await onlyTenant(database, Date.now()));
    return this.syncer.enrol(URL_, await makeEnrolmentCode(database, of, Date.now()), 'tablet');
  }

  /** Records only: photos need a socket. */
  async sync(): Promise<void> {
    await this.store.hurry();
    await this.syncer.sync();
  }
}

async function two(): Promise<readonly [Tablet, Tablet]> {
  const tablets = [new Tablet(), new Tablet()] as const;
  for (const tablet of tablets) expect((await tablet.enrol()).ok).toBe(true);
  return tablets;
}

async function onServer(entity: MergedRecord['entity'], id: string): Promise<MergedRecord | undefined> {
  const tenant = await onlyTenant(server.parts.database, Date.now());
  return server.parts.database.read((sql) => recordOf(sql, tenant, entity, id));
}

/** A finding that both tablets know. */
async function sharedFinding(a: Tablet, b: Tablet) {
  const inspection = inspectionOf();
  await a.kept.saveInspection(inspection);
  const capture = unwrap(await a.kept.savePhoto(draftOf(inspection.id), photoOf(1)));
  const analysis = analysisOf(inspection.id, capture.id);
  const finding = findingOf(analysis);
  unwrap(await a.kept.saveAnalysis(analysis, [finding]));
  await a.sync();
  await b.sync();
  return { inspection, capture, finding };
}

it('two judgements stand on both tablets until a person chooses, and then none disagrees', async () => {
  const [a, b] = await two();
  const { finding } = await sharedFinding(a, b);
  unwrap(await a.kept.saveReview(reviewOf(finding, 'accepted')));
  unwrap(await b.kept.saveReview(reviewOf(finding, 'rejected')));
  await a.sync();
  await b.sync();
  await a.sync();
  for (const tablet of [a, b]) {
    const [conflict] = await tablet.store.conflicts();
    expect(conflict?.conflict?.kind).toBe('disputed');
    expect(conflict?.conflict?.fields['state']?.map(({ value }) => value).sort()).toEqual([
      'accepted',
      'rejected',
    ]);
    expect(await tablet.kept.reviews(finding.id)).toHaveLength(2);
  }
  const [state] = await b.store.conflicts();
  if (!state) throw new Error('no conflict');
  const before = await b.store.record('finding', finding.id);
  const review = reviewOf(before ?? finding, 'accepted');
  await b.store.settleConflict(state, {
    kind: 'choose',
    fields: { state: 'accepted', updatedAt: 9 },
    review,
  });
  expect(await b.store.conflicts()).toEqual([]);
  await b.sync();
  await a.sync();
  for (const tablet of [a, b]) {
    expect(await tablet.store.conflicts()).toEqual([]);
    expect((await tablet.store.record('finding', finding.id))?.state).toBe('accepted');
    expect(await tablet.kept.reviews(finding.id)).toHaveLength(3);
  }
});

it('a choice that waits is not asked for again', async () => {
  const [a, b] = await two();
  const { finding } = await sharedFinding(a, b);
  unwrap(await a.kept.saveReview(reviewOf(finding, 'accepted')));
  unwrap(await b.kept.saveReview(reviewOf(finding, 'rejected')));
  await a.sync();
  await b.sync();
  const [state] = await b.store.conflicts();
  if (!state) throw new Error('no conflict');
  await b.store.settleConflict(state, { kind: 'choose', fields: { state: 'rejected', updatedAt: 9 } });
  // The row comes once more before the choice has gone.
  const { database } = server.parts;
  const page = unwrap(await pullChanges(database, await onlyTenant(database, Date.now()), undefined));
  expect(page.rows.some(({ conflict }) => conflict?.kind === 'disputed')).toBe(true);
  await b.store.takePage(page.rows, page.cursor);
  expect(await b.store.conflicts()).toEqual([]);
  expect((await b.store.record('finding', finding.id))?.state).toBe('rejected');
});

it.each(['delete', 'bring-back'] as const)(
  'deleted on one tablet and edited on another: %s ends it for both',
  async (kind) => {
    const [a, b] = await two();
    const inspection = inspectionOf();
    await a.kept.saveInspection(inspection);
    await a.sync();
    await b.sync();
    unwrap(await a.kept.deleteInspection(inspection.id));
    unwrap(await b.kept.saveInspection({ ...inspection, title: 'Blade B', updatedAt: 5 }));
    await a.sync();
    await b.sync();
    await a.sync();
    const [state] = await b.store.conflicts();
    expect(state?.conflict?.kind).toBe('edited-after-delete');
    if (!state) throw new Error('no conflict');
    await b.store.settleConflict(state, { kind });
    await b.sync();
    await a.sync();
    const record = await onServer('inspection', inspection.id);
    expect(record && isDeleted(record)).toBe(kind === 'delete');
    for (const tablet of [a, b]) {
      expect(await tablet.store.conflicts()).toEqual([]);
      expect((await tablet.kept.inspection(inspection.id))?.title).toBe(
        kind === 'delete' ? undefined : 'Blade B',
      );
    }
  },
);

it('a refused change is sent again as its record is now, and sets nothing back', async () => {
  const [a] = await two();
  const inspection = inspectionOf({ title: 'wrong' });
  await a.kept.saveInspection(inspection);
  const refusal = { type: 'about:blank', status: 422, title: 'No', detail: 'a text holds NUL' };
  a.answer = (path) =>
    path === '/v1/push' ? new Response(JSON.stringify(refusal), { status: 422 }) : undefined;
  await a.sync();
  const [refused] = await a.store.operations();
  expect(refused).toMatchObject({ state: 'rejected', err: 'a text holds NUL' });
  a.answer = undefined;
  unwrap(await a.kept.saveInspection({ ...inspection, title: 'mended', updatedAt: 7 }));
  if (!refused) throw new Error('nothing was refused');
  await a.store.resend(refused.opId);
  for (let round = 0; round < 4; round++) {
    await a.sync();
    // What came before the mended record was refused for want of it.
    for (const { opId, state } of await a.store.operations())
      if (state === 'rejected') await a.store.resend(opId);
  }
  expect(await a.store.operations()).toEqual([]);
  const record = await onServer('inspection', inspection.id);
  expect(record && shown(record, 'title')).toBe('mended');
});

it('a photo of another tablet is neither missing here, nor counted, nor waited for', async () => {
  const [a, b] = await two();
  const { inspection, capture } = await sharedFinding(a, b);
  expect(await b.kept.elsewhere(inspection.id)).toEqual(new Set([capture.id]));
  expect(await a.kept.elsewhere(inspection.id)).toEqual(new Set());
  expect((await b.store.facts()).photos).toMatchObject([{ isElsewhere: true, isConfirmed: false }]);
  expect((await b.store.waitingPhotos()).map(({ isElsewhere }) => isElsewhere)).toEqual([true]);
  const { recoverPhotos } = await import('../../../src/storage/recover-photos.ts');
  expect((await recoverPhotos(b.parts, undefined)).missing).toEqual([]);
});

it('the code of another company is not taken while its inspections are not', async () => {
  const [a] = await two();
  await a.kept.saveInspection(inspectionOf());
  await a.store.keepAccount(undefined);
  const other = await a.enrol(await server.addTenant());
  expect(other).toMatchObject({ ok: false, kind: 'other-company' });
  expect(await a.store.account()).toBeUndefined();
  expect(await a.kept.waiting()).toBe(1);
});
