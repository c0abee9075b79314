// `npm run bench`: makes plain JavaScript of the measurements, as a browser gets it, and runs them. Started from the
// TypeScript sources, the engine would carry what a loader adds to every function, and its peers would not.

import { rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const project = fileURLToPath(new URL('../..', import.meta.url));
// Below the project, so that packages are found from there.
const folder = `${project}/node_modules/.cache/ehlo-bench`;

await build({
  root: project,
  configFile: false,
  logLevel: 'warn',
  build: { ssr: 'src/node/bench-run.ts', outDir: folder, emptyOutDir: true, target: 'node20', minify: false },
});
try {
  await import(pathToFileURL(`${folder}/bench-run.js`).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
