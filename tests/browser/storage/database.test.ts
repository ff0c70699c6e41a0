import { deleteDB, openDB } from 'idb';
import { describe, expect, it, vi } from 'vitest';
import type { InspectionStore } from '../../../src/storage/inspection-store.ts';
import { Connection } from '../../../src/storage/database.ts';
import { migrations } from '../../../src/storage/migrations.ts';
import { openInspectionStore } from '../../../src/storage/open-store.ts';
import { storeNames, storeShapes } from '../../../src/storage/schema.ts';
import { draftOf, inspectionOf, photoOf } from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { behind, freshName, openFor, rowsOf } from './open-for-tests.ts';

const titles = async (store: InspectionStore): Promise<string[]> =>
  (await store.inspections()).map(({ inspection }) => inspection.title);

describe('schema', () => {
  it('is what the migrations leave behind', async () => {
    const name = freshName();
    await openFor(name);
    await behind(name, (database) => {
      expect([...database.objectStoreNames].sort()).toEqual([...storeNames].sort());
      const upgraded = database.transaction([...database.objectStoreNames]);
      for (const store of storeNames) {
        const found = upgraded.objectStore(store);
        const indexes = [...found.indexNames].map((index): [string, unknown] => [
          index,
          found.index(index).keyPath,
        ]);
        expect({ keyPath: found.keyPath, indexes: Object.fromEntries(indexes) }).toEqual(storeShapes[store]);
      }
      return Promise.resolve();
    });
  });
});

it('a record and its operation are on the disk before they are acknowledged: one strict transaction', async () => {
  const { store } = await openFor(freshName());
  const begun = vi.spyOn(IDBDatabase.prototype, 'transaction');
  unwrap(await store.saveInspection(inspectionOf()));
  const writes = begun.mock.calls.filter(([, mode]) => mode === 'readwrite');
  begun.mockRestore();
  expect(writes.filter(([stores]) => [stores].flat().includes('operations'))).toHaveLength(1);
  for (const [, , options] of writes) expect(options).toEqual({ durability: 'strict' });
});

describe('upgrades', () => {
  it('let a newer tab through, and tell the old one that it has to be reloaded', async () => {
    const name = freshName();
    const onSuperseded = vi.fn();
    const old = await openFor(name, { onSuperseded });
    const newer = await openDB(name, migrations.length + 1);
    newer.close();
    expect(onSuperseded).toHaveBeenCalledOnce();
    expect(await old.store.saveInspection(inspectionOf())).toMatchObject({ ok: false, kind: 'blocked' });
    expect(await openInspectionStore({ name })).toMatchObject({ ok: false, kind: 'blocked' });
  });

  it('wait for an old tab that does not close, say so, and go on when it does', async () => {
    const name = freshName();
    (await openFor(name)).close();
    const stubborn = await openDB(name);
    const onBlocked = vi.fn(() => {
      stubborn.close();
    });
    const connection = new Connection(name, { onBlocked }, [...migrations, addShelf]);
    expect(await storesOf(connection)).toContain('shelf');
    expect(onBlocked).toHaveBeenCalledOnce();
    connection.close();
  });

  it('that break in the middle leave the old version whole', async () => {
    const name = freshName();
    const first = await openFor(name);
    unwrap(await first.store.saveInspection(inspectionOf({ title: 'Before' })));
    first.close();
    const connection = new Connection(name, {}, [...migrations, addShelf, breaks]);
    await expect(storesOf(connection)).rejects.toThrow();
    connection.close();
    await behind(name, (database) => {
      expect(database.version).toBe(migrations.length);
      expect([...database.objectStoreNames]).not.toContain('shelf');
      return Promise.resolve();
    });
    expect(await titles((await openFor(name)).store)).toEqual(['Before']);
  });
});

type Step = (typeof migrations)[number];
const addShelf: Step = (database) => void database.createObjectStore('shelf');
const breaks: Step = async (_database, upgrade) => {
  await upgrade.objectStore('inspections').clear();
  throw new Error('a step that breaks');
};
const storesOf = (connection: Connection): Promise<string[]> =>
  connection.use((database) => Promise.resolve([...database.objectStoreNames]));

describe('a connection that the browser drops', () => {
  it.each(['InvalidStateError', 'UnknownError'])('is opened once more after %s', async (error) => {
    const { store } = await openFor(freshName());
    const broken = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('connection to the database was lost', error);
    });
    expect((await store.saveInspection(inspectionOf({ title: 'Kept' }))).ok).toBe(true);
    broken.mockRestore();
    expect(await titles(store)).toEqual(['Kept']);
    expect(await store.waiting()).toBe(1);
  });

  it('gives a failure when it stays lost, and works again later', async () => {
    const { store } = await openFor(freshName());
    const broken = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('connection to the database was lost', 'UnknownError');
    });
    expect(await store.saveInspection(inspectionOf())).toMatchObject({ ok: false, kind: 'unwritable' });
    broken.mockRestore();
    expect((await store.saveInspection(inspectionOf())).ok).toBe(true);
  });
});

describe('a database that is emptied while open', () => {
  it('is noticed at the next save, and everything comes back', async () => {
    const name = freshName();
    const told: unknown[] = [];
    const opened = await openFor(name, { onEmptied: (scrubbed) => told.push(scrubbed) });
    const inspection = unwrap(await opened.store.saveInspection(inspectionOf()));
    const capture = unwrap(await opened.store.savePhoto(draftOf(inspection.id), photoOf(1)));
    await deleteDB(name);
    unwrap(await opened.store.saveInspection(inspectionOf({ title: 'Next' })));
    expect(told).toHaveLength(1);
    expect(await told[0]).toMatchObject({ ok: true, value: { loss: 'emptied', missing: [] } });
    expect(await opened.store.captures(inspection.id)).toEqual([capture]);
    expect((await titles(opened.store)).sort()).toEqual(['Blade A', 'Next']);
  });
});

describe('two tabs', () => {
  it('see each other’s changes and number their operations without gap or double', async () => {
    const name = freshName();
    const [one, other] = [await openFor(name), await openFor(name)];
    const heard = vi.fn();
    other.store.onChange(heard);
    const saves = Array.from({ length: 20 }, (_, n) =>
      (n % 2 ? one : other).store.saveInspection(inspectionOf({ title: `${n}` })),
    );
    for (const outcome of await Promise.all(saves)) expect(outcome.ok).toBe(true);
    await expect.poll(() => heard.mock.calls.length).toBe(20);
    const operations = await rowsOf(name, 'operations');
    expect(operations.map((operation) => operation.seq).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    expect(new Set(operations.map((operation) => operation.epoch)).size).toBe(1);
    const clocks = [...operations].sort((a, b) => a.seq - b.seq).map((operation) => operation.hlc);
    expect(clocks).toEqual([...clocks].sort());
  });

  it('keep one of two equal photos that are saved at once', async () => {
    const name = freshName();
    const [one, other] = [await openFor(name), await openFor(name)];
    const inspection = unwrap(await one.store.saveInspection(inspectionOf()));
    const outcomes = await Promise.all([
      one.store.savePhoto(draftOf(inspection.id), photoOf(1)),
      other.store.savePhoto(draftOf(inspection.id), photoOf(1)),
    ]);
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    expect(outcomes.filter((outcome) => !outcome.ok)).toMatchObject([{ kind: 'duplicate' }]);
    expect(await one.store.captures(inspection.id)).toHaveLength(1);
    one.close();
    other.close();
    expect((await openFor(name)).report).toMatchObject({ recovered: [], missing: [], leftovers: 0 });
  });
});
