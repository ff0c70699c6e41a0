import { describe, expect, test } from 'vitest';
import type { InspectionId } from '../../../../core/contract/ids.ts';
import { succeed } from '../../../../core/domain/outcome.ts';
import { importBundle } from '../../../../src/app/bundle/import-bundle.ts';
import { readBundle } from '../../../../src/app/bundle/read-bundle.ts';
import { writeBundle, type BundleSource } from '../../../../src/app/bundle/write-bundle.ts';
import { openMemoryStore } from '../../../../src/storage/memory-store.ts';
import { unwrap } from '../../storage/unwrap.ts';
import { bundleOf, filledStore, OPTIONS, OtherDevice } from './bundle-for-tests.ts';

const hexOf = async (blob: Blob | undefined) =>
  Buffer.from((await blob?.arrayBuffer()) ?? new ArrayBuffer(0)).toString('hex');

const everything = async (source: BundleSource, id: InspectionId) => {
  const captures = await source.captures(id);
  const findings = await source.findings(id);
  return {
    inspection: await source.inspection(id),
    captures,
    analyses: await source.analyses(id),
    findings,
    reviews: await Promise.all(findings.map((finding) => source.reviews(finding.id))),
    photos: await Promise.all(captures.map(async (capture) => hexOf(await source.photo(capture.id)))),
  };
};

describe('bundle', () => {
  test('gives the same inspection on another device, photos to the byte', async () => {
    const { store, inspection } = await filledStore();
    const other = openMemoryStore();
    const imported = await importBundle(await bundleOf(store, inspection.id), other);
    expect(imported).toEqual(succeed(inspection));
    expect(await everything(other, inspection.id)).toEqual(await everything(store, inspection.id));
    const [capture] = await other.captures(inspection.id);
    expect(capture && (await other.photo(capture.id))?.type).toBe('image/jpeg');
  });

  test('is refused where the inspection is already', async () => {
    const { store, inspection } = await filledStore();
    const again = await importBundle(await bundleOf(store, inspection.id), store);
    expect(again).toEqual({ ok: false, kind: 'already-here', inspectionId: inspection.id });
  });

  test('made again from what was imported it is the same to the byte', async () => {
    const { store, inspection } = await filledStore();
    const first = await bundleOf(store, inspection.id);
    const other = new OtherDevice();
    unwrap(await importBundle(first, other));
    const second = await bundleOf(other, inspection.id);
    expect(Buffer.from(await second.arrayBuffer()).equals(Buffer.from(await first.arrayBuffer()))).toBe(true);
  });

  test('holds one photo at a time: the next is read only when the stream asks', async () => {
    const { store, inspection } = await filledStore();
    let read = 0;
    const counting: BundleSource = {
      inspection: (id) => store.inspection(id),
      captures: (id) => store.captures(id),
      analyses: (id) => store.analyses(id),
      findings: (id) => store.findings(id),
      reviews: (id) => store.reviews(id),
      photo: (id) => {
        read += 1;
        return store.photo(id);
      },
    };
    const bundle = await writeBundle(counting, inspection.id, OPTIONS);
    expect(read).toBe(0);
    const reader = bundle?.stream.getReader();
    await reader?.read();
    expect(read).toBeLessThan(2);
    // client-zip ends a cancelled stream by an empty throw.
    await reader?.cancel().catch(() => undefined);
  });

  test('a photo that is gone or no longer has its hash is named, the rest goes along', async () => {
    const { store, inspection } = await filledStore();
    const [first, second] = await store.captures(inspection.id);
    const faulty: BundleSource = {
      inspection: (id) => store.inspection(id),
      captures: (id) => store.captures(id),
      analyses: (id) => store.analyses(id),
      findings: (id) => store.findings(id),
      reviews: (id) => store.reviews(id),
      photo: (id) => Promise.resolve(id === first?.id ? undefined : new Blob(['changed'])),
    };
    const { manifest, source } = unwrap(await readBundle(await bundleOf(faulty, inspection.id)));
    expect(manifest.missing).toEqual([
      { captureId: first?.id, reason: 'gone' },
      { captureId: second?.id, reason: 'damaged' },
    ]);
    expect(source.captures).toHaveLength(2);
    expect(first && (await source.photo(first))).toBeUndefined();
  });

  test('an unknown inspection makes no bundle, and its name makes a safe file name', async () => {
    const { store, inspection } = await filledStore();
    expect(await writeBundle(openMemoryStore(), inspection.id, OPTIONS)).toBeUndefined();
    expect((await writeBundle(store, inspection.id, OPTIONS))?.fileName).toBe('x.loupe.zip');
  });

  test('stops between photos when asked to', async () => {
    const { store, inspection } = await filledStore();
    const file = await bundleOf(store, inspection.id);
    const controller = new AbortController();
    controller.abort();
    expect(await readBundle(file, { signal: controller.signal })).toEqual({ ok: false, kind: 'cancelled' });
  });
});
