// The bridge against real clients on real sockets: swaks, curl, Python's smtplib where they are installed, and clients that
// mean no good. The same transcripts and recordings that are played against sessions are played over TCP.

import { spawn, spawnSync, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readSharedWorlds } from '../build/lessons.ts';
import type { TraceEvent } from '../host/events.ts';
import { parseTalk } from '../talk/parse.ts';
import { showDifferences } from '../talk/run.ts';
import type { WorldDescription } from '../world/description.ts';
import { playSocket } from './socket-target.ts';
import { TcpBridge, type BridgeService } from './tcp-bridge.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const first = readSharedWorlds(`${project}/lessons`)['first'] as unknown as WorldDescription;
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function until(what: string, holds: () => boolean, limitMs = 15_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await wait(20);
  }
}

/** Whether a tool is there; otherwise the reason is printed and the test is skipped. */
function has(tool: string, args: readonly string[]): boolean {
  const there = spawnSync(tool, args).status === 0;
  if (!there) console.log(`skipped: ${tool} is not installed`);
  return there;
}

describe('npm run bridge', () => {
  let child: ChildProcessWithoutNullStreams;
  let output = '';
  let ports: readonly number[] = [];
  const start = (...args: string[]): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, ['--import', 'tsx', 'src/node/bridge.ts', ...args], { cwd: project });
  const ended = (process: ChildProcess): Promise<number | null> =>
    new Promise((done) => process.once('exit', (code) => done(code)));
  /** Does not block, as spawnSync would: the bridge's output must be read meanwhile. */
  const run = (
    tool: string,
    args: readonly string[],
    input = '',
  ): Promise<{ code: number | null; said: string }> =>
    new Promise((done) => {
      const process = spawn(tool, args);
      let said = '';
      process.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
      process.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
      process.once('close', (code) => done({ code, said }));
      process.stdin.end(input);
    });
  const delivered = (subject: string): boolean =>
    output
      .split('\n')
      .slice(1)
      .some((line) => {
        if (!line.includes('"mailbox.delivered"') || !line.endsWith('}')) return false;
        return line.includes('"user":"bob"') && output.includes(subject);
      });

  beforeAll(async () => {
    child = start('--port', '0', '--json');
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
    await until('the first line', () => output.includes('\n'), 30_000);
    const opening = JSON.parse(output.split('\n')[0] ?? '') as {
      services: { host: string; service: string; port: number; tls: string }[];
    };
    ports = opening.services.map((service) => service.port);
  }, 40_000);
  afterAll(() => {
    child.kill('SIGKILL');
  });

  it('says in one line of JSON where it listens, then the trace, one event a line [J-08]', async () => {
    await until('the trace', () => output.split('\n').length > 2);
    const [opening = '', ...events] = output.split('\n').slice(0, -1);
    const { services, accounts } = JSON.parse(opening) as { services: BridgeService[]; accounts: unknown };
    expect(services.slice(0, 2)).toEqual([
      { host: 'mail.wolke.example', service: 'smtp', port: ports[0], tls: 'starttls' },
      { host: 'mx.hafen.example', service: 'smtp', port: ports[1], tls: 'starttls' },
    ]);
    const atHafen = services.filter(({ host }) => host === 'mbox.hafen.example');
    expect(atHafen.map(({ service, tls }) => [service, tls])).toEqual([
      ['lmtp', 'none'],
      ['imap', 'starttls'],
      ['imaps', 'implicit'],
      ['pop3', 'starttls'],
      ['pop3s', 'implicit'],
    ]);
    expect(new Set(services.map(({ port }) => port)).size).toBe(16);
    expect(accounts).toEqual([
      { user: 'alice', password: 'brieftaube', address: 'alice@wolke.example' },
      { user: 'bob', password: 'leuchtturm', address: 'bob@hafen.example' },
      { user: 'anna', password: 'segelboot', address: 'anna@hafen.example' },
    ]);
    expect(events.map((line) => (JSON.parse(line) as TraceEvent).seq)).toEqual(events.map((_, i) => i + 1));
  });

  it.runIf(has('swaks', ['--version']))(
    'swaks delivers to Bob through the simulated internet [J-08]',
    async () => {
      const { code, said } = await run('swaks', [
        '--server',
        `127.0.0.1:${ports[1]}`,
        '--ehlo',
        'laptop.home.example',
        '--from',
        'alice@wolke.example',
        '--to',
        'bob@hafen.example',
        '--h-Subject',
        'from swaks',
      ]);
      expect(said).toContain('220 mx.hafen.example ESMTP Postfix');
      expect(said).toMatch(/<- {2}250 2\.0\.0 Ok: queued as [0-9A-F]+/);
      expect(code).toBe(0);
      await until('the delivery', () => delivered('from swaks'));
      const events = output
        .split('\n')
        .slice(1, -1)
        .map((line) => JSON.parse(line) as TraceEvent);
      const connection = events.find(
        (event) => event.type === 'net.accept' && event.host === 'mx.hafen.example',
      );
      expect(connection).toMatchObject({ remote: { address: '203.0.113.222' } });
      expect(events.some((event) => event.type === 'dns.served' && event.host === 'a.root.test')).toBe(true);
      expect(events.some((event) => event.type === 'auth.spf')).toBe(true);
    },
  );

  it.runIf(has('swaks', ['--version']))('swaks is told that it may not relay', async () => {
    const { code, said } = await run('swaks', [
      '--server',
      `127.0.0.1:${ports[1]}`,
      '--from',
      'alice@wolke.example',
      '--to',
      'x@elsewhere.example',
    ]);
    expect(said).toContain('554 5.7.1 <x@elsewhere.example>: Relay access denied');
    expect(code).toBe(24);
  });

  it.runIf(has('curl', ['--version']))('curl delivers', async () => {
    const letter = 'From: alice@wolke.example\r\nTo: bob@hafen.example\r\nSubject: from curl\r\n\r\nhi\r\n';
    const { code, said } = await run(
      'curl',
      [
        '-sS',
        `smtp://127.0.0.1:${ports[1]}/laptop.home.example`,
        '--mail-from',
        'alice@wolke.example',
        '--mail-rcpt',
        'bob@hafen.example',
        '-T',
        '-',
      ],
      letter,
    );
    expect(said).toBe('');
    expect(code).toBe(0);
    await until('the delivery', () => delivered('from curl'));
  });

  it.runIf(has('python3', ['--version']))("Python's smtplib delivers", async () => {
    const script = `import smtplib
s = smtplib.SMTP('127.0.0.1', ${ports[1]}, local_hostname='laptop.home.example')
print(s.ehlo()[0], 'pipelining' in s.esmtp_features)
print(s.sendmail('alice@wolke.example', ['bob@hafen.example', 'nobody@hafen.example'], 'Subject: from Python\\n\\n.dots\\n'))
s.quit()`;
    const { code, said } = await run('python3', ['-c', script]);
    expect(code).toBe(0);
    expect(said).toContain('250 True');
    expect(said).toContain("'nobody@hafen.example': (550,");
    await until('the delivery', () => delivered('from Python'));
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends cleanly on %s',
    async (signal) => {
      const bridge = start('--port', '0');
      let said = '';
      bridge.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
      await until('the table', () => said.includes('mx.hafen.example'), 30_000);
      expect(said).toContain('127.0.0.1:');
      const end = ended(bridge);
      bridge.kill(signal);
      expect(await end).toBe(0);
    },
    40_000,
  );

  it('says which port is taken, and exits with 1', async () => {
    const bridge = start('--port', String(ports[0]));
    let said = '';
    bridge.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
    expect(await ended(bridge)).toBe(1);
    expect(said).toContain(`127.0.0.1:${ports[0]} is taken; choose another with --port`);
  }, 40_000);
});

describe('clients that mean no good', () => {
  let bridge: TcpBridge;
  let port = 0;
  let events: TraceEvent[] = [];
  const sockets: Socket[] = [];
  const dial = (): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  /** A decent client; answers how long its session took. */
  const decent = async (): Promise<number> => {
    const at = Date.now();
    const talk = parseTalk(
      'S: 220 *\nC: EHLO x.example\nS... 250 SMTPUTF8\nC: MAIL FROM:<>\nS: 250 *\nC: RCPT TO:<bob@hafen.example>\nS: 250 *\nC: QUIT\nS: 221 *',
    );
    const result = await playSocket(talk, {
      host: '127.0.0.1',
      port,
      silenceMs: 8000,
      normalize: (line) => line.replace(/^250-SMTPUTF8$/, '250 SMTPUTF8'),
    });
    expect(showDifferences(result)).toBe('');
    return Date.now() - at;
  };

  beforeAll(async () => {
    bridge = new TcpBridge(first, (event) => {
      if (event.type !== 'net.data') events.push(event);
    });
    port = (await bridge.listen('127.0.0.1', 0))[1]?.port ?? 0;
    bridge.start();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    events = [];
  });
  afterAll(() => bridge.close());

  it('a client that sends 200 MB without a line end stalls nobody, and memory is bounded', async () => {
    const flood = dial();
    const block = Buffer.alloc(1 << 20, 'x');
    let sent = 0;
    const pour = (): void => {
      while (!flood.destroyed && sent < 200 && flood.write(block)) sent++;
    };
    flood.on('drain', pour);
    flood.on('connect', pour);
    await until('a good part', () => sent > 4);
    const before = process.memoryUsage().rss;
    expect(await decent()).toBeLessThan(8000);
    await until('more of it', () => sent > 8 || flood.destroyed, 20_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  }, 40_000);

  it('a client that never reads is dropped, one that says a byte now and then stays', async () => {
    const deaf = dial();
    deaf.pause();
    deaf.on('connect', () => {
      const noops = Buffer.from('NOOP\r\n'.repeat(10_000));
      const pour = (): void => {
        for (let i = 0; i < 50 && !deaf.destroyed; i++) if (!deaf.write(noops)) return;
      };
      deaf.on('drain', pour);
      pour();
    });
    const slow = dial();
    for (const letter of 'NOO') {
      slow.write(letter);
      await wait(100);
    }
    expect(await decent()).toBeLessThan(8000);
    expect(slow.destroyed).toBe(false);
  }, 40_000);

  it('hundreds of connections get the words of a busy server, then the door', async () => {
    const crowd = Array.from({ length: 700 }, dial);
    const heard = crowd.map(() => '');
    let gone = 0;
    crowd.forEach((socket, i) => {
      socket.on('data', (bytes: Buffer) => (heard[i] += bytes.toString()));
      socket.on('close', () => gone++);
    });
    await until('refusals', () => heard.some((text) => text.startsWith('421 4.7.0')) && gone > 100, 20_000);
    expect(heard.find((text) => text.startsWith('421 4.7.0'))).toBe(
      '421 4.7.0 mx.hafen.example Error: too many connections from 203.0.113.222\r\n',
    );
    expect(heard.filter((text) => text.startsWith('220 ')).length).toBeLessThanOrEqual(50);
    for (const socket of crowd) socket.destroy();
    await wait(300);
    expect(await decent()).toBeLessThan(8000);
  }, 40_000);

  it('a reset in the middle of a message leaves nothing behind', async () => {
    const rude = dial();
    rude.write('EHLO x.example\r\n');
    await wait(300);
    rude.write('MAIL FROM:<>\r\nRCPT TO:<bob@hafen.example>\r\nDATA\r\n');
    await wait(300);
    rude.write('Subject: half\r\n');
    await wait(200);
    rude.resetAndDestroy();
    await until('the server notices', () =>
      events.some((e) => e.type === 'log.line' && e.text.includes('lost connection after DATA')),
    );
    expect(events.some((event) => event.type === 'queue.accept')).toBe(false);
    expect(await decent()).toBeLessThan(8000);
  }, 40_000);

  it('listens on this machine only', () => {
    const all = (bridge as unknown as { servers: ReturnType<typeof createServer>[] }).servers;
    const addresses = all.map((server) => (server.address() as { address: string }).address);
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
  });
});

describe('transcripts over TCP', () => {
  /** The first world's MX under the name that the transcripts use. */
  const blue: WorldDescription = JSON.parse(
    JSON.stringify(first)
      .replaceAll('mx.hafen.example', 'mx.blue.example')
      .replaceAll('"hafen.example"', '"blue.example"')
      .replaceAll('bob@hafen.example', 'bob@blue.example')
      .replaceAll('postmaster@hafen.example', 'postmaster@blue.example'),
  ) as WorldDescription;
  let bridge: TcpBridge;
  let port = 0;
  beforeAll(async () => {
    const hosts = blue.hosts.map((host) => ({
      ...host,
      programs: Object.fromEntries(
        Object.entries(host.programs ?? {}).map(([id, program]) => [
          id,
          program.kind === 'mta'
            ? {
                ...program,
                config: {
                  ...program.config,
                  rejectUnknownSenderDomain: false,
                  smtpdDiscardEhloKeywords: ['starttls', 'auth'],
                },
              }
            : program,
        ]),
      ),
    }));
    bridge = new TcpBridge({ ...blue, hosts: hosts as WorldDescription['hosts'] }, () => undefined);
    port = (await bridge.listen('127.0.0.1', 0))[1]?.port ?? 0;
    bridge.start();
  });
  afterAll(() => bridge.close());

  const play = async (file: string): Promise<string> => {
    const talk = parseTalk(readFileSync(`${project}/src/smtp/${file}.talk`, 'utf8'));
    const result = await playSocket(talk, {
      host: '127.0.0.1',
      port,
      wait: (ms) => bridge.skip(ms),
      silenceMs: 1500,
      // Ids are the server's own, and what was stored is looked at elsewhere.
      normalize: (line) => line.replace(/queued as \w+/, 'queued as 4TALK1'),
      directive: (name) => (name === 'stored' ? undefined : `nobody knows @ ${name}`),
    });
    expect(result.checked).toBeGreaterThan(5);
    return showDifferences(result);
  };
  it.each(['dot-stuffing', 'rcpt-before-mail', 'smuggling'])(
    '%s.talk runs as against a session',
    async (file) => {
      expect(await play(file)).toBe('');
    },
    30_000,
  );

  it.each([
    'rset',
    'nonsmtp_dot',
    'unknown_commands',
    'spaces_inside',
    'mail_no_colon',
    'data_no_mail',
    'rcpt_syntax',
  ])(
    'the recorded session %s runs as against Postfix',
    async (file) => {
      const talk = parseTalk(
        readFileSync(`${project}/src/smtp/recordings/smtp/${file}.txt`, 'utf8')
          .replaceAll('mx.hafen.example', 'mx.blue.example')
          .replaceAll('@hafen.example', '@blue.example'),
        'recording',
      );
      const result = await playSocket(talk, {
        host: '127.0.0.1',
        port,
        wait: (ms) => bridge.skip(ms),
        silenceMs: 1500,
        normalize: (line) =>
          /^250[ -](STARTTLS|CHUNKING|AUTH.*)$/.test(line)
            ? undefined
            : line.replace(/^250 (SMTPUTF8|DSN)$/, '250-$1'),
      });
      expect(result.checked).toBeGreaterThan(3);
      expect(showDifferences(result)).toBe('');
    },
    30_000,
  );
});
