import { deleteDB } from 'idb';
import { describe, expect, it } from 'vitest';
import type { Capture, Inspection } from '../../../core/contract/records.ts';
import {
  analysisOf,
  draftOf,
  findingOf,
  inspectionOf,
  photoOf,
  reviewOf,
} from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { behind, freshName, openFor, photoFolder, rowsOf, writeFile, type Opened } from './open-for-tests.ts';

async function withPhoto(opened: Opened, seed = 1): Promise<{ inspection: Inspection; capture: Capture }> {
  const inspection = unwrap(await opened.store.saveInspection(inspectionOf()));
  const capture = unwrap(await opened.store.savePhoto(draftOf(inspection.id), photoOf(seed)));
  return { inspection, capture };
}

describe('start-up scrub', () => {
  it('finds nothing to do in a store that was left in order', async () => {
    const name = freshName();
    const first = await openFor(name);
    await withPhoto(first);
    first.close();
    const { report } = await openFor(name);
    expect(report).toEqual({
      ...{ loss: undefined, replayed: 0, leftovers: 0, quarantined: 0, isSpaceLow: false },
      ...{ recovered: [], missing: [], unplaced: [] },
    });
  });

  it.each(['opfs', 'indexeddb'] as const)(
    'brings a record back from the sidecar of a photo that a kill left without one (%s)',
    async (photoFiles) => {
      const name = freshName();
      const first = await openFor(name, { photoFiles });
      const { inspection, capture } = await withPhoto(first);
      const waiting = await first.store.waiting();
      first.close();
      await behind(name, (database) => database.delete('captures', capture.id));
      const { report, store } = await openFor(name, { photoFiles });
      expect(report.recovered).toEqual([capture.id]);
      expect(await store.captures(inspection.id)).toEqual([capture]);
      expect((await store.photo(capture.id))?.size).toBe(capture.bytes);
      expect(await store.waiting()).toBe(waiting + 1);
    },
  );

  it('brings everything back when the database vanished, and says so once', async () => {
    const name = freshName();
    const first = await openFor(name);
    const { inspection, capture } = await withPhoto(first);
    const analysis = analysisOf(inspection.id, capture.id);
    const finding = findingOf(analysis);
    await first.store.saveAnalysis(analysis, [finding]);
    const review = reviewOf(finding);
    await first.store.saveReview(review);
    unwrap(await first.store.deleteInspection((await withPhoto(first, 2)).inspection.id));
    const operations = await rowsOf(name, 'operations');
    first.close();
    await deleteDB(name);

    const second = await openFor(name);
    expect(second.report).toMatchObject({ loss: 'emptied', replayed: operations.length, missing: [] });
    expect(await second.store.inspections()).toMatchObject([{ inspection, captures: 1, judged: 1 }]);
    expect(await second.store.captures(inspection.id)).toEqual([capture]);
    expect((await second.store.photo(capture.id))?.size).toBe(capture.bytes);
    expect(await second.store.analyses(inspection.id)).toEqual([analysis]);
    expect(await second.store.findings(inspection.id)).toEqual([review.after]);
    expect(await second.store.reviews(finding.id)).toEqual([review]);
    const back = await rowsOf(name, 'operations');
    expect(back.map(({ opId }) => opId)).toEqual(operations.map(({ opId }) => opId));
    second.close();
    expect((await openFor(name)).report).toMatchObject({ loss: undefined, replayed: 0, recovered: [] });
  });

  it('brings photos back from their sidecars when database and journal are gone', async () => {
    const name = freshName();
    const first = await openFor(name);
    const { inspection, capture } = await withPhoto(first);
    first.close();
    await deleteDB(name);
    const folder = await photoFolder(name);
    const journals: string[] = [];
    for await (const file of folder.keys()) if (file.endsWith('.journal')) journals.push(file);
    expect(journals).toHaveLength(1);
    for (const file of journals) await folder.removeEntry(file);
    const { report, store } = await openFor(name);
    expect(report).toMatchObject({ loss: 'emptied', replayed: 0, recovered: [capture.id] });
    expect(await store.inspections()).toMatchObject([{ inspection, captures: 1 }]);
  });

  it('brings the end of a database back that fell back in time, and numbers in a new epoch', async () => {
    const name = freshName();
    const first = await openFor(name);
    const { inspection } = await withPhoto(first);
    const older = await rowsOf(name, 'ledger');
    await first.store.saveInspection({ ...inspection, title: 'Later' });
    const operations = await rowsOf(name, 'operations');
    first.close();
    await behind(name, async (database) => {
      await database.put('inspections', inspection);
      for (const row of older) await database.put('ledger', row);
      const newest = operations.find((operation) => operation.seq === 3);
      await database.delete('operations', newest?.opId ?? '');
    });
    const { report, store } = await openFor(name);
    expect(report).toMatchObject({ loss: 'rolled-back', replayed: 1 });
    expect((await store.inspection(inspection.id))?.title).toBe('Later');
    const after = await rowsOf(name, 'operations');
    expect(after.map(({ opId, seq }) => ({ opId, seq }))).toEqual(
      operations.map(({ opId, seq }) => ({ opId, seq })),
    );
    expect(new Set(after.map(({ epoch }) => epoch)).size).toBe(1);
    expect(after[0]?.epoch).not.toBe(operations[0]?.epoch);
  });

  it('flags a photo that is gone or cut, and never hands a cut one over as the original', async () => {
    const name = freshName();
    const first = await openFor(name);
    const { inspection, capture } = await withPhoto(first, 1);
    const gone = unwrap(await first.store.savePhoto(draftOf(inspection.id), photoOf(2)));
    first.close();
    const folder = await photoFolder(name);
    await writeFile(folder, `${capture.id}.photo`, 'cut');
    await folder.removeEntry(`${gone.id}.photo`);
    const { report, store } = await openFor(name);
    expect(new Set(report.missing)).toEqual(new Set([capture.id, gone.id]));
    expect(await store.photo(capture.id)).toBeUndefined();
    expect(await store.photo(gone.id)).toBeUndefined();
    expect(await store.captures(inspection.id)).toHaveLength(2);
  });

  it('keeps and counts a photo whose sidecar cannot be read', async () => {
    const name = freshName();
    const first = await openFor(name);
    const { capture } = await withPhoto(first);
    first.close();
    await behind(name, (database) => database.delete('captures', capture.id));
    await writeFile(await photoFolder(name), `${capture.id}.json`, '{"schemaV":');
    const { report } = await openFor(name);
    expect(report.unplaced).toEqual([capture.id]);
    expect(await (await photoFolder(name)).getFileHandle(`${capture.id}.photo`)).toBeDefined();
  });

  it('removes what a killed writer left half-written', async () => {
    const name = freshName();
    (await openFor(name)).close();
    const folder = await photoFolder(name);
    await writeFile(folder, `${crypto.randomUUID()}.photo.part`, 'half');
    const { report } = await openFor(name);
    expect(report.leftovers).toBe(1);
    const names: string[] = [];
    for await (const file of folder.keys()) names.push(file);
    expect(names.filter((file) => file.endsWith('.part'))).toEqual([]);
  });

  it('does not double a photo that was saved again after an answer was lost', async () => {
    const name = freshName();
    const first = await openFor(name);
    const { inspection, capture } = await withPhoto(first);
    // As after a first try whose file was kept, but whose transaction was lost without an answer.
    await behind(name, (database) => database.delete('captures', capture.id));
    const again = unwrap(await first.store.savePhoto(draftOf(inspection.id), photoOf(1)));
    first.close();
    const { report, store } = await openFor(name);
    expect(report.recovered).toEqual([]);
    expect(await store.captures(inspection.id)).toEqual([again]);
    expect((await store.photo(again.id))?.size).toBe(again.bytes);
  });
});

describe('broken records', () => {
  it('are set aside, and come back once a schema accepts them', async () => {
    const name = freshName();
    const first = await openFor(name);
    const { inspection, capture } = await withPhoto(first);
    const analysis = analysisOf(inspection.id, capture.id);
    const finding = findingOf(analysis);
    await first.store.saveAnalysis(analysis, [finding, findingOf(analysis)]);
    await behind(name, (database) => database.put('findings', { ...finding, score: 7 }));
    expect(await first.store.findings(inspection.id)).toHaveLength(1);
    await expect.poll(() => behind(name, (database) => database.count('quarantine'))).toBe(1);
    first.close();

    const second = await openFor(name);
    expect(second.report.quarantined).toBe(1);
    second.close();
    const [entry] = await rowsOf(name, 'quarantine');
    await behind(name, (database) => database.put('quarantine', { ...entry, row: finding }));
    const third = await openFor(name);
    expect(third.report.quarantined).toBe(0);
    expect(await third.store.findings(inspection.id)).toHaveLength(2);
  });
});

describe('deleted inspections', () => {
  it('are purged with their photos once undo is over', async () => {
    const name = freshName();
    let now = 5_000_000;
    const first = await openFor(name, { now: () => now });
    const { inspection, capture } = await withPhoto(first);
    const restore = unwrap(await first.store.deleteInspection(inspection.id));
    first.close();
    (await openFor(name, { now: () => now })).close();
    expect(await behind(name, (database) => database.count('captures'))).toBe(1);
    now += 11 * 60 * 1000;
    const later = await openFor(name, { now: () => now });
    expect(await behind(name, (database) => database.count('captures'))).toBe(0);
    const folder = await photoFolder(name);
    await expect(folder.getFileHandle(`${capture.id}.photo`)).rejects.toThrow();
    expect(later.report.recovered).toEqual([]);
    await expect(restore()).rejects.toThrow();
  });
});

describe('an import that was killed before its records', () => {
  it('leaves no half inspection behind', async () => {
    const name = freshName();
    const first = await openFor(name);
    const { inspection, capture } = await withPhoto(first);
    await behind(name, async (database) => {
      await database.delete('captures', capture.id);
      await database.delete('inspections', inspection.id);
    });
    first.close();
    const sidecar = { schemaV: 1, capture, inspection, isImport: true };
    await writeFile(await photoFolder(name), `${capture.id}.json`, JSON.stringify(sidecar));
    const { report, store } = await openFor(name);
    expect(report).toMatchObject({ recovered: [], unplaced: [] });
    expect(await store.inspections()).toEqual([]);
    await expect((await photoFolder(name)).getFileHandle(`${capture.id}.photo`)).rejects.toThrow();
  });
});
