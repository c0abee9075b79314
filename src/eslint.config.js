// What the linter looks for: mistakes, not style (prettier does style). Laws 1 and 2 come from build/banned.js; promises
// that nobody awaits are looked for where promises exist.

import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { bannedBelowWorker, bannedInText, roomsOfTheMachine } from './build/banned.js';

const machine = roomsOfTheMachine.map((room) => `src/${room}/**`);
const tests = ['**/*.test.ts', '**/testing.ts', '**/testing/**'];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'test-results/',
      'playwright-report/',
      'coverage/',
      'lessons/',
      'public/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'off' } },
  js.configs.recommended,
  tseslint.configs.recommended,
  svelte.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'array-callback-return': ['error', { checkForEach: false }],
      'default-case-last': 'error',
      'no-constructor-return': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unmodified-loop-condition': 'error',
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      // Protocols are full of control characters, and generators that never ask a question are fine.
      'no-control-regex': 'off',
      'require-yield': 'off',
      // TypeScript knows better.
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-namespace': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ['src/*/**/*.ts'],
    ignores: [...machine, 'src/text/**', ...tests],
    rules: bannedBelowWorker,
  },
  { files: ['src/text/**/*.ts'], ignores: tests, rules: bannedInText },
  {
    // Types are needed to tell a promise; this is the slow part, so it stays where promises are.
    files: ['src/ui/**/*.ts', 'src/worker/**/*.ts', 'src/node/**/*.ts', 'e2e/**/*.ts'],
    ignores: ['**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: new URL('..', import.meta.url).pathname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    // The same for components; svelte-eslint-parser hands the script to typescript-eslint.
    files: ['src/ui/**/*.svelte', 'src/ui/**/*.svelte.ts'],
    languageOptions: {
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: new URL('..', import.meta.url).pathname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      'svelte/no-at-html-tags': 'error',
      // Links are plain hash links here, there is no router to resolve them.
      'svelte/no-navigation-without-resolve': 'off',
      // A Set inside a function needs no reactivity; the rule cannot tell.
      'svelte/prefer-svelte-reactivity': 'off',
      // `let { x } = $props()` is how Svelte reads.
      'prefer-const': 'off',
    },
  },
);
