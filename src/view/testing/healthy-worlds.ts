// Ten internets in which everything is right, each in its own way: what must raise no alarm. Zones as text, hosts as the lint
// sees them, and the mail that is sent there. Used by tests only.

import type { PrivateKey } from '../../crypto/keys.ts';
import { generateKey, publicKeyOf } from '../../crypto/keys.ts';
import { dkimKeyRecord } from '../../auth/dkim-key-record.ts';
import type { WorldHost } from '../../dns/lint/world.ts';

const rsa = generateKey('rsa2048', 'healthy');
const ed = generateKey('ed25519', 'healthy');

export interface Signer {
  readonly domain: string;
  readonly selector: string;
  readonly key: PrivateKey;
}

/** A message as the receiver gets it; signed by each of `signers`, then given the Received lines of its way. */
export interface HealthyMail {
  readonly ip: string;
  readonly helo: string;
  readonly sender: string;
  readonly from: string;
  readonly signers: readonly Signer[];
  readonly received?: readonly string[];
}

export interface HealthyWorld {
  readonly name: string;
  /** Text by origin with final dot. */
  readonly zones: Readonly<Record<string, string>>;
  readonly hosts: readonly WorldHost[];
  readonly mail: readonly HealthyMail[];
}

/** A quoted TXT value in strings of at most 255. */
const txt = (text: string): string => (text.match(/.{1,255}/g) ?? []).map((part) => `"${part}"`).join(' ');
const rsaKey = (selector = 's1'): string =>
  `${selector}._domainkey IN TXT ( ${txt(dkimKeyRecord(publicKeyOf(rsa)))} )`;
const edKey = (selector = 'e1'): string =>
  `${selector}._domainkey IN TXT ${txt(dkimKeyRecord(publicKeyOf(ed)))}`;
const top = (serial = 2026112301): string =>
  `$TTL 3600\n@ IN SOA ns1 hostmaster ( ${serial} 7200 1800 1209600 3600 )\n`;
const zone = (...lines: readonly string[]): string => `${top()}${lines.join('\n')}\n`;
/** A zone with one name server of its own. */
const simple = (...lines: readonly string[]): string => zone('@ IN NS ns1', 'ns1 IN A 192.0.2.53', ...lines);
const dmarc = (text: string): string => `_dmarc IN TXT ${txt(text)}`;

const host = (name: string, addresses: readonly string[], more: Partial<WorldHost> = {}): WorldHost => ({
  name,
  addresses,
  listens: [],
  finalFor: [],
  relaysFor: [],
  checks: [],
  serves: [],
  isTcp53Blocked: false,
  ...more,
});
const server = (name: string, addresses: readonly string[], finalFor: readonly string[]): WorldHost =>
  host(name, addresses, { listens: addresses, finalFor, checks: ['spf'] });
const names = (serves: readonly string[], address = '192.0.2.53', name = 'ns1.a.example'): WorldHost =>
  host(name, [address], { serves });
const reverse4 = (...lines: readonly string[]): Readonly<Record<string, string>> => ({
  '2.0.192.in-addr.arpa.': `$TTL 3600\n@ IN SOA ns1.a.example. hostmaster.a.example. ( 1 7200 1800 1209600 3600 )\n@ IN NS ns1.a.example.\n${lines.join('\n')}\n`,
});
const REVERSE = '2.0.192.in-addr.arpa.';

const a1: Signer = { domain: 'a.example', selector: 's1', key: rsa };
const fromServer = (signers: readonly Signer[], more: Partial<HealthyMail> = {}): HealthyMail => ({
  ip: '192.0.2.25',
  helo: 'mail.a.example',
  sender: 'ana@a.example',
  from: 'ana@a.example',
  signers,
  ...more,
});
const MAIL = ['@ IN MX 10 mail', 'mail IN A 192.0.2.25', 'mail IN TXT "v=spf1 a -all"'];
const PTR = '25 IN PTR mail.a.example.';
const HOSTS = (serves: readonly string[]): readonly WorldHost[] => [
  server('mail.a.example', ['192.0.2.25'], ['a.example']),
  names(serves),
];

/** What a.example has everywhere: one server that receives and sends, and its reverse name. */
const home = (...lines: readonly string[]): Pick<HealthyWorld, 'zones' | 'hosts'> => ({
  zones: { 'a.example.': simple(...MAIL, ...lines), ...reverse4(PTR) },
  hosts: HOSTS(['a.example', '2.0.192.in-addr.arpa']),
});

const REJECT = 'v=DMARC1; p=reject; rua=mailto:dmarc@a.example';

export const HEALTHY_WORLDS: readonly HealthyWorld[] = [
  {
    name: 'a single server',
    ...home('@ IN TXT "v=spf1 mx -all"', rsaKey(), dmarc(REJECT)),
    mail: [
      fromServer([a1]),
      // A bounce is judged by the greeting.
      fromServer([a1], { sender: '', from: 'mailer-daemon@a.example' }),
    ],
  },
  {
    name: 'a newsletter service with include and a key of the domain',
    zones: {
      'a.example.': simple(
        ...MAIL,
        '@ IN TXT "v=spf1 mx include:_spf.esp.test -all"',
        rsaKey(),
        rsaKey('esp1'),
        dmarc('v=DMARC1; p=quarantine; rua=mailto:dmarc@a.example'),
      ),
      ...reverse4(PTR),
      'esp.test.': zone(
        '@ IN NS ns1',
        'ns1 IN A 192.0.2.54',
        '@ IN TXT "v=spf1 include:_spf.esp.test -all"',
        '_spf IN TXT "v=spf1 ip4:198.51.100.0/25 ~all"',
        dmarc('v=DMARC1; p=reject; rua=mailto:dmarc@esp.test'),
        rsaKey('k1'),
      ),
    },
    hosts: [
      ...HOSTS(['a.example', '2.0.192.in-addr.arpa']),
      names(['esp.test'], '192.0.2.54', 'ns1.esp.test'),
    ],
    mail: [
      fromServer([a1]),
      fromServer([{ ...a1, selector: 'esp1' }], {
        ip: '198.51.100.7',
        helo: 'out7.esp.test',
        sender: 'bounce@a.example',
      }),
    ],
  },
  {
    name: 'two signers: the service and the domain',
    zones: {
      'a.example.': simple(...MAIL, '@ IN TXT "v=spf1 mx -all"', rsaKey(), dmarc(REJECT)),
      ...reverse4(PTR),
      'esp.test.': zone(
        '@ IN NS ns1',
        'ns1 IN A 192.0.2.54',
        'in IN A 198.51.100.5',
        'bounce IN MX 10 in',
        'bounce IN TXT "v=spf1 ip4:198.51.100.0/25 -all"',
        rsaKey('k1'),
        dmarc('v=DMARC1; p=reject; rua=mailto:dmarc@esp.test'),
      ),
    },
    hosts: [
      ...HOSTS(['a.example', '2.0.192.in-addr.arpa']),
      names(['esp.test'], '192.0.2.54', 'ns1.esp.test'),
    ],
    mail: [
      fromServer([a1, { domain: 'esp.test', selector: 'k1', key: rsa }], {
        ip: '198.51.100.7',
        helo: 'out7.esp.test',
        sender: 'x1@bounce.esp.test',
      }),
    ],
  },
  {
    name: 'subdomains that send for themselves',
    ...home(
      '@ IN TXT "v=spf1 mx -all"',
      'news IN TXT "v=spf1 ip4:192.0.2.25 -all"',
      'news IN MX 10 mail',
      rsaKey(),
      rsaKey('n1').replace('n1._domainkey', 'n1._domainkey.news'),
      dmarc(`${REJECT}; sp=reject; np=reject`),
    ),
    hosts: [
      server('mail.a.example', ['192.0.2.25'], ['a.example', 'news.a.example']),
      names(['a.example', '2.0.192.in-addr.arpa']),
    ],
    mail: [
      fromServer([{ domain: 'news.a.example', selector: 'n1', key: rsa }], {
        sender: 'b@news.a.example',
        from: 'letter@news.a.example',
      }),
      // The key of the organization is enough under relaxed alignment.
      fromServer([a1], { sender: 'b@news.a.example', from: 'letter@news.a.example' }),
    ],
  },
  {
    name: 'a parked domain beside the one that sends',
    zones: {
      ...home('@ IN TXT "v=spf1 mx -all"', rsaKey(), dmarc(REJECT)).zones,
      'parked.example.': simple(
        '@ IN MX 0 .',
        '@ IN TXT "v=spf1 -all"',
        dmarc('v=DMARC1; p=reject; rua=mailto:dmarc@parked.example'),
      ),
    },
    hosts: [
      server('mail.a.example', ['192.0.2.25'], ['a.example']),
      host('ns1.a.example', ['192.0.2.53'], {
        serves: ['a.example', '2.0.192.in-addr.arpa', 'parked.example'],
      }),
    ],
    mail: [fromServer([a1])],
  },
  {
    name: 'strict alignment done right',
    ...home('@ IN TXT "v=spf1 mx -all"', rsaKey(), dmarc(`${REJECT}; adkim=s; aspf=s`)),
    mail: [fromServer([a1])],
  },
  {
    name: 'Ed25519 beside RSA',
    ...home('@ IN TXT "v=spf1 a:mail.a.example -all"', rsaKey(), edKey(), dmarc(REJECT)),
    mail: [fromServer([a1, { domain: 'a.example', selector: 'e1', key: ed }])],
  },
  {
    name: 'secondary name servers and a second exchange, in both families',
    zones: {
      'a.example.': zone(
        '@ IN NS ns1',
        '@ IN NS ns2',
        'ns1 IN A 192.0.2.53',
        'ns2 IN A 192.0.2.54',
        '@ IN MX 10 mail',
        '@ IN MX 20 backup',
        'mail IN A 192.0.2.25',
        'mail IN AAAA 2001:db8::25',
        'mail IN TXT "v=spf1 a -all"',
        'backup IN A 192.0.2.26',
        'backup IN TXT "v=spf1 a -all"',
        '@ IN TXT "v=spf1 mx -all"',
        rsaKey(),
        dmarc(REJECT),
      ),
      ...reverse4(PTR, '26 IN PTR backup.a.example.'),
      '8.b.d.0.1.0.0.2.ip6.arpa.': `$TTL 3600\n@ IN SOA ns1.a.example. hostmaster.a.example. ( 1 7200 1800 1209600 3600 )\n@ IN NS ns1.a.example.\n5.2${'.0'.repeat(22)} IN PTR mail.a.example.\n`,
    },
    hosts: [
      server('mail.a.example', ['192.0.2.25', '2001:db8::25'], ['a.example']),
      host('backup.a.example', ['192.0.2.26'], {
        listens: ['192.0.2.26'],
        relaysFor: ['a.example'],
        checks: ['spf'],
      }),
      names(['a.example', '2.0.192.in-addr.arpa', '8.b.d.0.1.0.0.2.ip6.arpa']),
      names(['a.example'], '192.0.2.54', 'ns2.a.example'),
    ],
    mail: [fromServer([a1]), fromServer([a1], { ip: '2001:db8::25' })],
  },
  {
    name: 'a forwarder with SRS, and one without whose mail is signed',
    zones: {
      ...home('@ IN TXT "v=spf1 mx -all"', rsaKey(), dmarc(REJECT)).zones,
      'fwd.test.': zone(
        '@ IN NS ns1',
        'ns1 IN A 192.0.2.54',
        '@ IN TXT "v=spf1 ip4:203.0.113.9 -all"',
        'out IN A 203.0.113.9',
        'out IN TXT "v=spf1 a -all"',
        dmarc('v=DMARC1; p=none; rua=mailto:dmarc@fwd.test'),
      ),
    },
    hosts: [
      ...HOSTS(['a.example', '2.0.192.in-addr.arpa']),
      names(['fwd.test'], '192.0.2.54', 'ns1.fwd.test'),
    ],
    mail: [
      fromServer([a1], {
        ip: '203.0.113.9',
        helo: 'out.fwd.test',
        sender: 'SRS0=x1yZ=5B=a.example=ana@fwd.test',
        received: [
          'from mail.a.example (mail.a.example [192.0.2.25]) by out.fwd.test (Postfix) with ESMTP id 1',
        ],
      }),
      fromServer([a1], {
        ip: '203.0.113.9',
        helo: 'out.fwd.test',
        received: [
          'from mail.a.example (mail.a.example [192.0.2.25]) by out.fwd.test (Postfix) with ESMTP id 1',
        ],
      }),
    ],
  },
  {
    name: 'one SPF record for many domains by redirect',
    zones: {
      'a.example.': simple(...MAIL, '@ IN TXT "v=spf1 redirect=_spf.b.example"', rsaKey(), dmarc(REJECT)),
      'b.example.': simple(
        '@ IN MX 10 mail.a.example.',
        '@ IN TXT "v=spf1 redirect=_spf.b.example"',
        '_spf IN TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all"',
        rsaKey(),
        dmarc('v=DMARC1; p=reject; rua=mailto:dmarc@b.example'),
      ),
      ...reverse4(PTR),
    },
    hosts: [
      server('mail.a.example', ['192.0.2.25'], ['a.example', 'b.example']),
      names(['a.example', 'b.example', REVERSE.slice(0, -1)]),
    ],
    mail: [
      fromServer([a1]),
      fromServer([{ ...a1, domain: 'b.example' }], { sender: 'bo@b.example', from: 'bo@b.example' }),
    ],
  },
];
