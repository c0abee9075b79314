// Finds or fetches a Chromium for the browser tests: the one named by EHLO_CHROMIUM, the system's, Playwright's download,
// or Debian's package. Run as a program it says in one line what to do when nothing works.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const systemBrowsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Path of a browser that is already here, or null. */
export function findBrowser(): string | null {
  const named = process.env.EHLO_CHROMIUM;
  if (named) return existsSync(named) ? named : null;
  return [...systemBrowsers, chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

/** Gets a browser, downloading one if need be. Returns its path, or the line that tells what to do. */
export function getBrowser(): { readonly path: string } | { readonly advice: string } {
  const here = findBrowser();
  if (here !== null) return { path: here };
  if (process.env.EHLO_CHROMIUM)
    return { advice: `EHLO_CHROMIUM names ${process.env.EHLO_CHROMIUM}, which is not there.` };

  console.log('No Chromium found; fetching the one of Playwright …');
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
  run(process.execPath, [cli, 'install', 'chromium'], 300_000);
  const downloaded = findBrowser();
  if (downloaded !== null) return { path: downloaded };

  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing the package chromium …');
    run('apt-get', ['update', '-q'], 300_000);
    run(
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
      600_000,
    );
    const installed = findBrowser();
    if (installed !== null) return { path: installed };
  }
  return {
    advice: 'No browser for the tests: install Chromium or Chrome, or set EHLO_CHROMIUM to the path of one.',
  };
}

function run(command: string, args: readonly string[], timeout: number): void {
  spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'ignore'],
    timeout,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const got = getBrowser();
  if ('advice' in got) {
    console.error(got.advice);
    process.exit(1);
  }
  console.log(`Browser for the tests: ${got.path}`);
}
