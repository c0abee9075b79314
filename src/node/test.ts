// `npm test`: types, lint, unit tests (layout, transcripts and lessons among them), the build, the browser tests, one after the other. The
// last line is `N passed, N failed`; types, lint, format and build count as one each.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const scratch = mkdtempSync(join(tmpdir(), 'ehlo-test-'));
const suiteLog = process.env.EHLO_SUITE_LOG ?? join(scratch, 'suites');

interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

/** The script behind a package's command, so that no shell is needed. */
function commandOf(packageName: string, command = packageName): string {
  const manifest = findManifest(packageName);
  const bin = (JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> }).bin;
  return join(dirname(manifest), typeof bin === 'string' ? bin : (bin[command] ?? ''));
}

function findManifest(packageName: string): string {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const manifest = join(folder, packageName, 'package.json');
    if (existsSync(manifest)) return manifest;
  }
  throw new Error(`${packageName} is not installed; run npm install`);
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: project,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function step(
  name: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly count?: () => Omit<Outcome, 'name' | 'seconds'>;
  } = {},
): Promise<Outcome> {
  console.log(`\n── ${name}`);
  const started = Date.now();
  const code = await run(args, options.env);
  let counts = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  if (options.count) {
    try {
      counts = options.count();
      // A run that broke off, or an error outside any test, is a failure too.
      if (code !== 0 && counts.failed === 0) counts = { ...counts, failed: 1 };
    } catch {
      counts = { passed: 0, failed: 1, skipped: 0 };
    }
  }
  return { name, ...counts, seconds: (Date.now() - started) / 1000 };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

function countVitest(file: string): Omit<Outcome, 'name' | 'seconds'> {
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  // A file that does not load has no tests, but it failed.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.length,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests,
  };
}

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
  readonly errors: readonly unknown[];
}

function countPlaywright(file: string): Omit<Outcome, 'name' | 'seconds'> {
  const { stats, errors } = JSON.parse(readFileSync(file, 'utf8')) as PlaywrightReport;
  const failed = stats.unexpected + stats.flaky;
  return { passed: stats.expected, failed: failed || errors.length, skipped: stats.skipped };
}

/** Lines `name ran skipped`, summed by name. */
function readSuites(): Map<string, { ran: number; skipped: number }> {
  const suites = new Map<string, { ran: number; skipped: number }>();
  if (!existsSync(suiteLog)) return suites;
  for (const line of readFileSync(suiteLog, 'utf8').split('\n')) {
    const [name, ran, skipped] = line.split(' ');
    if (!name) continue;
    const sum = suites.get(name) ?? { ran: 0, skipped: 0 };
    suites.set(name, { ran: sum.ran + Number(ran), skipped: sum.skipped + Number(skipped) });
  }
  return suites;
}

async function main(): Promise<void> {
  const vite = commandOf('vite');
  const config = ['--config', 'src/vite.config.ts'];
  const unitReport = join(scratch, 'unit.json');
  const browserReport = join(scratch, 'browser.json');
  const outcomes: Outcome[] = [];
  outcomes.push(
    await step('types', [commandOf('svelte-check'), '--tsconfig', './tsconfig.json', '--fail-on-warnings']),
  );
  outcomes.push(
    await step('lint', [commandOf('eslint'), '-c', 'src/eslint.config.js', '.', '--max-warnings', '0']),
  );
  outcomes.push(await step('format', [commandOf('prettier'), '--check', '--log-level', 'warn', '.']));
  outcomes.push(
    await step(
      'unit',
      [
        commandOf('vitest'),
        'run',
        ...config,
        '--reporter=dot',
        '--reporter=json',
        `--outputFile.json=${unitReport}`,
      ],
      {
        env: { EHLO_SUITE_LOG: suiteLog },
        count: () => countVitest(unitReport),
      },
    ),
  );
  const built = await step('build', [vite, 'build', ...config, '--logLevel', 'warn']);
  outcomes.push(built);
  if (built.failed === 0) {
    const browser = await step('browser', ['--import', 'tsx', 'src/node/browser.ts']);
    if (browser.failed > 0) outcomes.push(browser);
    else {
      const args = [commandOf('@playwright/test', 'playwright'), 'test', '-c', 'e2e', '--reporter=list,json'];
      outcomes.push(
        await step('e2e', args, {
          env: { EHLO_BUILT: '1', PLAYWRIGHT_JSON_OUTPUT_FILE: browserReport },
          count: () => countPlaywright(browserReport),
        }),
      );
    }
  }

  console.log('\n── summary');
  for (const { name, passed, failed, skipped, seconds } of outcomes) {
    const rest = skipped > 0 ? `, ${skipped} skipped` : '';
    console.log(`${name.padEnd(8)} ${passed} passed, ${failed} failed${rest} (${seconds.toFixed(1)} s)`);
  }
  const suites = readSuites();
  for (const [name, { ran, skipped }] of suites)
    console.log(`suite ${name}: ${ran} cases ran, ${skipped} skipped`);
  const cases = [...suites.values()].reduce((sum, { ran }) => sum + ran, 0);
  console.log(`conformance suites: ${cases} cases ran`);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  rmSync(scratch, { recursive: true, force: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
