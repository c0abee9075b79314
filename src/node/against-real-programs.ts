// The real programs behind `npm run against-real`: finds Postfix and Dovecot or installs them, starts them from a temporary
// directory of their own on free loopback ports, and ends them whatever happens. Nothing outside of that directory is written;
// what Postfix reads under /etc about names it sees in a mount namespace of its own.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKey, privateKeyPem, publicKeyOf } from '../crypto/keys.ts';
import { certificatesPem, issueCertificate } from '../crypto/x509.ts';
import {
  passwordFile,
  writeDovecot,
  type DovecotPorts,
  type DovecotProfile,
} from './against-real-dovecot.ts';
import { serveNames } from './against-real-names.ts';
import { writePostfix, type PostfixProfile } from './against-real-postfix.ts';

/** The comparison cannot be made here; the message says what to do. */
export class CannotCompare extends Error {}

const POSTFIX = '/usr/lib/postfix/sbin/master';
const DOVECOT = '/usr/sbin/dovecot';
const PACKAGES = ['postfix', 'dovecot-imapd', 'dovecot-pop3d', 'dovecot-lmtpd', 'dovecot-sieve'];
const DOVECOT_PROFILES: readonly DovecotProfile[] = ['default', 'debian', 'sieve', 'lock', 'sasl'];

function areThere(): boolean {
  const parts = ['imap', 'pop3', 'lmtp', 'quota-status', 'modules/lib90_sieve_plugin.so'];
  return [POSTFIX, DOVECOT, ...parts.map((part) => `/usr/lib/dovecot/${part}`)].every((one) =>
    existsSync(one),
  );
}

/** Makes sure that the programs are there and may be started. Throws CannotCompare. */
export function preparePrograms(say: (line: string) => void): void {
  const isRoot = process.getuid?.() === 0;
  const toInstall = `apt-get install --no-install-recommends ${PACKAGES.join(' ')}`;
  if (!isRoot)
    throw new CannotCompare(
      `Postfix can only be started by root: run this as root${areThere() ? '' : `; it installs ${PACKAGES.join(', ')}`}.`,
    );
  if (!areThere()) {
    if (!existsSync('/usr/bin/apt-get'))
      throw new CannotCompare(`Postfix and Dovecot are not installed, and there is no apt-get to get them.`);
    say(`Installing ${PACKAGES.join(', ')} …`);
    // No answers are asked for, and neither server is configured or started as a service of this machine.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    spawnSync('debconf-set-selections', {
      input: 'postfix postfix/main_mailer_type select No configuration\n',
    });
    const install = (): boolean =>
      spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...PACKAGES], {
        env,
        stdio: 'ignore',
      }).status === 0;
    if (!install()) {
      spawnSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' });
      if (!install() || !areThere())
        throw new CannotCompare(`Postfix and Dovecot could not be installed. Try: ${toInstall}`);
    }
  }
  if (spawnSync('unshare', ['--mount', '--propagation', 'private', '--pid', '--fork', 'true']).status !== 0)
    throw new CannotCompare(
      'A mount namespace is needed, so that Postfix sees names of its own; in a container, allow CAP_SYS_ADMIN.',
    );
}

/** `Postfix 3.7.11 and Dovecot 2.3.19.1`: what is installed. */
export function installedVersions(): { readonly postfix: string; readonly dovecot: string } {
  const said = (tool: string, ...args: string[]): string =>
    spawnSync(tool, args, { encoding: 'utf8' }).stdout.trim();
  return {
    postfix: said('postconf', '-d', '-h', 'mail_version'),
    dovecot: said('dovecot', '--version').split(' ')[0] ?? '',
  };
}

/** Ports that nothing listens on, from below those that the system gives to connections. */
let nextPort = 20_000 + (process.pid % 100) * 100;

async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (; found.length < count && nextPort < 32_768; nextPort++) {
    const server = createServer();
    const isFree = await new Promise<boolean>((done) => {
      server.once('error', () => done(false));
      server.listen(nextPort, '127.0.0.1', () => done(true));
    });
    await new Promise((done) => server.close(done));
    if (isFree) found.push(nextPort);
  }
  if (found.length < count) throw new CannotCompare('There are not enough free ports on 127.0.0.1.');
  return found;
}

function idOf(user: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

async function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}

function ownCertificate(now: number): { readonly chain: string; readonly key: string } {
  const key = generateKey('rsa2048', 'against-real');
  const subject = { commonName: 'mx.hafen.example' };
  const der = issueCertificate(
    {
      subject,
      names: ['mx.hafen.example'],
      key: publicKeyOf(key),
      notBefore: now - 86_400_000,
      notAfter: now + 86_400_000,
      serial: 1n,
    },
    { subject, key },
  );
  return { chain: certificatesPem(der), key: privateKeyPem(key) };
}

/** The running servers. */
export interface RealServers {
  readonly folder: string;
  /** The port of the smtpd with this profile. */
  smtp(profile: PostfixProfile): number;
  dovecot(profile: DovecotProfile): DovecotPorts;
  /** Where the users' Maildirs are, and whose they are. */
  readonly mail: string;
  readonly mailOwner: { readonly uid: number; readonly gid: number };
  /** Where Postfix puts what is for mx.blue.example. */
  readonly postfixMail: string;
  /** What the programs have logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts Dovecot and a Postfix with these profiles. What was started is ended if one of them does not come up. */
export async function startServers(profiles: readonly PostfixProfile[]): Promise<RealServers> {
  const names = await serveNames().catch((problem: Error) => {
    throw new CannotCompare(`The names cannot be served: ${problem.message}.`);
  });
  const folder = mkdtempSync(join(tmpdir(), 'ehlo-real-'));
  chmodSync(folder, 0o755);
  const children: ChildProcess[] = [];
  let postfix: ChildProcess | undefined;
  let log = '';
  const start = (name: string, command: string, args: readonly string[]): ChildProcess => {
    // A process group of its own, so that all its children can be ended with it.
    const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (log += bytes.toString().replace(/^(?=.)/gm, `${name}: `)));
    child.on('error', (problem) => (log += `${name}: ${problem.message}\n`));
    children.push(child);
    return child;
  };
  const everything = (): string => {
    const path = join(folder, 'postfix', 'log');
    return log + (existsSync(path) ? readFileSync(path, 'utf8') : '');
  };
  const group = (child: ChildProcess, signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It is gone already.
    }
  };
  const stop = async (): Promise<void> => {
    // Its namespace ends with it; `unshare` itself does not listen to SIGTERM.
    for (const child of children) group(child, child === postfix ? 'SIGKILL' : 'SIGTERM');
    const running = children.filter((child) => child.exitCode === null && child.signalCode === null);
    const gone = Promise.all(running.map((child) => new Promise((done) => child.once('exit', done))));
    await Promise.race([gone, new Promise((done) => setTimeout(done, 3000))]);
    for (const child of children) group(child, 'SIGKILL');
    names.socket.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const { chain, key } = ownCertificate(Date.now());
    const certificate = join(folder, 'cert.pem');
    const keyFile = join(folder, 'key.pem');
    writeFileSync(certificate, chain);
    writeFileSync(keyFile, key, { mode: 0o600 });
    const mail = join(folder, 'mail');
    const passwords = join(folder, 'users');
    writeFileSync(passwords, passwordFile(mail));
    const mailOwner = idOf('mail');
    const dovecots = new Map<DovecotProfile, DovecotPorts>();
    for (const profile of DOVECOT_PROFILES) {
      const [imap = 0, imaps = 0, pop3 = 0, pop3s = 0, lmtp = 0, auth = 0, quotaStatus = 0] =
        await freePorts(7);
      const ports = { imap, imaps, pop3, pop3s, lmtp, auth, quotaStatus };
      dovecots.set(profile, ports);
      const path = writeDovecot({
        folder: join(folder, `dovecot-${profile}`),
        profile,
        ports,
        certificate,
        key: keyFile,
        passwords,
        mail,
        owner: mailOwner,
      });
      start(`dovecot-${profile}`, DOVECOT, ['-F', '-c', path]);
    }
    const portOf = (profile: DovecotProfile): DovecotPorts => {
      const ports = dovecots.get(profile);
      if (ports === undefined) throw new Error(`no Dovecot ${profile}`);
      return ports;
    };
    const distinct = [...new Set(profiles.map((profile) => JSON.stringify(profile)))];
    const ports = await freePorts(distinct.length);
    const servers = distinct.map((text, i) => ({
      port: ports[i] ?? 0,
      profile: JSON.parse(text) as PostfixProfile,
    }));
    const postfixMail = join(folder, 'postfix-mail');
    const config = writePostfix({
      folder: join(folder, 'postfix'),
      owner: idOf('postfix'),
      certificate,
      key: keyFile,
      saslPort: portOf('sasl').auth,
      quotaStatusPort: portOf('default').quotaStatus,
      mail: postfixMail,
      servers,
    });
    const etc = join(folder, 'etc');
    mkdirSync(etc);
    writeFileSync(join(etc, 'resolv.conf'), `nameserver ${names.address}\noptions timeout:2 attempts:2\n`);
    writeFileSync(join(etc, 'hosts'), '127.0.0.1 localhost\n');
    writeFileSync(join(etc, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
    const mounts = ['resolv.conf', 'hosts', 'nsswitch.conf']
      .map((name) => `mount --bind '${join(etc, name)}' "$(readlink -f /etc/${name})"`)
      .join(' && ');
    postfix = start('postfix', 'unshare', [
      '--mount',
      '--propagation',
      'private',
      // As the first process of a namespace, master cannot leave children behind.
      '--pid',
      '--fork',
      '--kill-child',
      'sh',
      '-c',
      `${mounts} && exec postfix -c '${config}' start-fg`,
    ]);
    const wanted = [...[...dovecots.values()].flatMap((all) => [all.imap, all.lmtp, all.auth]), ...ports];
    const until = Date.now() + 15_000;
    for (const port of wanted)
      while (!(await answers(port))) {
        if (Date.now() > until || children.some((child) => child.exitCode !== null))
          throw new Error(`the servers did not start:\n${everything()}`);
        await new Promise((done) => setTimeout(done, 100));
      }
    return {
      folder,
      smtp(profile) {
        const found = servers.find((server) => JSON.stringify(server.profile) === JSON.stringify(profile));
        if (found === undefined) throw new Error(`no smtpd with ${JSON.stringify(profile)}`);
        return found.port;
      },
      dovecot: portOf,
      mail,
      mailOwner,
      postfixMail,
      log: everything,
      stop,
    };
  } catch (problem) {
    await stop();
    throw problem;
  }
}
