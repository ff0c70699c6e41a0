import { deleteDB } from 'idb';
import { expect, it, vi } from 'vitest';
import { draftOf, inspectionOf, photoOf } from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { freshName, openFor, photoFolder, writeFile } from './open-for-tests.ts';

async function journalsOf(name: string): Promise<string[]> {
  const names: string[] = [];
  for await (const file of (await photoFolder(name)).keys()) if (file.endsWith('.journal')) names.push(file);
  return names;
}

it('the journals of many runs become one, and still bring everything back', async () => {
  const name = freshName();
  const titles = Array.from({ length: 15 }, (_, run) => `run ${run}`);
  for (const title of titles) {
    const opened = await openFor(name);
    unwrap(await opened.store.saveInspection(inspectionOf({ title })));
    opened.close();
  }
  await vi.waitFor(async () => {
    (await openFor(name)).close();
    expect((await journalsOf(name)).length).toBeLessThan(12);
  });
  await deleteDB(name);
  const { report, store } = await openFor(name);
  expect(report).toMatchObject({ loss: 'emptied', replayed: 15 });
  const kept = (await store.inspections()).map(({ inspection }) => inspection.title);
  expect(kept.sort()).toEqual([...titles].sort());
});

it('a line of the journal that was torn or spoiled costs no other', async () => {
  const name = freshName();
  const first = await openFor(name);
  unwrap(await first.store.saveInspection(inspectionOf({ title: 'Whole' })));
  first.close();
  const [journal = ''] = await journalsOf(name);
  const folder = await photoFolder(name);
  const line = (await (await (await folder.getFileHandle(journal)).getFile()).text()).trim();
  const spoiled = line.replace('Whole', 'Forged');
  await writeFile(folder, `${crypto.randomUUID()}.journal`, `${spoiled}\n${line.slice(0, -20)}`);
  await deleteDB(name);
  const { report, store } = await openFor(name);
  expect(report).toMatchObject({ loss: 'emptied', replayed: 1 });
  expect((await store.inspections()).map(({ inspection }) => inspection.title)).toEqual(['Whole']);
});

it('photos are written by the page where no worker starts, and the journal does without', async () => {
  const name = freshName();
  vi.stubGlobal('Worker', function refused() {
    throw new DOMException('blocked by policy', 'SecurityError');
  });
  const { store } = await openFor(name);
  vi.unstubAllGlobals();
  expect((await store.status()).photoFiles).toBe('opfs');
  const inspection = unwrap(await store.saveInspection(inspectionOf()));
  const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
  const kept = await store.photo(capture.id);
  expect(String(new Uint8Array((await kept?.arrayBuffer()) ?? new ArrayBuffer()))).toBe(
    String(new Uint8Array(await photoOf(1).arrayBuffer())),
  );
  expect(await journalsOf(name)).toEqual([]);
});

it('photos go into the database where there is no private file system', async () => {
  const name = freshName();
  const refused = vi
    .spyOn(navigator.storage, 'getDirectory')
    .mockRejectedValue(new DOMException('not allowed', 'SecurityError'));
  const { store } = await openFor(name);
  refused.mockRestore();
  expect((await store.status()).photoFiles).toBe('indexeddb');
  const inspection = unwrap(await store.saveInspection(inspectionOf()));
  const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
  expect((await store.photo(capture.id))?.size).toBe(capture.bytes);
});
