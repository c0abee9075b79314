// One configuration for the page (vite) and the unit tests (vitest). The root is the project's folder.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { csp } from './build/csp.ts';
import { lessons } from './build/lessons.ts';
import { offline } from './build/offline.ts';

export default defineConfig({
  base: './',
  plugins: [svelte({ configFile: false }), lessons('lessons'), csp(), offline()],
  worker: { format: 'es', plugins: () => [lessons('lessons')] },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What every world needs before its first prompt, in one piece: small files compress badly.
        codeSplitting: {
          groups: [
            {
              name: 'page',
              test: /src\/(ui\/(state\/(engine|settings|route|playhead|selection)\.svelte|state\/(time|journal|storage)|parts\/Icon|workspace\/(Workspace|Dock|terminal-first))|text\/fill)/,
            },
          ],
        },
      },
    },
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : undefined,
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['src/host/testing/equipment.ts'],
    // Engine code is pure, so files may share a thread; that saves most of the start-up time.
    pool: 'threads',
    maxWorkers: 2,
    isolate: false,
    // Tests that try hundred times as hard (EHLO_EFFORT) may take hundred times as long.
    testTimeout: 30_000 * Math.max(1, Number(process.env.EHLO_EFFORT ?? '1') || 1),
  },
});
