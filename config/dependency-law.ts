/**
 * Who may import whom (docs/ARCHITECTURE.md). A layer is a folder; the first whose folder holds a file
 * names the file, so inner folders stand before outer ones. What is not listed is forbidden.
 */
export interface Layer {
  readonly folder: string;
  readonly mayImport: readonly string[];
  /** Layers of which only types may be imported. */
  readonly mayImportTypesOf?: readonly string[];
  /** Packages as patterns of their import path, or 'any' for packages and Node's own modules. */
  readonly packages: readonly string[] | 'any';
}

const CORE = ['core', 'core/contract'] as const;
const PRODUCT = [...CORE, 'workers', 'workers/runtimes', 'src/vision', 'src/storage', 'src/sync'] as const;

export const LAYERS: readonly Layer[] = [
  { folder: 'core/contract', mayImport: ['core'], packages: ['valibot'] },
  { folder: 'core', mayImport: ['core/contract'], packages: [] },
  {
    folder: 'workers/runtimes',
    mayImport: [...CORE, 'workers'],
    packages: ['onnxruntime-web', 'onnxruntime-web/**', '@tensorflow/**', '@litertjs/**', 'valibot'],
  },
  {
    folder: 'workers',
    mayImport: [...CORE, 'workers/runtimes'],
    packages: ['comlink', 'valibot', 'workbox-*', 'libheif-js/**'],
  },
  { folder: 'src/vision', mayImport: CORE, packages: ['comlink', 'valibot'] },
  { folder: 'src/storage', mayImport: CORE, packages: ['idb', 'valibot'] },
  {
    folder: 'src/sync',
    mayImport: [...CORE, 'src/storage'],
    packages: ['valibot', 'tus-js-client', 'jose'],
  },
  {
    folder: 'src/app',
    mayImport: [...CORE, 'src/vision', 'src/storage', 'src/sync'],
    packages: [
      'svelte',
      'svelte/**',
      'i18next',
      'valibot',
      'workbox-window',
      // What makes the report and the bundle; both are loaded when asked for.
      'pdfkit',
      'pdfkit/**',
      '@expo-google-fonts/inter',
      '@expo-google-fonts/inter/**',
      'client-zip',
      'qr',
      'qr/**',
      // Made by config/vite-licences.ts at each build.
      'virtual:licences',
    ],
  },
  {
    folder: 'src/ui',
    mayImport: ['src/app'],
    mayImportTypesOf: CORE,
    packages: ['svelte', 'svelte/**', 'bits-ui', '@lucide/svelte', '@lucide/svelte/**', 'i18next'],
  },
  { folder: 'server', mayImport: [...CORE, 'config'], packages: 'any' },
  { folder: 'cli/page', mayImport: [...CORE, 'src/vision'], packages: ['comlink', 'valibot'] },
  {
    folder: 'cli',
    mayImport: [...CORE, 'workers/runtimes', 'server', 'config'],
    mayImportTypesOf: ['cli/page'],
    packages: 'any',
  },
  {
    folder: 'bench',
    mayImport: [...PRODUCT, 'cli', 'server', 'config'],
    mayImportTypesOf: ['cli/page'],
    packages: 'any',
  },
  { folder: 'config', mayImport: CORE, packages: 'any' },
  {
    folder: 'tests',
    mayImport: [...PRODUCT, 'src/app', 'src/ui', 'cli', 'cli/page', 'server', 'bench', 'config'],
    packages: 'any',
  },
];

/** The one file that may know everything of the page, because it wires it. */
export const COMPOSITION_ROOT = { file: 'src/app/main.ts', mayImport: ['src/ui'] } as const;

const toFolder = (folder: string) => ({ to: { element: { type: folder } } });
const toPackage = (source: string) => ({ to: { module: { origin: 'external', source } } });

/** The law in the words of eslint-plugin-boundaries. */
export const boundarySettings = {
  'boundaries/elements': LAYERS.map(({ folder }) => ({
    type: folder,
    pattern: folder,
    partialMatch: false,
  })),
  'boundaries/files': [{ category: 'composition-root', pattern: COMPOSITION_ROOT.file }],
  'boundaries/dependency-nodes': ['import', 'dynamic-import', 'export'],
};

export const boundaryOptions = {
  default: 'disallow',
  checkAllOrigins: true,
  policies: [
    ...LAYERS.flatMap(({ folder, mayImport, mayImportTypesOf = [], packages }) => {
      const from = { element: { type: folder } };
      const modules =
        packages === 'any' ? [{ to: { module: { origin: ['external', 'core'] } } }] : packages.map(toPackage);
      return [
        ...[...mayImport.map(toFolder), ...modules].map((allow) => ({ from, allow })),
        ...mayImportTypesOf.map((to) => ({
          from,
          allow: { ...toFolder(to), dependency: { kind: 'type' } },
        })),
      ];
    }),
    ...COMPOSITION_ROOT.mayImport.map((to) => ({
      from: { file: { categories: 'composition-root' } },
      allow: toFolder(to),
    })),
  ],
};
