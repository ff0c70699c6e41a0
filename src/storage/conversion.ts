import type { OpfsPhotoFiles } from './opfs-photo-files.ts';
import type { Records } from './records.ts';
import { storeNames, storeShapes, type StoreName } from './schema.ts';
import { isSealedRow } from './sealed-row.ts';
import type { StoreParts } from './store-parts.ts';
import { rewriteJournal } from './tidy-journal.ts';
import type { Vault } from './vault.ts';

/** Photos in the database are taken one by one, all else in handfuls. */
const PER_TRANSACTION = 40;
/** A save that began before the vault was turned may leave one more row in the old form. */
const MOST_PASSES = 3;

export interface ConversionParts {
  readonly parts: StoreParts;
  /** The same records without the vault, to see in which form a row lies. */
  readonly bare: Records;
  readonly vault: Vault;
  readonly files: OpfsPhotoFiles | undefined;
}

/**
 * Brings all that is kept into the form that the vault writes now. Each row and each file changes form whole,
 * and both forms are read meanwhile, so that it may be killed at any point and is begun anew.
 */
export async function convertAll(
  { parts, bare, vault, files }: ConversionParts,
  onProgress: (done: number, all: number) => void,
): Promise<void> {
  const isSealing = vault.sealingKey !== undefined;
  let [done, all] = [0, 0];
  const step = (count: number): void => onProgress((done += count), all);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const rows = await Promise.all(
      storeNames.map(async (store) => [store, await unconvertedRows(bare, store, isSealing)] as const),
    );
    const names = (await files?.unconverted()) ?? [];
    const left = rows.reduce((sum, [, keys]) => sum + keys.length, names.length);
    if (left === 0) break;
    all = done + left;
    for (const [store, keys] of rows) await convertRows(parts, store, keys, step);
    for (const name of names) {
      // A file that was deleted meanwhile needs nothing any more.
      await files?.convert(name).catch(ignoreMissing);
      step(1);
    }
  }
  if (files) await rewriteJournal(parts, files);
}

async function unconvertedRows(bare: Records, store: StoreName, isSealing: boolean): Promise<string[]> {
  if (store === 'ledger') return [];
  if (store === 'blobBytes') return unconvertedPhotos(bare, isSealing);
  const rows = await bare.read([store], (read) => read.all(store));
  return rows
    .filter((row) => isSealedRow(row) !== isSealing)
    .map((row) => String(Reflect.get(row as object, storeShapes[store].keyPath)));
}

/** One at a time: all of them at once would not fit into memory. */
async function unconvertedPhotos(bare: Records, isSealing: boolean): Promise<string[]> {
  const blobs = await bare.read(['blobs'], (read) => read.all('blobs'));
  const left: string[] = [];
  for (const blob of blobs) {
    const id = String(Reflect.get(blob as object, 'id'));
    const row = await bare.read(['blobBytes'], (read) => read.get('blobBytes', id));
    if (row !== undefined && isSealedRow(row) !== isSealing) left.push(id);
  }
  return left;
}

async function convertRows(
  { records }: StoreParts,
  store: StoreName,
  keys: readonly string[],
  step: (count: number) => void,
): Promise<void> {
  const size = store === 'blobBytes' ? 1 : PER_TRANSACTION;
  for (let at = 0; at < keys.length; at += size) {
    const some = keys.slice(at, at + size);
    await records.write([store], async (transaction) => {
      const rows = await Promise.all(some.map((key) => transaction.get(store, key)));
      for (const row of rows) if (row !== undefined) transaction.putUnparsed(store, row);
    });
    step(some.length);
  }
}

function ignoreMissing(error: unknown): boolean {
  if (error instanceof Error && error.name === 'NotFoundError') return false;
  throw error;
}
