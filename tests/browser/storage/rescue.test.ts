import { makeZip } from 'client-zip';
import { deleteDB } from 'idb';
import { expect, it, onTestFinished, vi } from 'vitest';
import { rescueFiles, type RescuedFile } from '../../../src/storage/rescue.ts';
import { draftOf, inspectionOf, photoOf } from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { freshName, openFor } from './open-for-tests.ts';

async function rescue(name: string): Promise<Map<string, RescuedFile>> {
  const files = new Map<string, RescuedFile>();
  for await (const file of rescueFiles(name)) files.set(file.name, file);
  return files;
}

const bytesOf = async (blob: Blob): Promise<string> => String(new Uint8Array(await blob.arrayBuffer()));

it('hands over every photo, sidecar and change while the database does not open at all', async () => {
  const name = freshName();
  const opened = await openFor(name);
  const inspection = unwrap(await opened.store.saveInspection(inspectionOf()));
  const captures = [];
  for (const seed of [1, 2, 3]) {
    captures.push(
      unwrap(await opened.store.savePhoto(draftOf(inspection.id, `DSC ${seed}/..\\x.jpg`), photoOf(seed))),
    );
  }
  opened.close();
  const broken = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('Internal error opening backing store', 'UnknownError');
  });
  const files = await rescue(name);
  broken.mockRestore();

  for (const [place, { id }] of captures.entries()) {
    const photo = files.get(`photos/${id} DSC ${place + 1}_.._x.jpg`);
    expect(await bytesOf(photo?.input ?? new Blob())).toBe(await bytesOf(photoOf(place + 1)));
    const sidecar = await files.get(`photos/${id}.json`)?.input.text();
    expect(JSON.parse(sidecar ?? '')).toMatchObject({ capture: { id }, inspection: { id: inspection.id } });
  }
  const [journal] = [...files.values()].filter((file) => file.name.startsWith('journal/'));
  expect(await journal?.input.text()).toContain(inspection.id);
  expect(await files.get('database/not-readable.txt')?.input.text()).toContain('backing store');
  expect([...files.keys()].filter((file) => file.includes('reserve'))).toEqual([]);
  const zip = await new Response(makeZip(files.values())).blob();
  expect(zip.size).toBeGreaterThan(captures.reduce((sum, { bytes }) => sum + bytes, 0));
});

it('takes photos out of the database where they are kept in it, and its records as JSON', async () => {
  const name = freshName();
  vi.spyOn(navigator.storage, 'getDirectory').mockImplementation(() => {
    throw new TypeError('there is no such function here');
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const opened = await openFor(name, { photoFiles: 'indexeddb' });
  const inspection = unwrap(await opened.store.saveInspection(inspectionOf()));
  const capture = unwrap(await opened.store.savePhoto(draftOf(inspection.id), photoOf(1)));
  const files = await rescue(name);
  const photo = files.get(`photos/${capture.id} a.jpg`);
  expect(await bytesOf(photo?.input ?? new Blob())).toBe(await bytesOf(photoOf(1)));
  expect(JSON.parse((await files.get('database/inspections.json')?.input.text()) ?? '')).toEqual([
    inspection,
  ]);
});

it('leaves a device without anything kept as it is', async () => {
  const name = freshName();
  await rescue(name);
  await deleteDB(name);
  expect((await openFor(name)).report).toMatchObject({ loss: undefined, missing: [] });
});
