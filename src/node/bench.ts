// `npm run bench`: how fast the whole path and its parts are, beside a peer that does the same work in the same run, and
// how much a browser loads before the terminal works. Figures are printed, never asserted: they depend on the machine.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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
import { setCryptoProvider } from '../crypto/provider.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import { callFromOutside, runUntilQuiet } from '../host/kernel.ts';
import type { WorldDescription } from '../world/description.ts';
import { openWorld } from '../world/world.ts';
import '../host/shell/tools.ts';
import { useNodeCrypto } from './crypto.ts';

const SECONDS = 2;
const HEADERS =
  'From: Alice <alice@wolke.example>\r\nTo: bob@hafen.example\r\nSubject: Bench\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\n' +
  'Message-ID: <1@wolke.example>\r\n';
const BODY = 'The quick brown fox jumps over the lazy dog.\r\n'.repeat(10);
const IP = '192.0.2.10';
const HELO = 'mail.wolke.example';
const SENDER = 'alice@wolke.example';

const project = fileURLToPath(new URL('../..', import.meta.url));
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

/** A world in which a sender hands over many messages through Wolke's own server. */
function wholePath(messages: number): { perSecond: number; events: number } {
  const first = shared['first'];
  if (first === undefined) throw new Error('there is no world first');
  const description: WorldDescription = {
    ...first,
    hosts: first.hosts.map((host) =>
      host.name === 'laptop.home.example'
        ? {
            ...host,
            programs: {
              load: {
                kind: 'sender' as const,
                config: {
                  helo: 'laptop.home.example',
                  via: { host: HELO, address: IP, port: 25 },
                  messages: [
                    {
                      name: 'load',
                      reversePath: SENDER,
                      recipient: 'bob@hafen.example',
                      headers: [
                        'From: Alice <alice@wolke.example>',
                        'To: bob@hafen.example',
                        'Subject: Load',
                      ],
                      body: 'The quick brown fox jumps over the lazy dog.\n'.repeat(10),
                    },
                  ],
                },
              },
            },
          }
        : host,
    ),
  };
  const world = openWorld(description, 'bench');
  const { machine } = world;
  const send = (): void => {
    callFromOutside(machine, 'laptop.home.example', 'load', { type: 'send', message: 'load' }, undefined);
    runUntilQuiet(machine, machine.state.net.now + 600_000);
  };
  for (let i = 0; i < 20; i++) send();
  const before = machine.trace.length;
  const start = performance.now();
  for (let i = 0; i < messages; i++) send();
  const seconds = (performance.now() - start) / 1000;
  // The impostor of this world writes to somebody else.
  const arrived = machine.trace.filter(
    (event) => event.type === 'mailbox.delivered' && event.user === 'bob',
  ).length;
  if (arrived !== messages + 20) throw new Error(`${arrived} of ${messages + 20} messages arrived`);
  return { perSecond: messages / seconds, events: (machine.trace.length - before) / messages };
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
  const fast = wholePath(400);
  row('with node:crypto', perSecond(fast.perSecond), `${fast.events.toFixed(0)} trace events a message`);
  setCryptoProvider();
  const own = wholePath(60);
  row('with our own arithmetic, as in the browser', perSecond(own.perSecond));

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
  const compare = (what: string, ours: number, theirs: number): void =>
    row(what, `${(ours / theirs).toFixed(2)} x`, `${perSecond(ours)} against ${perSecond(theirs)}`);
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
  setCryptoProvider();

  console.log('\nWhat a browser loads (script, gzip -9)');
  const assets = `${project}/dist/assets`;
  if (!existsSync(assets)) {
    console.log('dist/ is not there: run npm run build first');
    return;
  }
  for (const name of readdirSync(assets)
    .filter((file) => file.endsWith('.js'))
    .sort()) {
    const size = gzipSync(readFileSync(`${assets}/${name}`), { level: 9 }).length;
    if (size > 2000) row(name, `${(size / 1000).toFixed(1)} kB`);
  }
}

await main();
