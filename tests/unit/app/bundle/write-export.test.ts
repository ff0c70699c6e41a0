import { describe, expect, test } from 'vitest';
import { writeExport, type ExportKind } from '../../../../src/app/bundle/write-export.ts';
import { LIMITS } from '../../../../src/app/bundle/bundle-format.ts';
import { zipDirectory } from '../../../../src/app/bundle/zip-directory.ts';
import { entryBlob } from '../../../../src/app/bundle/zip-entry.ts';
import { openMemoryStore } from '../../../../src/storage/memory-store.ts';
import { unwrap } from '../../storage/unwrap.ts';
import { filledStore, OPTIONS } from './bundle-for-tests.ts';

async function exported(kind: ExportKind) {
  const { store, inspection } = await filledStore();
  const file = await writeExport(store, inspection.id, kind, OPTIONS);
  if (!file) throw new Error('no export');
  return { ...file, store, inspection, blob: await new Response(file.stream).blob() };
}

describe('an export as a file', () => {
  test.each<[kind: ExportKind, name: string, start: RegExp]>([
    ['csv', 'x.csv', /^\uFEFF"inspection",/],
    ['geojson', 'x.geojson', /^\{"type":"FeatureCollection"/],
    ['annotations', 'x.annotations.jsonld', /^\{"@context"/],
  ])('%s is one text', async (kind, name, start) => {
    const { fileName, blob } = await exported(kind);
    expect(fileName).toBe(name);
    expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await blob.arrayBuffer())).toMatch(start);
  });

  test.each<[kind: ExportKind, labels: RegExp]>([
    ['coco', /^annotations\.json$/],
    ['yolo', /^(data\.yaml|labels\/.+\.txt)$/],
  ])('%s is a zip of labels and the photos, to the byte', async (kind, labels) => {
    const { fileName, blob, store, inspection } = await exported(kind);
    expect(fileName).toBe(`x.${kind}.zip`);
    const entries = unwrap(await zipDirectory(blob, LIMITS));
    const images = entries.filter(({ path }) => path.startsWith('images/'));
    const captures = await store.captures(inspection.id);
    expect(images.map(({ path }) => path).sort()).toEqual(
      captures.map(({ id }) => `images/${id}.jpg`).sort(),
    );
    for (const entry of entries) if (!images.includes(entry)) expect(entry.path).toMatch(labels);
    const [capture] = captures;
    const kept = capture && (await store.photo(capture.id));
    const image = images.find(({ path }) => capture && path.includes(capture.id));
    const out = image && unwrap(await entryBlob(blob, image));
    expect(await out?.arrayBuffer()).toEqual(await kept?.arrayBuffer());
  });

  test('an unknown inspection has none', async () => {
    const { inspection } = await filledStore();
    expect(await writeExport(openMemoryStore(), inspection.id, 'csv', OPTIONS)).toBeUndefined();
  });
});
