import { join } from 'node:path';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { MUTANTS } from './mutants.ts';
import { SYNC_MUTANTS } from './sync-mutants.ts';

const isSync = process.env['LOUPE_MUTANTS'] === 'sync';
const planted = (isSync ? SYNC_MUTANTS : MUTANTS)[Number(process.env['LOUPE_MUTANT'] ?? -1)];
const root = join(import.meta.dirname, '../..');
const place = isSync ? root : join(root, 'core/sync-rules');

/** Changes the planted mutant's file as it is loaded: the working tree is never touched. */
const plant: Plugin = {
  name: 'plant-mutant',
  enforce: 'pre',
  transform(code, path) {
    if (!planted || path !== join(place, planted.file)) return undefined;
    const [before, after, ...more] = code.split(planted.find);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`a mutant no longer fits ${planted.file}: ${planted.find}`);
    }
    return before + planted.replace + after;
  },
};

export default defineConfig({
  root,
  plugins: [plant],
  test: {
    environment: 'node',
    include: isSync
      ? ['tests/contract/server/*.test.ts', 'tests/unit/sync/*.test.ts']
      : ['tests/unit/core/sync-rules/**/*.test.ts', 'tests/unit/storage/histories.test.ts'],
    bail: 1,
    // Loading the same modules for each file anew takes longer than the tests of rules.
    ...(!isSync && { isolate: false, fileParallelism: false }),
    // A mutant may send a test round and round; a busy machine must not.
    testTimeout: 600_000,
    reporters: ['dot'],
  },
});
