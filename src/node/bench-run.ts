// The measurements of `npm run bench`: how fast the whole path and its parts are, beside a peer that does the same work in
// the same run, and how much a browser loads before the terminal works. Figures are printed, never asserted: they depend
// on the machine.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { authenticate, dkimVerify, spf as mailauthSpf } from 'mailauth';
import { finishPolicy } from '../auth/policy-run.ts';
import { checkMessage } from '../auth/message-check.ts';
import { verifyDkim } from '../auth/dkim.ts';
import { checkSpf } from '../auth/spf.ts';
import { signDkim } from '../auth/dkim-sign.ts';
import { sha256 } from '../crypto/hash.ts';
import { latin1 } from '../base/bytes.ts';
import { isKeyError, publicKeyOf, readPrivateKeyPem, writePublicKey } from '../crypto/keys.ts';
import { toBase64 } from '../base/bytes.ts';
import { setCryptoProvider, type CryptoProvider } from '../crypto/provider.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import { callFromOutside, runUntilQuiet } from '../host/kernel.ts';
import { definitionOf, type ProgramKind } from '../host/programs.ts';
import type { WorldDescription } from '../world/description.ts';
import { openWorld } from '../world/world.ts';
import '../host/access-services.ts';
import '../host/mda/sieve-engine.ts';
import '../host/shell/tools.ts';
import { bridgeRate, peerRate, type BenchMail, type Rate } from './bench-bridge.ts';
import { nodeCrypto, useNodeCrypto } from './crypto.ts';

const SECONDS = 2;
const HEADERS =
  'From: Alice <alice@wolke.example>\r\nTo: bob@hafen.example\r\nSubject: Bench\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\n' +
  'Message-ID: <1@wolke.example>\r\n';
const BODY = 'The quick brown fox jumps over the lazy dog.\r\n'.repeat(10);
const IP = '192.0.2.10';
const HELO = 'mail.wolke.example';
const SENDER = 'alice@wolke.example';

/** npm starts scripts in the project's folder. */
const project = process.cwd();
const shared = readSharedWorlds(`${project}/lessons`) as unknown as Readonly<
  Record<string, WorldDescription>
>;

function row(what: string, value: string, note = ''): void {
  console.log(`${what.padEnd(58)}${value.padStart(14)}  ${note}`);
}

const perSecond = (n: number): string => `${Math.round(n).toLocaleString('en')}/s`;

/** How often per second, measured over two seconds after a short warm-up. */
function rate(work: () => void): number {
  for (let i = 0; i < 20; i++) work();
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < SECONDS * 1000) {
    work();
    count++;
  }
  return (count * 1000) / (performance.now() - start);
}

async function rateOf(work: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 20; i++) await work();
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < SECONDS * 1000) {
    await work();
    count++;
  }
  return (count * 1000) / (performance.now() - start);
}

/** The first world with a sender on the laptop that hands messages to Wolke's own server. */
function loadWorld(): WorldDescription {
  const first = shared['first'];
  if (first === undefined) throw new Error('there is no world first');
  const message = {
    name: 'load',
    reversePath: SENDER,
    recipient: 'bob@hafen.example',
    headers: ['From: Alice <alice@wolke.example>', 'To: bob@hafen.example', 'Subject: Load'],
    body: 'The quick brown fox jumps over the lazy dog.\n'.repeat(10),
  };
  const load = {
    kind: 'sender' as const,
    config: { helo: 'laptop.home.example', via: { host: HELO, address: IP, port: 25 }, messages: [message] },
  };
  const hosts = first.hosts
    // The impostor of this world would write to somebody else meanwhile.
    .filter((host) => host.role !== 'impostor')
    .map((host) => (host.name === 'laptop.home.example' ? { ...host, programs: { load } } : host));
  const links = first.links.filter((link) =>
    link.between.every((name) => hosts.some((h) => h.name === name)),
  );
  return { ...first, hosts, links };
}

/** The first world without distances: on loopback there are none either. */
function flatWorld(): WorldDescription {
  const world = loadWorld();
  return { ...world, links: world.links.map((link) => ({ ...link, latencyMs: 0 })) };
}

interface Path extends Rate {
  readonly events: number;
}

/** Sends messages one after the other through the whole path. */
function wholePath(messages: number): Path {
  const world = openWorld(loadWorld(), 'bench');
  const { machine } = world;
  let arrived = 0;
  let events = 0;
  const send = (): void => {
    callFromOutside(machine, 'laptop.home.example', 'load', { type: 'send', message: 'load' }, undefined);
    runUntilQuiet(machine, machine.state.net.now + 600_000);
    for (const event of machine.trace) if (event.type === 'mailbox.delivered') arrived++;
    events += machine.trace.length;
    machine.trace.length = 0;
    machine.kept.clear();
  };
  // As many again before, until all of it is compiled.
  for (let i = 0; i < messages; i++) send();
  arrived = events = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < messages; i++) send();
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  if (arrived !== messages) throw new Error(`${arrived} of ${messages} messages arrived`);
  return {
    perSecond: messages / seconds,
    perCpuSecond: (messages * 1e6) / (used.user + used.system),
    events: events / messages,
  };
}

/** Where the time of the whole path goes: milliseconds a message by part. Looking at the clock costs time too. */
function pathParts(messages: number): [string, number][] {
  const times = new Map<string, number>();
  const timed = <A extends unknown[], R>(part: string, work: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      const at = performance.now();
      try {
        return work(...args);
      } finally {
        times.set(part, (times.get(part) ?? 0) + performance.now() - at);
      }
    };
  };
  const names = Object.keys(nodeCrypto) as (keyof CryptoProvider)[];
  setCryptoProvider(
    Object.fromEntries(
      names.flatMap((name) => {
        const work = nodeCrypto[name] as ((...args: unknown[]) => unknown) | undefined;
        return work === undefined ? [] : [[name, timed('cryptography', work)]];
      }),
    ),
  );
  const kinds: readonly ProgramKind[] = ['sender', 'mta', 'mda', 'libresolv', 'resolver', 'nameServer'];
  const restore = kinds.map((kind) => {
    const definition = definitionOf(kind);
    const { handle } = definition;
    definition.handle = timed(kind, handle);
    return (): void => void (definition.handle = handle);
  });
  wholePath(messages);
  for (const undo of restore) undo();
  useNodeCrypto();
  return [...times]
    .map(([part, ms]): [string, number] => [part, ms / messages / 2])
    .sort((x, y) => y[1] - x[1]);
}

/** A script with everything that it imports statically, and the page's styles, gzipped. */
function closure(assets: string, entries: readonly string[], seen: Set<string>): number {
  let size = 0;
  const open = [...entries];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name) || !existsSync(`${assets}/${name}`)) continue;
    seen.add(name);
    const text = readFileSync(`${assets}/${name}`);
    size += gzipSync(text, { level: 9 }).length;
    for (const [, other] of text.toString('latin1').matchAll(/(?:from|import) ?["']\.\/([\w.-]+\.js)["']/g))
      if (other !== undefined) open.push(other);
  }
  return size;
}

function sizes(): void {
  console.log('\nWhat a browser loads before the terminal works (gzip -9)');
  const page = `${project}/dist/index.html`;
  const assets = `${project}/dist/assets`;
  if (!existsSync(page)) {
    console.log('dist/ is not there: run npm run build first');
    return;
  }
  const html = readFileSync(page);
  const files = [...html.toString('utf8').matchAll(/(?:src|href)="\.\/assets\/([^"]+)"/g)].map(
    (m) => m[1] ?? '',
  );
  const all = readdirSync(assets);
  const find = (pattern: RegExp): string[] => all.filter((name) => pattern.test(name));
  const seen = new Set<string>();
  const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
  const start = gzipSync(html, { level: 9 }).length + closure(assets, files, seen);
  row('index.html, its scripts and styles', kB(start));
  const terminal = closure(assets, find(/^(Terminal|Workbench|Sandbox)-.*\.(js|css)$/), seen);
  row('the terminal, as far as not loaded yet', kB(terminal));
  const worker = closure(assets, find(/^worker-.*\.js$/), new Set());
  row('the engine in its worker', kB(worker));
  row('together', kB(start + terminal + worker));
}

async function main(): Promise<void> {
  const pem = shared['first']?.keys?.['wolke-s1'] ?? '';
  const key = readPrivateKeyPem(pem);
  if (isKeyError(key)) throw new Error('the key of the first world cannot be read');
  const keyText = `v=DKIM1; k=rsa; p=${toBase64(writePublicKey(publicKeyOf(key)))}`;
  const texts: Readonly<Record<string, string>> = {
    'wolke.example': 'v=spf1 ip4:192.0.2.0/28 include:_spf.wolke.example -all',
    '_spf.wolke.example': 'v=spf1 ip4:203.0.113.0/24 ~all',
    's1._domainkey.wolke.example': keyText,
    '_dmarc.wolke.example': 'v=DMARC1; p=quarantine',
  };
  const answer = ({ name, type }: DnsQuestion): DnsAnswer => {
    const text = texts[name.replace(/\.$/, '').toLowerCase()];
    if (type !== 'TXT' || text === undefined) return { status: 'NXDOMAIN', records: [] };
    const strings = text.match(/.{1,255}/g) ?? [];
    return { status: 'NOERROR', records: [{ name, ttl: 300, data: { type: 'TXT', strings } }] };
  };
  const resolver = (name: string, type: string): Promise<string[][]> => {
    const text = texts[name.toLowerCase()];
    if (type === 'TXT' && text !== undefined) return Promise.resolve([[text]]);
    return Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
  };
  const plain = HEADERS + '\r\n' + BODY;
  const { field } = signDkim(plain, {
    domain: 'wolke.example',
    selector: 's1',
    key,
    timestamp: 1_795_420_800,
  });
  const signed = `${field}\r\n${plain}`;
  const bytes = Buffer.from(signed, 'latin1');
  const nowSeconds = 1_795_420_900;
  const envelope = { ip: IP, helo: HELO, sender: SENDER, receiver: 'mx.hafen.example', nowSeconds };

  console.log('\nThe whole path: submit, sign, route, relay, verify, deliver (simulated wires, one process)');
  useNodeCrypto();
  const path = wholePath(1500);
  row(
    `with node:crypto, ${path.events.toFixed(0)} trace events a message`,
    perSecond(path.perSecond),
    `${perSecond(path.perCpuSecond)} of processor time`,
  );
  for (const [part, ms] of pathParts(500)) row(`  ${part}`, `${ms.toFixed(2)} ms`, 'a message');
  setCryptoProvider();
  const own = wholePath(40);
  row('with our own arithmetic, as in the browser', perSecond(own.perSecond));
  useNodeCrypto();

  const compare = (what: string, ours: number, theirs: number): void =>
    row(what, `${(ours / theirs).toFixed(2)} x`, `${perSecond(ours)} against ${perSecond(theirs)}`);
  const pair = (ours: Rate, theirs: Rate): void => {
    compare('Messages by the clock', ours.perSecond, theirs.perSecond);
    compare('Messages by processor time', ours.perCpuSecond, theirs.perCpuSecond);
  };
  const mail: BenchMail = {
    envelope: { from: SENDER, to: 'bob@hafen.example' },
    headers: HEADERS,
    body: BODY,
  };
  console.log(
    '\nBeside nodemailer (which signs), smtp-server and mailauth on loopback, the same message, key and records, node:crypto on' +
      '\nboth sides. They make one hop and read records from a table; the world makes three, by way of DNS, queue and logs.',
  );
  pair(
    path,
    await peerRate(resolver, { ...mail, sign: { domain: 'wolke.example', selector: 's1', pem } }, 1500),
  );

  setCryptoProvider();
  console.log('\nCryptography alone');
  const sample = latin1(signed);
  row(
    'RSA-2048 signature over a message, own',
    perSecond(rate(() => void signDkim(plain, { domain: 'wolke.example', selector: 's1', key }))),
  );
  row('SHA-256 of a message, own', perSecond(rate(() => void sha256(sample))));
  useNodeCrypto();
  row(
    'RSA-2048 signature over a message, node:crypto',
    perSecond(rate(() => void signDkim(plain, { domain: 'wolke.example', selector: 's1', key }))),
  );

  console.log('\nBeside mailauth, the same message and records, no network, node:crypto on both sides');
  compare(
    'SPF check',
    rate(() => void finishPolicy(checkSpf(envelope), answer)),
    await rateOf(() =>
      mailauthSpf({ ip: IP, helo: HELO, sender: SENDER, mta: 'mx.hafen.example', resolver }),
    ),
  );
  compare(
    'DKIM verification',
    rate(() => void finishPolicy(verifyDkim(signed, { nowSeconds }), answer)),
    await rateOf(() => dkimVerify(bytes, { resolver })),
  );
  compare(
    'SPF + DKIM + DMARC',
    rate(() => void finishPolicy(checkMessage(signed, envelope, { nowSeconds }), answer)),
    await rateOf(() =>
      authenticate(bytes, {
        ip: IP,
        helo: HELO,
        sender: SENDER,
        mta: 'mx.hafen.example',
        resolver,
        disableArc: true,
        disableBimi: true,
      }),
    ),
  );

  console.log(
    '\nThe bridge: nodemailer hands over signed messages on real sockets, SMTP in, verified, delivered; beside smtp-server' +
      '\nwith mailauth behind it. Processor time has the client in it, which is the same for both.',
  );
  const signedMail: BenchMail = { ...mail, headers: `${field}\r\n${HEADERS}` };
  const theirs = await peerRate(resolver, signedMail, 1000);
  pair(await bridgeRate(flatWorld(), signedMail, 1000), theirs);
  setCryptoProvider();

  sizes();
}

await main();
