// Clients that mean no good, on the ports with TLS, POP3 and IMAP: floods, handshakes that never end, random bytes, much
// asked for and nothing read. Memory stays bounded and the others go on. (Port 25 is in bridge.test.ts.)

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nextInt, randomStream } from '../base/random.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import type { WorldDescription } from '../world/description.ts';
import { useNodeCrypto } from './crypto.ts';
import type { ServiceName } from './bridge-world.ts';
import { TcpBridge, type BridgeService } from './tcp-bridge.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const first = readSharedWorlds(`${project}/lessons`)['first'] as unknown as WorldDescription;
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

let bridge: TcpBridge;
let services: readonly BridgeService[];
const sockets: Socket[] = [];

beforeAll(async () => {
  useNodeCrypto();
  bridge = new TcpBridge(first, () => undefined);
  services = await bridge.listen('127.0.0.1', 0);
  bridge.start();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => bridge.close());

const portOf = (service: ServiceName): number =>
  services.filter((one) => one.service === service).at(-1)?.port ?? 0;
function kept<One extends Socket>(socket: One): One {
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}
const dial = (service: ServiceName): Socket => kept(connect(portOf(service), '127.0.0.1'));
const dialTls = (service: ServiceName): Socket =>
  kept(
    connectTls({ port: portOf(service), host: '127.0.0.1', ca: bridge.authorities, servername: 'localhost' }),
  );

/** Waits for `what` in what is heard from now on. */
function hear(socket: Socket, what: RegExp): Promise<string> {
  return new Promise((done, fail) => {
    let heard = '';
    const onData = (bytes: Buffer): void => {
      heard += bytes.toString('latin1');
      if (!what.test(heard)) return;
      socket.off('data', onData);
      done(heard);
    };
    socket.on('data', onData);
    socket.once('close', () => fail(new Error(`closed after: ${heard.slice(-200)}`)));
  });
}

/** A decent client, in TLS. */
async function decent(): Promise<void> {
  const socket = dialTls('imaps');
  await hear(socket, /ready/);
  socket.write('a LOGIN anna segelboot\r\n');
  await hear(socket, /^a OK/m);
  socket.write('b LOGOUT\r\n');
  await hear(socket, /BYE/);
}

async function login(): Promise<Socket> {
  const socket = dialTls('imaps');
  await hear(socket, /ready/);
  socket.write('a LOGIN bob leuchtturm\r\n');
  await hear(socket, /^a OK/m);
  return socket;
}

function pour(socket: Socket, block: Buffer, times: number): Promise<void> {
  let left = times;
  return new Promise((done) => {
    const more = (): void => {
      while (left > 0 && !socket.destroyed) {
        left--;
        if (!socket.write(block)) return;
      }
      done();
    };
    socket.on('drain', more);
    socket.once('close', () => done());
    more();
  });
}

const megabytes = (): number => process.memoryUsage().rss / 1_000_000;

describe('clients that mean no good', () => {
  it('half a handshake, and none at all, hold nobody up', async () => {
    for (let i = 0; i < 60; i++) {
      const socket = dial(i % 2 === 0 ? 'imaps' : 'submissions');
      // The head of a record that never comes.
      if (i % 3 > 0) socket.write(Buffer.from([22, 3, 1, 2, 0, 1]));
    }
    await wait(200);
    await decent();
  });

  it('random bytes on every port are refused or ignored, and break nothing', async () => {
    const draws = randomStream('bridge', 'noise');
    for (let round = 0; round < 4; round++)
      for (const { service } of services) {
        const noise = Buffer.from(Uint8Array.from({ length: 3000 }, () => nextInt(draws, 256)));
        dial(service).write(noise);
        if (service === 'imaps' || service === 'pop3s') {
          const secure = dialTls(service);
          secure.write(noise);
        }
      }
    await wait(500);
    await decent();
  });

  it.each(['imap', 'pop3', 'lmtp'] as const)(
    'a flood without a line end on %s before login is cut off',
    async (service) => {
      const before = megabytes();
      const flood = dial(service);
      flood.resume();
      void pour(flood, Buffer.alloc(1 << 20, 'x'), 300);
      await decent();
      await wait(300);
      expect(megabytes() - before).toBeLessThan(300);
    },
    40_000,
  );

  it('a literal that is announced before login and poured out is not kept', async () => {
    const before = megabytes();
    const flood = dialTls('imaps');
    flood.resume();
    flood.write('a LOGIN bob {40000000+}\r\n');
    void pour(flood, Buffer.alloc(1 << 20, 'x'), 60);
    await decent();
    expect(megabytes() - before).toBeLessThan(300);
  }, 40_000);

  it('who asks for everything a thousand times and reads nothing waits; the others do not', async () => {
    const socket = await login();
    const message = `Subject: big\r\n\r\n${'y'.repeat(76)}\r\n`.padEnd(900_000, 'z');
    for (let i = 0; i < 5; i++) {
      socket.write(`p APPEND Drafts {${message.length}+}\r\n${message}\r\n`);
      await hear(socket, /^p OK/m);
    }
    socket.write('s SELECT Drafts\r\n');
    await hear(socket, /^s OK/m);
    const before = megabytes();
    socket.pause();
    socket.write('f FETCH 1:* (BODY.PEEK[])\r\n'.repeat(2000));
    for (let i = 0; i < 4; i++) {
      await wait(500);
      await decent();
    }
    expect(megabytes() - before).toBeLessThan(500);
    // One command may not ask for more than there is room for either.
    const other = await login();
    other.write('s EXAMINE Drafts\r\n');
    await hear(other, /^s OK/m);
    other.write(`f FETCH 1:* (${'BODY.PEEK[] '.repeat(200).trim()})\r\n`);
    other.pause();
    await wait(500);
    await decent();
    expect(megabytes() - before).toBeLessThan(900);
  }, 60_000);

  it('a slow reader gets every byte of a large message', async () => {
    const socket = await login();
    const message = `Subject: slow\r\n\r\n${'0123456789abcdef'.repeat(180_000)}`;
    socket.write(`p APPEND Sent {${message.length}+}\r\n${message}\r\n`);
    await hear(socket, /^p OK/m);
    socket.write('s EXAMINE Sent\r\n');
    await hear(socket, /^s OK/m);
    let size = 0;
    let tail = '';
    const whole = new Promise<void>((done) => {
      socket.on('data', (bytes: Buffer) => {
        size += bytes.length;
        tail = (tail + bytes.toString('latin1')).slice(-100);
        if (/^f OK/m.test(tail)) done();
        socket.pause();
        setTimeout(() => socket.resume(), 1);
      });
    });
    socket.write('f FETCH 1 (BODY.PEEK[])\r\n');
    await whole;
    expect(size).toBeGreaterThan(message.length);
    expect(size).toBeLessThan(message.length + 200);
  }, 60_000);
});
