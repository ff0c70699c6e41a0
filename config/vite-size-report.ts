import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/**
 * Prints the gzip size of all JavaScript that the first screen loads (the entry of index.html and what it
 * imports statically) and fails the build above the limit.
 */
export function sizeReport({ limitKb }: { readonly limitKb: number }): Plugin {
  return {
    name: 'loupe-size-report',
    apply: 'build',
    generateBundle(_options, bundle) {
      const seen = new Set<string>();
      const visit = (fileName: string): number => {
        if (seen.has(fileName)) return 0;
        seen.add(fileName);
        const chunk = bundle[fileName];
        if (chunk?.type !== 'chunk') return 0;
        const own = gzipSync(chunk.code).byteLength;
        return chunk.imports.reduce((sum, imported) => sum + visit(imported), own);
      };
      const entry = Object.values(bundle).find(
        (chunk) => chunk.type === 'chunk' && chunk.isEntry && chunk.name === 'index',
      );
      if (!entry) return;
      const kb = visit(entry.fileName) / 1000;
      console.log(`first-screen JS: ${kb.toFixed(1)} kB gzip of ${limitKb} kB`);
      if (kb > limitKb) this.error(`first-screen JS is ${kb.toFixed(1)} kB gzip, above ${limitKb} kB`);
    },
  };
}
