import { expect, it } from 'vitest';
import {
  analysisOf,
  draftOf,
  findingOf,
  inspectionOf,
  photoOf,
} from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { behind, freshName, openFor, photoFolder, rowsOf } from './open-for-tests.ts';

it('tells what each inspection takes, and what of it waits for a server', async () => {
  const name = freshName();
  const opened = await openFor(name);
  const { store } = opened;
  const [mine, demo] = [inspectionOf(), inspectionOf({ demo: true })];
  for (const inspection of [mine, demo]) {
    unwrap(await store.saveInspection(inspection));
    const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1, 3000)));
    const analysis = analysisOf(inspection.id, capture.id);
    unwrap(await store.saveAnalysis(analysis, [findingOf(analysis)]));
  }
  const use = { photos: 1, photoBytes: 3000, elsewhere: 0 };
  const own = { inspectionId: mine.id, isDemo: false, ...use };
  const kept = await opened.keptInspections();
  expect(kept).toHaveLength(2);
  expect(kept).toContainEqual({ ...own, confirmed: 0, waiting: 4 });
  expect(kept).toContainEqual({ inspectionId: demo.id, isDemo: true, ...use, confirmed: 0, waiting: 0 });
  for (const operation of await rowsOf(name, 'operations')) {
    await behind(name, (database) => database.put('operations', { ...operation, state: 'acked' }));
  }
  // What is known of a photo is safe; the photo is only with a receipt for its very bytes.
  const [capture] = await store.captures(mine.id);
  if (!capture) throw new Error('no capture');
  expect(await opened.keptInspections()).toContainEqual({ ...own, confirmed: 0, waiting: 0 });
  expect(await opened.waitingOf(capture.id)).toBe(1);
  await behind(name, (database) => database.put('photoTransfers', { sha256: capture.sha256, receivedAt: 1 }));
  expect(await opened.keptInspections()).toContainEqual({ ...own, confirmed: 1, waiting: 0 });
  expect(await opened.waitingOf(capture.id)).toBe(0);
});

it('finds the one photo of three whose bytes changed without its size', async () => {
  const name = freshName();
  const opened = await openFor(name);
  const { store } = opened;
  const inspection = unwrap(await store.saveInspection(inspectionOf()));
  const captures = [];
  for (const seed of [1, 2, 3]) {
    captures.push(unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(seed))));
  }
  const progress: number[] = [];
  expect(await opened.verifyPhotos((done) => progress.push(done))).toEqual([]);
  expect(progress).toEqual([1, 2, 3]);
  const victim = captures[1]?.id ?? '';
  const handle = await (await photoFolder(name)).getFileHandle(`${victim}.photo`);
  const stream = await handle.createWritable({ keepExistingData: true });
  await stream.write({ type: 'write', position: 100, data: new Uint8Array([1, 2, 3]) });
  await stream.close();
  expect(await opened.verifyPhotos(() => undefined)).toEqual([victim]);
  const stopped = opened.verifyPhotos(() => undefined, AbortSignal.abort());
  await expect(stopped).rejects.toThrow();
});
