import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, defineConfig } from 'vite';
import { isolationHeaders } from './config/headers.ts';
import { licences } from './config/vite-licences.ts';
import { modelPacks } from './config/vite-model-packs.ts';
import { serviceWorker } from './config/vite-service-worker.ts';
import { sizeReport } from './config/vite-size-report.ts';

export default defineConfig({
  // Relative, so that the same build opens from any path of a static host.
  base: './',
  plugins: [svelte(), modelPacks(), licences(), serviceWorker(), sizeReport({ limitKb: 120 })],
  // onnxruntime-web without its glue inlined: the glue is a file of its own, from which its threads start.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  worker: { format: 'es' },
  server: { port: 4174, headers: isolationHeaders },
  preview: { port: 4173, headers: isolationHeaders },
  build: {
    target: 'es2022',
    sourcemap: true,
    assetsInlineLimit: 0,
    rolldownOptions: { input: { index: 'index.html', pipeline: 'pipeline.html' } },
  },
});
