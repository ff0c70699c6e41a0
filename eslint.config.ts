import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { boundaryOptions, boundarySettings } from './config/dependency-law.ts';

const clock = (object: string, property: string) => ({
  object,
  property,
  message: 'core has no clock and no chance: take it as an argument',
});

export default defineConfig(
  globalIgnores([
    'dist',
    'models',
    'public',
    'training',
    'bench/results',
    'bench/peers/*.js',
    '.runs',
    '.venv',
    'coverage',
  ]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    languageOptions: {
      ecmaVersion: 2023,
      parserOptions: {
        project: ['./config/tsconfig.*.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'max-lines': ['warn', { max: 250, skipBlankLines: true }],
      'max-lines-per-function': ['warn', { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // An arrow that returns what a void function returns reads well and harms nothing.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An async method without await keeps an interface's promise: what it throws becomes a rejection.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.{ts,svelte}'],
    plugins: { boundaries },
    settings: {
      ...boundarySettings,
      'import/resolver': { typescript: true },
    },
    rules: { 'boundaries/dependencies': ['error', boundaryOptions] },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser }, globals: globals.browser },
    rules: {
      // A component's props are declared by let and changed by its parent.
      'prefer-const': 'off',
      // Of SvelteKit.
      'svelte/no-navigation-without-resolve': 'off',
      // A Map that nothing renders need not be reactive.
      'svelte/prefer-svelte-reactivity': 'off',
      // The linter does not know the types of markup; svelte-check does.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  {
    files: ['core/**'],
    rules: {
      'no-restricted-properties': ['error', clock('Date', 'now'), clock('Math', 'random')],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name=Date][arguments.length=0]', message: 'core has no clock' },
      ],
      'no-restricted-globals': ['error', 'console', 'crypto', 'fetch', 'performance', 'setTimeout'],
    },
  },
  {
    files: ['src/ui/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        'fetch',
        'indexedDB',
        'caches',
        'XMLHttpRequest',
        'WebSocket',
        'Worker',
      ],
    },
  },
  { files: ['cli/**', 'bench/**', 'config/**', 'server/**'], rules: { 'no-console': 'off' } },
  {
    files: ['tests/**'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
