// The little server gives the built files and nothing else.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from './start.ts';
import { fileFor, staticServer } from './static-server.ts';

const parent = mkdtempSync(join(tmpdir(), 'ehlo-server-'));
const root = join(parent, 'dist');
const servers: Server[] = [];
let port = 0;

beforeAll(async () => {
  mkdirSync(join(root, 'assets'), { recursive: true });
  mkdirSync(join(parent, 'dist-secret'));
  writeFileSync(join(parent, 'secret.txt'), 'secret');
  writeFileSync(join(parent, 'dist-secret/x.txt'), 'secret');
  writeFileSync(join(root, 'index.html'), '<p>hi</p>');
  writeFileSync(join(root, 'assets/a-1.js'), 'let a = 1;\n'.repeat(500));
  port = await listenOn(0);
});

afterAll(() => {
  for (const server of servers) server.close();
  rmSync(parent, { recursive: true, force: true });
});

function listenOn(wanted: number, strict = false): Promise<number> {
  const server = staticServer(root);
  servers.push(server);
  return listen(server, '127.0.0.1', wanted, strict);
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, method, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    asked.on('error', reject).end();
  });
}

describe('the static server', () => {
  it('gives the page with its type and lets it be asked for again', async () => {
    const { status, headers, body } = await ask('/?lesson=1');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
    expect(body.toString()).toBe('<p>hi</p>');
    expect((await ask('/', { 'if-none-match': String(headers.etag) })).status).toBe(304);
  });

  it('compresses when asked to and lets hashed files be kept', async () => {
    const { headers, body } = await ask('/assets/a-1.js', { 'accept-encoding': 'gzip, br' });
    expect(headers['content-encoding']).toBe('gzip');
    expect(headers['cache-control']).toContain('immutable');
    expect(gunzipSync(body)).toHaveLength(5500);
    expect((await ask('/assets/a-1.js')).body).toHaveLength(5500);
  });

  it('answers HEAD without a body, refuses POST, knows what is not there', async () => {
    expect((await ask('/', {}, 'HEAD')).body).toHaveLength(0);
    expect((await ask('/', {}, 'POST')).status).toBe(405);
    expect((await ask('/nothing.js')).status).toBe(404);
    expect((await ask('/assets')).status).toBe(404);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/../dist-secret/x.txt',
    '//etc/passwd',
    '/%00',
    '/%',
  ])('does not leave its folder for %s', async (path) => {
    expect(fileFor(root, path)).toBeNull();
    expect((await ask(path)).status).toBe(404);
  });

  it('takes the next port when one is taken, unless told not to', async () => {
    expect(await listenOn(port)).toBeGreaterThan(port);
    await expect(listenOn(port, true)).rejects.toThrow(/in use/);
  });
});
