import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { MUTANTS } from './mutants.ts';

const planted = MUTANTS[Number(process.env['LOUPE_MUTANT'] ?? -1)];
const rules = join(import.meta.dirname, '../../core/sync-rules');

/** Changes the planted mutant's file as it is loaded: the working tree is never touched. */
const plant: Plugin = {
  name: 'plant-mutant',
  enforce: 'pre',
  transform(code, path) {
    if (!planted || dirname(path) !== rules || basename(path) !== planted.file) return undefined;
    const [before, after, ...more] = code.split(planted.find);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`a mutant no longer fits ${planted.file}: ${planted.find}`);
    }
    return before + planted.replace + after;
  },
};

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  plugins: [plant],
  test: {
    environment: 'node',
    include: ['tests/unit/core/sync-rules/**/*.test.ts', 'tests/unit/storage/histories.test.ts'],
    bail: 1,
    testTimeout: 120_000,
    reporters: ['dot'],
  },
});
