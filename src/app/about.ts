import packageJson from '../../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;

/** What the page is built from, with the licence that each package states. */
export const LIBRARIES = [
  { name: 'onnxruntime-web', licence: 'MIT', use: 'model' },
  { name: 'Svelte', licence: 'MIT', use: 'screens' },
  { name: 'Bits UI', licence: 'MIT', use: 'screens' },
  { name: 'Lucide', licence: 'ISC', use: 'icons' },
  { name: 'Atkinson Hyperlegible Next', licence: 'OFL-1.1', use: 'type' },
  { name: 'i18next', licence: 'MIT', use: 'texts' },
  { name: 'idb', licence: 'ISC', use: 'storage' },
  { name: 'Comlink', licence: 'Apache-2.0', use: 'workers' },
  { name: 'Valibot', licence: 'MIT', use: 'checks' },
  { name: 'Workbox', licence: 'MIT', use: 'offline' },
] as const;
