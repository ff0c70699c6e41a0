import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

/**
 * Plants an import where it is forbidden and expects the linter, with the project's own configuration,
 * to refuse it. Type information is switched off, since a planted file is in no TypeScript project.
 */
const eslint = new ESLint({ overrideConfig: [{ files: ['**/*'], ...tseslint.configs.disableTypeChecked }] });

async function brokenRules(filePath: string, code: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  const messages = result?.messages ?? [];
  const fatal = messages.find((message) => message.fatal);
  if (fatal) throw new Error(`${filePath} did not parse: ${fatal.message}`);
  return messages.map((message) => message.ruleId ?? 'none').filter((rule) => rule !== 'max-lines');
}

const use = (name: string) => `\nconsole.error(${name});\n`;
const svelte = (code: string) => `<script lang="ts">\n${code}</script>\n`;

describe('who may import whom', () => {
  it.each([
    ['core', 'core/vision/planted.ts', '../../src/storage/inspection-store.ts'],
    ['core outside contract', 'core/vision/planted.ts', 'valibot'],
    ['core', 'core/domain/planted.ts', 'node:fs'],
    ['the contract', 'core/contract/planted.ts', 'comlink'],
    ['a worker', 'workers/vision/planted.ts', '../../src/storage/inspection-store.ts'],
    ['a worker', 'workers/vision/planted.ts', 'idb'],
    ['a worker outside runtimes', 'workers/vision/planted.ts', 'onnxruntime-web/wasm'],
    ['storage', 'src/storage/planted.ts', '../../config/headers.ts'],
    ['vision', 'src/vision/planted.ts', '../storage/inspection-store.ts'],
    ['vision', 'src/vision/planted.ts', 'onnxruntime-web/wasm'],
    ['the app', 'src/app/planted.ts', 'idb'],
    ['the app', 'src/app/planted.ts', 'comlink'],
    ['a screen', 'src/ui/planted.ts', 'idb'],
    ['a screen', 'src/ui/planted.ts', '../storage/inspection-store.ts'],
    ['a screen, by value', 'src/ui/planted.ts', '../../core/domain/outcome.ts'],
    ['the server', 'server/planted.ts', '../src/storage/inspection-store.ts'],
    ['the command line', 'cli/planted.ts', '../src/storage/inspection-store.ts'],
    ['the configuration', 'config/planted.ts', '../src/storage/inspection-store.ts'],
  ])('%s: %s may not import %s', async (_who, filePath, source) => {
    const rules = await brokenRules(filePath, `import { thing } from '${source}';${use('thing')}`);
    expect(rules).toContain('boundaries/dependencies');
  });

  it.each([
    ['a dynamic import', 'src/ui/planted.ts', `void import('idb');\n`],
    ['a re-export', 'src/ui/planted.ts', `export { openDB } from 'idb';\n`],
    ['a component', 'src/ui/Planted.svelte', svelte(`import { openDB } from 'idb';${use('openDB')}`)],
    [
      'a state class',
      'src/app/planted.svelte.ts',
      `import { wrap } from 'comlink';\nexport const state = wrap;\n`,
    ],
  ])('%s is seen too', async (_what, filePath, code) => {
    expect(await brokenRules(filePath, code)).toContain('boundaries/dependencies');
  });

  it.each([
    ['core/vision/planted.ts', `import { fail } from '../domain/outcome.ts';\nexport const f = fail;\n`],
    ['core/contract/planted.ts', `import * as v from 'valibot';\nexport const name = v.string();\n`],
    [
      'workers/vision/planted.ts',
      `import { fail } from '../../core/domain/outcome.ts';\nexport const f = fail;\n`,
    ],
    ['workers/runtimes/planted.ts', `import { env } from 'onnxruntime-web/wasm';\nexport const e = env;\n`],
    ['src/storage/planted.ts', `import { openDB } from 'idb';\nexport const open = openDB;\n`],
    [
      'src/ui/planted.ts',
      `import type { Box } from '../../core/contract/geometry.ts';\nexport type B = Box;\n`,
    ],
    ['src/ui/Planted.svelte', svelte(`import { onMount } from 'svelte';\nonMount(() => undefined);\n`)],
    [
      'src/app/planted.ts',
      `import type { InspectionStore } from '../storage/inspection-store.ts';\nexport type S = InspectionStore;\n`,
    ],
    ['server/planted.ts', `import { Hono } from 'hono';\nexport const app = new Hono();\n`],
  ])('%s may import what the law allows', async (filePath, code) => {
    expect(await brokenRules(filePath, code)).toEqual([]);
  });
});

describe('what a layer may reach without an import', () => {
  it.each([
    [
      'a clock in core',
      'core/domain/planted.ts',
      'export const now = Date.now();\n',
      'no-restricted-properties',
    ],
    ['today in core', 'core/domain/planted.ts', 'export const now = new Date();\n', 'no-restricted-syntax'],
    [
      'chance in core',
      'core/vision/planted.ts',
      'export const dice = Math.random();\n',
      'no-restricted-properties',
    ],
    ['the network in a screen', 'src/ui/planted.ts', `void fetch('./x');\n`, 'no-restricted-globals'],
    ['the database in a screen', 'src/ui/planted.ts', `indexedDB.open('x');\n`, 'no-restricted-globals'],
    ['any', 'src/app/planted.ts', 'export const loose: any = 1;\n', '@typescript-eslint/no-explicit-any'],
    [
      'an assertion that nothing is missing',
      'src/app/planted.ts',
      'export const first = (list: string[]) => list[0]!;\n',
      '@typescript-eslint/no-non-null-assertion',
    ],
  ])('%s is refused', async (_what, filePath, code, rule) => {
    expect(await brokenRules(filePath, code)).toContain(rule);
  });
});
