// Real mail programs against the bridge, over real TCP and real TLS: Python's mail modules, curl, openssl, nodemailer. What
// is not installed is skipped, and said. The world behind it is the one that a learner sees.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSharedWorlds } from '../build/lessons.ts';
import type { TraceEvent } from '../host/events.ts';
import type { WorldDescription } from '../world/description.ts';
import type { ServiceName } from './bridge-world.ts';
import { useNodeCrypto } from './crypto.ts';
import { TcpBridge, type BridgeService } from './tcp-bridge.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const first = readSharedWorlds(`${project}/lessons`)['first'] as unknown as WorldDescription;
const folder = mkdtempSync(join(tmpdir(), 'ehlo-bridge-'));
const ca = join(folder, 'ca.pem');

/** Whether a program is there; otherwise the reason is printed and the test is skipped. */
function has(tool: string, ...args: readonly string[]): boolean {
  const there = spawnSync(tool, args).status === 0;
  if (!there) console.log(`skipped: ${tool} is not installed`);
  return there;
}

let bridge: TcpBridge;
let services: readonly BridgeService[];
let events: TraceEvent[] = [];

beforeAll(async () => {
  useNodeCrypto();
  bridge = new TcpBridge(first, (event) => {
    if (event.type !== 'net.data') events.push(event);
  });
  services = await bridge.listen('127.0.0.1', 0);
  writeFileSync(ca, bridge.authorities);
  bridge.start();
});
afterAll(() => {
  bridge.close();
  rmSync(folder, { recursive: true });
});

function port(host: string, service: ServiceName): number {
  const found = services.find((one) => one.host === host && one.service === service);
  if (found === undefined) throw new Error(`${host} has no ${service}`);
  return found.port;
}
const wolke = (service: ServiceName): number => port('mail.wolke.example', service);
const hafen = (service: ServiceName): number =>
  port(service === 'smtp' ? 'mx.hafen.example' : 'mbox.hafen.example', service);

/** Does not block, as spawnSync would: the bridge runs in this process. */
function run(
  tool: string,
  args: readonly string[],
  input?: string,
): Promise<{ code: number | null; said: string }> {
  return new Promise((done) => {
    const child = spawn(tool, args);
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')));
    child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')));
    child.once('close', (code) => done({ code, said }));
    if (input !== undefined) child.stdin.end(input);
  });
}
const curl = (url: string, ...args: string[]): ReturnType<typeof run> =>
  run('curl', ['-sS', '-m', '30', '--cacert', ca, ...args, url]);

describe.runIf(has('python3', '--version'))('Python', () => {
  const python = async (script: string): Promise<string> => {
    const opening = `import imaplib, poplib, smtplib, ssl, time
def context(version=None):
    c = ssl.create_default_context(cafile=${JSON.stringify(ca)})
    if version: c.minimum_version = c.maximum_version = version
    return c
LETTER = 'From: alice@wolke.example\\r\\nTo: bob@hafen.example\\r\\nSubject: %s\\r\\n\\r\\n.dots\\r\\n'
`;
    const { code, said } = await run('python3', ['-c', opening + script]);
    expect(said).not.toContain('Traceback');
    expect(code).toBe(0);
    return said;
  };

  it('smtplib submits on 587 and 465, with TLS 1.2 and 1.3, and Received says so [J-08] [S2-080] [S1-100] [S1-106] [S1-101]', async () => {
    const said = await python(`
for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
    for implicit in False, True:
        if implicit: s = smtplib.SMTP_SSL('localhost', ${wolke('submissions')}, context=context(version))
        else:
            s = smtplib.SMTP('localhost', ${wolke('submission')})
            s.ehlo(); print('clear', sorted(set(s.esmtp_features) & {'auth', 'starttls'}))
            s.starttls(context=context(version))
            print('without EHLO', s.docmd('MAIL FROM:<alice@wolke.example>')[0])
        s.ehlo(); print('secured', sorted(set(s.esmtp_features) & {'auth', 'starttls'}), s.sock.version())
        print(s.login('alice', 'brieftaube')[0], s.sendmail('alice@wolke.example', ['bob@hafen.example'], LETTER % s.sock.version()))
        s.quit()
try: smtplib.SMTP_SSL('localhost', ${wolke('submissions')}, context=context()).login('alice', 'falsch')
except smtplib.SMTPAuthenticationError as e: print(e)
`);
    expect(said.split('\n').filter((line) => line.startsWith('clear'))).toEqual([
      "clear ['starttls']",
      "clear ['starttls']",
    ]);
    expect(said.match(/without EHLO 503/g)).toHaveLength(2);
    expect(said.match(/secured \['auth'\] TLSv1\.2/g)).toHaveLength(2);
    expect(said.match(/secured \['auth'\] TLSv1\.3/g)).toHaveLength(2);
    expect(said.match(/^235 \{\}$/gm)).toHaveLength(4);
    expect(said).toContain('5.7.8 Error: authentication failed');
    const secured = events.filter((event) => event.type === 'tls.established' && event.side === 'server');
    expect(secured.map((event) => (event.type === 'tls.established' ? event.session.version : ''))).toEqual(
      expect.arrayContaining(['TLSv1.2', 'TLSv1.3']),
    );
  });

  it('imaplib reads, flags, copies, appends and hears of new mail [J-08] [S7-031]', async () => {
    const said = await python(`
m = imaplib.IMAP4('localhost', ${hafen('imap')})
print('clear', 'LOGINDISABLED' in m.capabilities, 'STARTTLS' in m.capabilities)
m.starttls(context())
print(m.login('bob', 'leuchtturm')[0], m.select()[0])
for i in range(100):
    m.noop()
    if len(m.search(None, 'ALL')[1][0].split()) >= 4: break
    time.sleep(0.1)
print('subjects', sorted(x[1].split()[1].decode() for x in m.fetch('1:*', '(BODY.PEEK[HEADER.FIELDS (SUBJECT)])')[1] if isinstance(x, tuple)))
print(m.store('1', '+FLAGS', '(\\\\Flagged $Wichtig)')[0], m.copy('1', 'Trash')[0])
big = b'Subject: big\\r\\n\\r\\n' + (b'y' * 76 + b'\\r\\n') * 30000
print(m.append('Drafts', '\\\\Draft', None, big)[0])
m.select('Drafts'); print('big', m.fetch('1', '(BODY.PEEK[])')[1][0][1] == big, m.fetch('1', '(RFC822.SIZE)')[1])
m.select('INBOX'); m.send(b'x IDLE\\r\\n'); print('idle', m.readline())
l = smtplib.LMTP('localhost', ${hafen('lmtp')}); l.sendmail('alice@wolke.example', ['bob@hafen.example'], LETTER % 'idle'); l.quit()
print('told', m.readline(), m.readline()); m.send(b'DONE\\r\\n')
`);
    expect(said).toContain('clear True True');
    expect(said).toContain("subjects ['TLSv1.2', 'TLSv1.2', 'TLSv1.3', 'TLSv1.3']");
    expect(said).toMatch(/big True \[b'1 \(RFC822\.SIZE 2340016\)'\]/);
    expect(said).toContain(String.raw`told b'* 5 EXISTS\r\n'`);
  });

  it('poplib gets what imaplib saw, by STLS and by TLS at once [J-08]', async () => {
    const said = await python(`
p = poplib.POP3('localhost', ${hafen('pop3')})
print('clear', 'STLS' in p.capa(), 'USER' in p.capa())
try: p.user('bob')
except poplib.error_proto as e: print(e)
p.stls(context()); p.user('bob'); print(p.pass_('leuchtturm'), p.stat()[0])
print(b'.dots' in p.retr(1)[1], p.dele(1)); p.quit()
p = poplib.POP3_SSL('localhost', ${hafen('pop3s')}, context=context()); p.user('bob'); p.pass_('leuchtturm'); print('left', p.stat()[0]); p.quit()
`);
    expect(said).toContain('clear True False');
    expect(said).toContain('[AUTH]');
    expect(said).toContain("b'+OK Logged in.' 5");
    expect(said).toContain("True b'+OK Marked to be deleted.'");
    expect(said).toContain('left 4');
  });
});

describe.runIf(has('curl', '--version'))('curl', () => {
  const bob = ['-u', 'bob:leuchtturm'];
  it('sends, lists, reads and is refused, always with TLS [J-08]', async () => {
    const letter = join(folder, 'letter.eml');
    writeFileSync(
      letter,
      'From: alice@wolke.example\r\nTo: anna@hafen.example\r\nSubject: curl\r\n\r\nhi\r\n',
    );
    const sending = ['-u', 'alice:brieftaube', '--mail-from', 'alice@wolke.example'];
    const to = ['--mail-rcpt', 'anna@hafen.example', '-T', letter];
    for (const url of [
      `smtp://localhost:${wolke('submission')}`,
      `smtps://localhost:${wolke('submissions')}`,
    ])
      expect(await curl(url, '--ssl-reqd', ...sending, ...to)).toEqual({ code: 0, said: '' });
    for (const url of [`imap://localhost:${hafen('imap')}/`, `imaps://localhost:${hafen('imaps')}/`])
      expect((await curl(url, '--ssl-reqd', ...bob)).said).toContain(
        '* LIST (\\HasNoChildren) "/" INBOX\r\n',
      );
    for (const url of [`pop3://localhost:${hafen('pop3')}/`, `pop3s://localhost:${hafen('pop3s')}/`])
      expect((await curl(url, '--ssl-reqd', ...bob)).code).toBe(0);
    expect((await curl(`imap://localhost:${hafen('imap')}/`, ...bob)).code).toBe(67);
    expect((await curl(`pop3s://localhost:${hafen('pop3s')}/`, '-u', 'bob:falsch')).code).toBe(67);
    // Nobody else's certificates are trusted.
    const stranger = await run('curl', ['-sS', `imaps://localhost:${hafen('imaps')}/`, ...bob]);
    expect(stranger.code).toBe(60);
  });
});

describe.runIf(has('openssl', 'version'))('openssl s_client', () => {
  const client = (at: number, ...args: string[]): ReturnType<typeof run> =>
    run('openssl', ['s_client', '-connect', `localhost:${at}`, '-CAfile', ca, ...args], '');
  it.each([
    ['smtp', 'mx.hafen.example', 'smtp'],
    ['submission', 'mail.wolke.example', 'smtp'],
    ['imap', 'mbox.hafen.example', 'imap'],
    ['pop3', 'mbox.hafen.example', 'pop3'],
  ] as const)('verifies the chain and the name behind STARTTLS: %s', async (service, host, word) => {
    const { said } = await client(port(host, service), '-starttls', word, '-verify_hostname', host);
    expect(said).toContain(`subject=CN = ${host}`);
    expect(said).toContain('issuer=C = DE, O = Hafen Trust, CN = Hafen Intermediate R3');
    expect(said).toContain('Verify return code: 0 (ok)');
  });
  it('is refused with TLS 1.1 [S1-107]', async () => {
    const { said } = await client(hafen('imaps'), '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0');
    expect(said).toContain('alert protocol version');
  });
  it('meets plain text where it expects TLS [S1-106]', async () => {
    expect((await client(hafen('smtp'))).said).toContain('wrong version number');
  });
});

describe('nodemailer', () => {
  it.each([
    ['submission', false],
    ['submissions', true],
  ] as const)('sends an attachment by %s [J-08]', async (service, secure) => {
    const transport = createTransport({
      host: 'localhost',
      port: wolke(service),
      secure,
      requireTLS: !secure,
      auth: { user: 'alice', pass: 'brieftaube' },
      tls: { ca: bridge.authorities },
    });
    const { response } = await transport.sendMail({
      from: 'alice@wolke.example',
      to: 'anna@hafen.example',
      subject: 'Grüße',
      text: 'Ähm',
      attachments: [{ filename: 'a.bin', content: Buffer.alloc(300_000, 7) }],
    });
    expect(response).toMatch(/^250 2\.0\.0 Ok: queued as /);
  });
});

describe('what is said in clear', () => {
  it.each([
    [
      'mx.hafen.example',
      'smtp',
      'EHLO x.example\r\n',
      'STARTTLS\r\nRSET\r\nVRFY injected\r\n',
      'QUIT\r\n',
      '221 ',
    ],
    [
      'mbox.hafen.example',
      'imap',
      '',
      'a STARTTLS\r\nb CAPABILITY\r\ninjected NOOP\r\n',
      'c LOGOUT\r\n',
      '* BYE',
    ],
    ['mbox.hafen.example', 'pop3', '', 'STLS\r\nCAPA\r\nUSER injected\r\n', 'QUIT\r\n', '+OK'],
  ] as const)(
    'behind STARTTLS is never heard under TLS, and the session goes on: %s %s [S1-103]',
    async (host, service, hello, injected, bye, goodbye) => {
      events = [];
      const plain = connectPlain(port(host, service), 'localhost');
      let heard = '';
      plain.on('data', (bytes: Buffer) => (heard += bytes.toString()));
      const until = async (what: RegExp): Promise<void> => {
        while (!what.test(heard)) await new Promise((done) => setTimeout(done, 20));
        heard = '';
      };
      await until(/ready|ESMTP/i);
      if (hello !== '') {
        plain.write(hello);
        await until(/^250 /m);
      }
      plain.write(injected);
      await until(/^(220|a OK|\+OK)/m);
      plain.removeAllListeners('data');
      const secure = connectTls({ socket: plain, ca: bridge.authorities, servername: host });
      secure.on('data', (bytes: Buffer) => (heard += bytes.toString()));
      await new Promise((done, fail) => secure.once('secureConnect', done).once('error', fail));
      secure.write(bye);
      await new Promise((done) => secure.once('close', done));
      expect(heard.startsWith(goodbye)).toBe(true);
      expect(heard.split('\r\n').length).toBeLessThanOrEqual(3);
      expect(JSON.stringify(events)).not.toContain('njected');
    },
  );

  it('on an implicit port is answered by TLS only [S1-106]', async () => {
    const socket = connectPlain(hafen('imaps'), 'localhost');
    let heard = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => (heard = Buffer.concat([heard, bytes])));
    socket.write('a LOGIN bob leuchtturm\r\n');
    await new Promise((done) => socket.once('close', done));
    expect(heard.toString('latin1')).not.toContain('OK');
  });

  it('the certificate carries the name of the host, and SNI reaches the world', async () => {
    events = [];
    const socket = connectTls({
      port: hafen('pop3s'),
      host: '127.0.0.1',
      ca: bridge.authorities,
      servername: 'mbox.hafen.example',
    });
    await new Promise((done, fail) => socket.once('data', done).once('error', fail));
    expect(socket).toBeInstanceOf(TLSSocket);
    expect(socket.getPeerCertificate().subjectaltname).toContain('DNS:mbox.hafen.example');
    socket.destroy();
    const secured = events.find((event) => event.type === 'tls.established' && event.side === 'server');
    expect(secured).toMatchObject({ session: { serverName: 'mbox.hafen.example' } });
  });
});
