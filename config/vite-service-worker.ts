import { readdir } from 'node:fs/promises';
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
    // closeBundle would run after a failed build too.
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        await bundle(outDir, await runtimeFiles(outDir));
        await injectShellFiles(outDir);
      },
    },
  };
}

async function runtimeFiles(outDir: string): Promise<readonly string[]> {
  const names = await readdir(resolve(outDir, 'assets'));
  return names.filter((name) => /^(ort[.-]|tfjs-|litert).+\.(m?js|wasm)$/.test(name));
}

async function bundle(outDir: string, runtimes: readonly string[]): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: false,
      copyPublicDir: false,
      sourcemap: false,
      target: 'es2022',
      lib: {
        entry: resolve('workers/service/service-worker.ts'),
        formats: ['iife'],
        name: 'loupeServiceWorker',
        fileName: () => 'service-worker.js',
      },
    },
    define: {
      'process.env.NODE_ENV': '"production"',
      __RUNTIME_FILES__: JSON.stringify(runtimes),
    },
  });
}

async function injectShellFiles(outDir: string): Promise<void> {
  await injectManifest({
    swSrc: resolve(outDir, 'service-worker.js'),
    swDest: resolve(outDir, 'service-worker.js'),
    globDirectory: outDir,
    globPatterns: [
      '**/*.{html,js,css,svg,png,webmanifest,woff2,ttf}',
      'samples/*.{json,jpg}',
      // Photos of iPhones come on site as well.
      'assets/libheif-*.wasm',
    ],
    globIgnores: [
      'service-worker.js',
      '**/ort[.-]*',
      '**/tfjs-*',
      '**/litert*',
      'pipeline.html',
      '**/pipeline-*',
      'models/**',
      'samples/*.mask.png',
    ],
    // Hashed by the build: a revision in the query would only fetch them twice.
    dontCacheBustURLsMatching: /^assets\/.+-[\w-]{8}\.\w+$/,
    maximumFileSizeToCacheInBytes: 4_000_000,
  });
}
