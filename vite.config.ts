import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { isolationHeaders } from './config/headers.ts';
import { modelPacks } from './config/vite-model-packs.ts';
import { serviceWorker } from './config/vite-service-worker.ts';
import { sizeReport } from './config/vite-size-report.ts';

export default defineConfig({
  // Relative, so that the same build opens from any path of a static host.
  base: './',
  plugins: [svelte(), modelPacks(), serviceWorker(), sizeReport({ limitKb: 120 })],
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
