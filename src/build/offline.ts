// A service worker made at build, so that Ehlo opens without a network after the first visit. It keeps the built files in
// a cache named after their contents, takes the large ones (Monaco) in when they are first used, and answers nothing
// outside the page's own folder. Browsers allow it in secure contexts only. Service Workers, W3C.

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Plugin, Rolldown } from 'vite';

/** Files above this size are cached when first used; Monaco is never needed to read or to type. */
const precacheLimitBytes = 700_000;

/** Decides what is fetched at the first visit: everything but Monaco and other heavy files. */
export function precacheList(bundle: Rolldown.OutputBundle): string[] {
  const files: string[] = [];
  for (const output of Object.values(bundle)) {
    const size = output.type === 'chunk' ? output.code.length : output.source.length;
    const monaco =
      output.type === 'chunk'
        ? output.moduleIds.some((id) => id.includes('/node_modules/monaco-editor/'))
        : /(codicon|editor\.worker|monaco)/.test(output.fileName);
    if (!monaco && size <= precacheLimitBytes && !output.fileName.endsWith('.map'))
      files.push(output.fileName);
  }
  return files.sort();
}

/** The service worker's source. `version` names the cache; `files` are relative to the page. */
export function serviceWorkerSource(version: string, files: readonly string[]): string {
  return `const cacheName = 'ehlo-${version}';
const files = ${JSON.stringify(files)};
addEventListener('install', (event) => event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files))));
addEventListener('activate', (event) => event.waitUntil(caches.keys().then((names) =>
  Promise.all(names.filter((name) => name.startsWith('ehlo-') && name !== cacheName).map((name) => caches.delete(name))))));
addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(registration.scope)) return;
  event.respondWith(answer(request));
});
async function answer(request) {
  const cache = await caches.open(cacheName);
  if (request.mode === 'navigate') {
    try { return await fetch(request); } catch { return (await cache.match('./')) ?? Response.error(); }
  }
  const hit = await cache.match(request, { ignoreSearch: true });
  if (hit) return hit;
  const response = await fetch(request);
  if (response.ok && response.status === 200) await cache.put(request, response.clone());
  return response;
}
`;
}

const register = `if (isSecureContext && 'serviceWorker' in navigator) navigator.serviceWorker.register('./sw.js').catch(() => {});\n`;

/** Emits `sw.js` and the script that registers it. */
export function offline(): Plugin {
  let publicDir = '';
  return {
    name: 'ehlo-offline',
    apply: 'build',
    configResolved(config) {
      publicDir = config.publicDir;
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => [{ tag: 'script', attrs: { type: 'module', src: './offline.js' }, injectTo: 'body' }],
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const built = precacheList(bundle).filter((file) => file !== 'index.html');
        const copied = readdirSync(publicDir).filter((name) => /\.(svg|woff2|webmanifest)$/.test(name));
        const files = [
          './',
          './offline.js',
          ...built.map((file) => `./${file}`),
          ...copied.map((file) => `./${file}`),
        ];
        const html = bundle['index.html'];
        const version = createHash('sha256')
          .update(files.join('\n'))
          .update(html?.type === 'asset' ? String(html.source) : '')
          .digest('hex')
          .slice(0, 12);
        this.emitFile({ type: 'asset', fileName: 'offline.js', source: register });
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: serviceWorkerSource(version, files) });
      },
    },
  };
}
