import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { chromiumFlags, findChromium, softwareWebgpuFlags } from './config/chromium.ts';
import { isolationHeaders } from './config/headers.ts';
import { modelPacks } from './config/vite-model-packs.ts';

/** A failure that comes once must say all that it saw. */
const chaiConfig = { truncateThreshold: 0 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          chaiConfig,
          environment: 'node',
          include: ['tests/unit/**/*.test.ts'],
          // Property tests are thousands of runs; a tablet-sized CI machine may be slow at them.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'contract',
          chaiConfig,
          environment: 'node',
          include: ['tests/contract/**/*.test.ts'],
          testTimeout: 120_000,
          // A database or an S3 server starts in them.
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [svelte(), modelPacks()],
        resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
        server: { headers: { ...isolationHeaders } },
        // Svelte libraries stay unbundled: with a second Svelte runtime inside they could not render.
        optimizeDeps: { exclude: ['onnxruntime-web', '@lucide/svelte', 'bits-ui'], include: ['i18next'] },
        test: {
          name: 'browser',
          chaiConfig,
          include: ['tests/browser/**/*.test.ts'],
          setupFiles: ['tests/browser/each-file-alone.ts'],
          testTimeout: 120_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: findChromium().path,
                args: [...chromiumFlags, ...softwareWebgpuFlags],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'e2e',
          chaiConfig,
          environment: 'node',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: ['tests/e2e/serve-built-app.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // The default second is not enough on a machine that does other work.
          expect: { poll: { timeout: 60_000 } },
          fileParallelism: false,
        },
      },
    ],
  },
});
