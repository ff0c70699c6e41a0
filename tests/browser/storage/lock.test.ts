import { describe, expect, it } from 'vitest';
import type { LockedStore } from '../../../src/storage/lock.ts';
import { openInspectionStore } from '../../../src/storage/open-store.ts';
import { rescueFiles } from '../../../src/storage/rescue.ts';
import { storeNames } from '../../../src/storage/schema.ts';
import {
  analysisOf,
  draftOf,
  findingOf,
  inspectionOf,
  photoOf,
  reviewOf,
} from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { behind, freshName, openFor, photoFolder, type Opened } from './open-for-tests.ts';

const PIN = '271828';
const SECRET = 'Secretly-cracked blade';

const withPin =
  (pin: string) =>
  async (locked: LockedStore): Promise<CryptoKey> => {
    const key = await locked.open(pin);
    if (!key) throw new Error('another PIN');
    return key;
  };

async function withWork(opened: Opened) {
  const { store } = opened;
  const inspection = unwrap(await store.saveInspection(inspectionOf({ title: SECRET })));
  const capture = unwrap(await store.savePhoto(draftOf(inspection.id, `${SECRET}.jpg`), photoOf(1)));
  const analysis = analysisOf(inspection.id, capture.id);
  const finding = findingOf(analysis, { note: SECRET });
  await store.saveAnalysis(analysis, [finding]);
  await store.saveReview(reviewOf(finding));
  await store.saveThumbnail(capture.id, photoOf(7, 900));
  await store.saveSetting('preferences', { inspector: SECRET });
  return { inspection, capture, finding };
}

/** Everything that the browser holds under this name, as text. */
async function allThatIsKept(name: string): Promise<string> {
  const parts: string[] = [];
  const folder = await photoFolder(name).catch(() => undefined);
  for await (const handle of folder?.values() ?? []) {
    parts.push(handle.name, await (await (handle as FileSystemFileHandle).getFile()).text());
  }
  await behind(name, async (database) => {
    for (const store of storeNames) {
      const rows = (await database.getAll(store)) as object[];
      for (const row of rows) parts.push(JSON.stringify(row), bytesIn(row));
    }
  });
  return parts.join('\n');
}

/** JSON says nothing of bytes. */
const bytesIn = (row: object): string =>
  Object.values(row)
    .filter((value) => value instanceof ArrayBuffer)
    .map((bytes) => new TextDecoder().decode(bytes))
    .join('\n');

async function expectAllThere(opened: Opened, work: Awaited<ReturnType<typeof withWork>>): Promise<void> {
  const { store } = opened;
  const { inspection, capture, finding } = work;
  expect(await store.inspections()).toMatchObject([{ inspection, captures: 1, analysed: 1, judged: 1 }]);
  expect(await store.captures(inspection.id)).toEqual([capture]);
  const photo = await store.photo(capture.id);
  expect(photo?.type).toBe('image/jpeg');
  expect(String(new Uint8Array((await photo?.arrayBuffer()) ?? new ArrayBuffer()))).toBe(
    String(new Uint8Array(await photoOf(1).arrayBuffer())),
  );
  expect(await store.findings(inspection.id)).toEqual([reviewOf(finding).after]);
  expect(await store.reviews(finding.id)).toHaveLength(1);
  expect((await store.thumbnail(capture.id))?.size).toBe(900);
  expect(await store.waiting()).toBe(6);
  expect(await opened.verifyPhotos(() => undefined)).toEqual([]);
}

describe.each(['opfs', 'indexeddb'] as const)('the PIN lock, photos in %s', (photoFiles) => {
  it('leaves nothing readable behind, opens with the PIN, and comes off again', async () => {
    const name = freshName();
    const first = await openFor(name, { photoFiles });
    const work = await withWork(first);
    expect(await allThatIsKept(name)).toContain(SECRET);
    const offer = await first.lock.offer(PIN);
    unwrap(await offer.accept());
    await first.lock.convert();
    expect(first.lock.state).toBe('sealed');
    expect(await allThatIsKept(name)).not.toContain(SECRET);
    await expectAllThere(first, work);
    const later = unwrap(await first.store.saveInspection(inspectionOf({ title: `${SECRET} later` })));
    unwrap(await first.store.savePhoto(draftOf(later.id, `${SECRET}.png`), photoOf(2)));
    unwrap(await first.store.deleteInspection(later.id));
    await first.emptyTrash();
    expect(await allThatIsKept(name)).not.toContain(SECRET);
    first.close();

    expect(await openInspectionStore({ name, photoFiles })).toMatchObject({ ok: false, kind: 'blocked' });
    const other = await openInspectionStore({ name, photoFiles, onLocked: withPin('000000') });
    expect(other).toMatchObject({ ok: false });
    const second = await openFor(name, { photoFiles, onLocked: withPin(PIN) });
    expect(second.report).toMatchObject({ loss: undefined, missing: [], unplaced: [], quarantined: 0 });
    expect(await second.store.captures(work.inspection.id)).toEqual([work.capture]);
    expect(await second.lock.takeOff('000000')).toMatchObject({ kind: 'wrong-pin' });
    unwrap(await second.lock.takeOff(PIN));
    await second.lock.convert();
    expect(second.lock.state).toBe('off');
    second.close();

    const third = await openFor(name, { photoFiles });
    expect(third.report).toMatchObject({ loss: undefined, missing: [], unplaced: [], quarantined: 0 });
    expect(await third.store.inspection(work.inspection.id)).toEqual(work.inspection);
    expect((await third.store.photo(work.capture.id))?.size).toBe(work.capture.bytes);
    expect(await allThatIsKept(name)).toContain(SECRET);
  });

  it('goes on after a kill at any point of putting it on or taking it off', async () => {
    const name = freshName();
    let opened = await openFor(name, { photoFiles });
    const work = await withWork(opened);
    unwrap(await (await opened.lock.offer(PIN)).accept());
    for (let steps = 0; opened.lock.state !== 'sealed'; steps++) {
      await stopAfter(opened, steps);
      opened = await openFor(name, { photoFiles, onLocked: withPin(PIN) });
      expect(opened.report).toMatchObject({ loss: undefined, missing: [], unplaced: [], recovered: [] });
      await expectAllThere(opened, work);
      if (steps > 8) await opened.lock.convert();
    }
    expect(await allThatIsKept(name)).not.toContain(SECRET);
    unwrap(await opened.lock.takeOff(PIN));
    for (let steps = 0; opened.lock.state !== 'off'; steps++) {
      await stopAfter(opened, steps);
      opened = await openFor(name, { photoFiles, onLocked: withPin(PIN) });
      expect(opened.report).toMatchObject({ loss: undefined, missing: [], unplaced: [], recovered: [] });
      await expectAllThere(opened, work);
      if (steps > 8) await opened.lock.convert();
    }
    opened.close();
    await expectAllThere(await openFor(name, { photoFiles }), work);
  });
});

/** Ends the store in the middle of converting, as near to a kill as one page can come. */
async function stopAfter(opened: Opened, steps: number): Promise<void> {
  let done = 0;
  const stop = new Error('killed');
  await opened.lock
    .convert(() => {
      if (done++ >= steps) throw stop;
    })
    .catch((error: unknown) => {
      if (error !== stop) throw error;
    });
  opened.close();
}

it('a forgotten PIN is replaced with the rescue code, as it was written down', async () => {
  const name = freshName();
  const first = await openFor(name);
  const work = await withWork(first);
  const offer = await first.lock.offer(PIN);
  unwrap(await offer.accept());
  await first.lock.convert();
  unwrap(await first.lock.changePin(PIN, '314159'));
  expect(await first.lock.changePin(PIN, '999999')).toMatchObject({ kind: 'wrong-pin' });
  first.close();
  const answers: boolean[] = [];
  const second = await openFor(name, {
    onLocked: async (locked) => {
      answers.push((await locked.open(PIN)) !== undefined);
      answers.push((await locked.renew('00000-00000', '161803')) !== undefined);
      const written = offer.rescueCode.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o');
      const key = await locked.renew(written, '161803');
      if (!key) throw new Error('the code did not open it');
      return key;
    },
  });
  expect(answers).toEqual([false, false]);
  await expectAllThere(second, work);
  second.close();
  await expectAllThere(await openFor(name, { onLocked: withPin('161803') }), work);
});

it('the header is kept twice, and either copy brings the other back', async () => {
  const name = freshName();
  const first = await openFor(name);
  const work = await withWork(first);
  unwrap(await (await first.lock.offer(PIN)).accept());
  await first.lock.convert();
  first.close();
  localStorage.removeItem(`${name}-lock`);
  (await openFor(name, { onLocked: withPin(PIN) })).close();
  expect(localStorage.getItem(`${name}-lock`)).toContain('"sealed"');
  await (await photoFolder(name)).removeEntry('lock');
  await expectAllThere(await openFor(name, { onLocked: withPin(PIN) }), work);
});

it('a database that vanished under the lock comes back from the sealed journal', async () => {
  const name = freshName();
  const first = await openFor(name);
  const work = await withWork(first);
  unwrap(await (await first.lock.offer(PIN)).accept());
  await first.lock.convert();
  first.close();
  await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
  const second = await openFor(name, { onLocked: withPin(PIN) });
  expect(second.report).toMatchObject({ loss: 'emptied', missing: [], quarantined: 0 });
  expect(await second.store.inspection(work.inspection.id)).toEqual(work.inspection);
  expect(await second.store.findings(work.inspection.id)).toHaveLength(1);
  expect(await allThatIsKept(name)).not.toContain(SECRET);
});

it('the rescue hands files over opened with the key, and sealed with the header without it', async () => {
  const name = freshName();
  const first = await openFor(name);
  const { capture } = await withWork(first);
  unwrap(await (await first.lock.offer(PIN)).accept());
  await first.lock.convert();
  first.close();
  let key: CryptoKey | undefined;
  const second = await openFor(name, {
    onLocked: async (locked) => (key = await withPin(PIN)(locked)),
  });
  second.close();
  const names = async (given?: CryptoKey): Promise<Map<string, Blob>> => {
    const files = new Map<string, Blob>();
    for await (const file of rescueFiles(name, given)) files.set(file.name, file.input);
    return files;
  };
  const opened = await names(key);
  expect(opened.get(`photos/${capture.id} ${SECRET}.jpg`)?.size).toBe(capture.bytes);
  expect(await opened.get(`photos/${capture.id}.json`)?.text()).toContain(SECRET);
  expect(await opened.get('database/inspections.json')?.text()).toContain(SECRET);
  const sealed = await names();
  expect([...sealed.keys()]).toEqual(
    expect.arrayContaining([`photos/${capture.id}.photo.sealed`, 'photos/lock']),
  );
  expect((await Promise.all([...sealed.values()].map((blob) => blob.text()))).join()).not.toContain(SECRET);
});

it('is not put on while another tab has the store open', async () => {
  const name = freshName();
  const [one, other] = [await openFor(name), await openFor(name)];
  const offer = await one.lock.offer(PIN);
  expect(await offer.accept()).toMatchObject({ ok: false, kind: 'other-tabs' });
  other.close();
  await expect.poll(async () => (await offer.accept()).ok).toBe(true);
});
