import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { MUTANTS } from '../mutants/mutants.ts';
import { SYNC_MUTANTS } from '../mutants/sync-mutants.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The long run plants them one by one; what they change must still be there, once. */
it.each([
  ['the rules', MUTANTS, 'core/sync-rules'],
  ['the way to the server', SYNC_MUTANTS, ''],
])('every mutant of %s fits its file', async (_, mutants, folder) => {
  expect(mutants.length).toBeGreaterThan(20);
  const misfits: string[] = [];
  for (const { file, find } of mutants) {
    const text = await readFile(join(ROOT, folder, file), 'utf8');
    if (text.split(find).length !== 2) misfits.push(`${file}: ${find}`);
  }
  expect(misfits).toEqual([]);
});
