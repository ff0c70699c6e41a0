import { expect, test } from 'vitest';
import { LIMITS } from '../../../../src/app/bundle/bundle-format.ts';
import { zipDirectory } from '../../../../src/app/bundle/zip-directory.ts';
import { entryBlob } from '../../../../src/app/bundle/zip-entry.ts';
import { writeCampaign, type CampaignKind } from '../../../../src/app/desk/write-campaign.ts';
import { unwrap } from '../../storage/unwrap.ts';
import { filledStore, OPTIONS } from '../bundle/bundle-for-tests.ts';

async function written(kind: CampaignKind, times: number): Promise<Blob> {
  const { store, inspection } = await filledStore();
  const all = Array.from({ length: times }, () => inspection);
  const stream = await writeCampaign(store, all, kind, OPTIONS, () => undefined);
  return new Response(stream).blob();
}

test('every inspection is a file of its own, also where two have one title', async () => {
  const entries = unwrap(await zipDirectory(await written('csv', 2), LIMITS));
  expect(entries.map(({ path }) => path)).toEqual(['1-x.csv', '2-x.csv']);
});

test('a bundle within it is one that any Loupe reads', async () => {
  const zip = await written('bundle', 1);
  const [entry] = unwrap(await zipDirectory(zip, LIMITS));
  const bundle = entry && unwrap(await entryBlob(zip, entry));
  const inner = bundle && unwrap(await zipDirectory(bundle, LIMITS));
  expect(inner?.map(({ path }) => path)).toContain('manifest.json');
});

test('it ends when it is cancelled', async () => {
  const { store, inspection } = await filledStore();
  const abort = new AbortController();
  const options = { ...OPTIONS, signal: abort.signal, onProgress: () => abort.abort() };
  const stream = await writeCampaign(store, [inspection, inspection], 'csv', options, () => undefined);
  await expect(new Response(stream).blob()).rejects.toThrow();
});
