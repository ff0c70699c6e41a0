import { resolve } from 'node:path';
import { build, type Plugin } from 'vite';
import { injectManifest } from 'workbox-build';

/**
 * Bundles workers/service/service-worker.ts and injects the list of shell files to precache. Runtime
 * binaries and model packs are left out: a device downloads only the ones it uses.
 */
export function serviceWorker(): Plugin {
  let outDir = 'dist';
  return {
    name: 'loupe-service-worker',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        await build({
          configFile: false,
          logLevel: 'warn',
          build: {
            outDir,
            emptyOutDir: false,
            copyPublicDir: false,
            sourcemap: false,
            lib: {
              entry: resolve('workers/service/service-worker.ts'),
              formats: ['iife'],
              name: 'loupeServiceWorker',
              fileName: () => 'service-worker.js',
            },
          },
          define: { 'process.env.NODE_ENV': '"production"' },
        });
        await injectManifest({
          swSrc: resolve(outDir, 'service-worker.js'),
          swDest: resolve(outDir, 'service-worker.js'),
          globDirectory: outDir,
          globPatterns: ['**/*.{html,js,css,svg,png,webmanifest,woff2}', 'samples/*.{json,jpg}'],
          globIgnores: [
            'service-worker.js',
            '**/ort-*',
            'pipeline.html',
            '**/pipeline-*',
            'models/**',
            'samples/*.mask.png',
          ],
          maximumFileSizeToCacheInBytes: 4_000_000,
        });
      },
    },
  };
}
