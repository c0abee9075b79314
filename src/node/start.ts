// `npm start`: builds the page and serves it, on this machine only or, with --host, to a class.

import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { staticServer } from './static-server.ts';

const usage = `Usage: npm start -- [options]

  --host [address]   let other machines in: all addresses of this one, or the one given
  --port number      default 4173; the next free one is taken if it is in use
  --strict-port      fail instead when it is in use
  --no-build         serve dist/ as it is
  --help             this text
`;

const project = fileURLToPath(new URL('../..', import.meta.url));
const dist = fileURLToPath(new URL('../../dist', import.meta.url));

interface Options {
  readonly host: string;
  readonly port: number;
  readonly strictPort: boolean;
  readonly build: boolean;
}

function readOptions(): Options {
  // `--host` may stand alone; parseArgs wants a value, so the missing one is filled in.
  const args = process.argv.slice(2);
  const bare = args.findIndex((arg, at) => arg === '--host' && (args[at + 1] ?? '--').startsWith('-'));
  if (bare >= 0) args[bare] = '--host=0.0.0.0';
  const { values } = parseArgs({
    args,
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '4173' },
      'strict-port': { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port} is no port`);
  return { host: values.host, port, strictPort: values['strict-port'], build: !values['no-build'] };
}

/** Listens on `port`, or on the next free one unless `strict`. Returns the port taken. */
export async function listen(server: Server, host: string, port: number, strict: boolean): Promise<number> {
  const last = strict || port === 0 ? port : Math.min(port + 20, 65535);
  for (let tried = port; tried <= last; tried++) {
    const problem = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once('error', resolve);
      server.listen(tried, host, () => {
        server.removeListener('error', resolve);
        resolve(null);
      });
    });
    if (problem === null) {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : tried;
    }
    if (problem.code === 'EADDRNOTAVAIL') throw new Error(`${host} is no address of this machine`);
    if (problem.code === 'EACCES') throw new Error(`port ${tried} is reserved; try --port 4173`);
    if (problem.code !== 'EADDRINUSE') throw problem;
    if (tried < last) console.log(`Port ${tried} is in use; trying ${tried + 1}.`);
  }
  throw new Error(`port ${port} is in use; choose another with --port`);
}

function addressesOf(host: string, port: number): string[] {
  if (host !== '0.0.0.0' && host !== '::') {
    return [`http://${host.includes(':') ? `[${host}]` : host}:${port}/`];
  }
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && address.family === 'IPv4')
    .map((address) => `http://${address.address}:${port}/`);
  return [`http://127.0.0.1:${port}/`, ...others];
}

async function main(): Promise<void> {
  const options = readOptions();
  process.chdir(project);
  if (options.build) {
    console.log('Building Ehlo …');
    await build({
      configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
      logLevel: 'warn',
    });
  } else if (!existsSync(dist)) throw new Error('there is no dist/ yet; leave out --no-build');

  const server = staticServer(dist);
  const stop = (): void => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const port = await listen(server, options.host, options.port, options.strictPort);
  const addresses = addressesOf(options.host, port);
  console.log(
    addresses.length === 1 ? `Ehlo is at ${addresses[0]}` : `Ehlo is at\n  ${addresses.join('\n  ')}`,
  );
  console.log('Stop it with Ctrl-C.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(`Ehlo did not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  });
}
