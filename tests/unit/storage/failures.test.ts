import { expect, it } from 'vitest';
import { MemoryRecords, type MemoryRecordsOptions } from '../../../src/storage/memory-records.ts';
import { KeptInspectionStore } from '../../../src/storage/kept-inspection-store.ts';
import { memoryParts } from '../../../src/storage/memory-store.ts';
import { asStorageFailure, StorageError, wasRefused } from '../../../src/storage/storage-error.ts';
import { draftOf, inspectionOf, photoOf } from './records-for-tests.ts';
import { unwrap } from './unwrap.ts';

const quota = (): DOMException => new DOMException('no more', 'QuotaExceededError');

function storeWith(beforeCommit: NonNullable<MemoryRecordsOptions['beforeCommit']>) {
  const parts = memoryParts({ records: new MemoryRecords({ beforeCommit }) });
  return { parts, store: new KeptInspectionStore(parts) };
}

it('gives up its reserve for a record that does not fit, and saves it', async () => {
  let isFull = false;
  const { parts, store } = storeWith((stores) => {
    if (stores.length === 1 && stores[0] === 'blobBytes') isFull = false;
    if (isFull) throw quota();
  });
  expect(await parts.files.holdReserve()).toBe(true);
  isFull = true;
  expect((await store.saveInspection(inspectionOf())).ok).toBe(true);
  expect(await store.waiting()).toBe(1);
  isFull = true;
  expect(await store.saveInspection(inspectionOf())).toMatchObject({ ok: false, kind: 'no-space' });
  expect(await store.inspections()).toHaveLength(1);
  expect(await store.waiting()).toBe(1);
});

it('takes the photo back when its record does not fit', async () => {
  let isFull = false;
  const { parts, store } = storeWith((stores) => {
    if (isFull && stores.includes('captures')) throw quota();
  });
  const inspection = unwrap(await store.saveInspection(inspectionOf()));
  isFull = true;
  expect(await store.savePhoto(draftOf(inspection.id), photoOf(1))).toMatchObject({ kind: 'no-space' });
  expect(await parts.files.list()).toEqual([]);
  isFull = false;
  expect((await store.savePhoto(draftOf(inspection.id), photoOf(1))).ok).toBe(true);
});

it('leaves the photo for the scrub when it cannot know whether its record was committed', async () => {
  let isLost = false;
  const { parts, store } = storeWith((stores) => {
    if (isLost && stores.includes('captures')) throw new DOMException('lost', 'UnknownError');
  });
  const inspection = unwrap(await store.saveInspection(inspectionOf()));
  isLost = true;
  expect(await store.savePhoto(draftOf(inspection.id), photoOf(1))).toMatchObject({ kind: 'unwritable' });
  expect(await parts.files.list()).toHaveLength(1);
});

it.each([
  [quota(), { kind: 'no-space', neededBytes: 7, freeBytes: 0 }, true],
  [new DOMException('old', 'VersionError'), { kind: 'blocked', detail: 'VersionError: old' }, false],
  [new DOMException('lost', 'UnknownError'), { kind: 'unwritable', detail: 'UnknownError: lost' }, false],
  [new StorageError({ kind: 'unwritable', detail: 'gone' }), { kind: 'unwritable', detail: 'gone' }, true],
  ['text', { kind: 'unwritable', detail: 'text' }, false],
])('reads %s as a failure', (error, failure, isRefusal) => {
  expect(asStorageFailure(error, 7)).toEqual(failure);
  expect(wasRefused(error)).toBe(isRefusal);
});
