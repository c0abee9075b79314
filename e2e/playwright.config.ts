// Browser tests run against the built page, served the way `npm start` serves it.

import { defineConfig } from '@playwright/test';
import { findBrowser } from '../src/node/browser.ts';

const browser = findBrowser();
const port = Number(process.env.EHLO_PORT ?? 4173);
const built = process.env.EHLO_BUILT === '1';

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // Generous: a machine that does other things besides needs it, and a test that hangs is seen all the same.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    trace: 'retain-on-failure',
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    launchOptions: {
      ...(browser === null ? {} : { executablePath: browser }),
      args: [
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
  projects: [{ name: 'chromium', use: { browserName: 'chromium' } }],
  webServer: {
    // One process, so that stopping it frees the port.
    command: `node --import tsx src/node/start.ts --strict-port --port ${port}${built ? ' --no-build' : ''}`,
    cwd: '..',
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: !process.env.CI && !built,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 3000 },
    timeout: 180_000,
  },
});
