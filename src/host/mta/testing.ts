// A small internet for tests of the MTA: one zone with all names, a resolver, hosts as given, and a client whose every byte
// the test says. Tests only.

import { toBase64 } from '../../base/bytes.ts';
import '../../crypto/curves.ts';
import { generateKey, privateKeyPem, publicKeyOf } from '../../crypto/keys.ts';
import type { DnsQuestion } from '../../dns/lookup.ts';
import type { SecurityTable } from '../../dns/resolver-security.ts';
import type { TraceEvent } from '../events.ts';
import type { GatewayState, OutsideCall } from '../gateway.ts';
import { callFromOutside, type Machine } from '../kernel.ts';
import type { MdaConfig } from '../mda/config.ts';
import { eventsOf, settle, testMachine, type TestHost, type TestProgram } from '../testing/machine.ts';
import type { MtaConfig, SigningKey } from './config.ts';
import type { MtaState } from './state.ts';

const RESOLVER = '198.18.0.53';
const ROOT = '198.18.0.1';

/** Where the tests' clients sit. */
export const CLIENT = 'mail.absender.example';
export const CLIENT_ADDRESS = '192.0.2.41';
export const MX = 'mx.hafen.example';
export const MX_ADDRESS = '198.51.100.25';

/** Hafen's server: Bob and Anna, Voll whose box is nearly full, and Geist, whom the agent behind does not know. */
export const HAFEN: MtaConfig = {
  myhostname: MX,
  mynetworks: [CLIENT_ADDRESS],
  virtualMailboxDomains: ['hafen.example'],
  virtualMailboxMaps: ['bob', 'anna', 'postmaster', 'voll', 'geist'].map((user) => `${user}@hafen.example`),
  virtualTransport: { host: '127.0.0.1', port: 24 },
  relayRefusal: 'reject',
};

const HAFEN_MDA: MdaConfig = {
  hostname: MX,
  port: 24,
  trustedAuthservId: MX,
  users: [
    { user: 'bob', addresses: ['bob@hafen.example'] },
    { user: 'anna', addresses: ['anna@hafen.example', 'postmaster@hafen.example'] },
    { user: 'voll', addresses: ['voll@hafen.example'], quotaBytes: 2048 },
  ],
};

const ZONE = `$TTL 300
. IN SOA a.root.test. hostmaster.root.test. 1 7200 3600 1209600 300
. IN NS a.root.test.
a.root.test. IN A ${ROOT}
hafen.example. IN MX 10 ${MX}.
${MX}. IN A ${MX_ADDRESS}
25.100.51.198.in-addr.arpa. IN PTR ${MX}.
${CLIENT}. IN A ${CLIENT_ADDRESS}
41.2.0.192.in-addr.arpa. IN PTR ${CLIENT}.
`;

/** Another domain's server, with one mailbox `ok`, delivered to an agent on the same host. */
export function neighbour(
  domain: string,
  address: string,
  changes: Partial<MtaConfig> = {},
  users: readonly string[] = ['ok'],
): TestHost {
  const name = `mx.${domain}`;
  return {
    name,
    addresses: [address],
    programs: [
      ['libresolv', 'libresolv', { nameservers: [RESOLVER] }],
      [
        'mta',
        'mta',
        {
          myhostname: name,
          mynetworks: [],
          virtualMailboxDomains: [domain],
          virtualMailboxMaps: users.map((user) => `${user}@${domain}`),
          virtualTransport: { host: '127.0.0.1', port: 24 },
          relayRefusal: 'reject',
          ...changes,
        },
      ],
      [
        'mda',
        'mda',
        {
          hostname: name,
          port: 24,
          trustedAuthservId: name,
          users: users.map((user) => ({ user, addresses: [`${user}@${domain}`] })),
        },
      ],
    ],
  };
}

/** A host that runs nothing: for firewalls, closed ports and scripted servers. */
export function bare(name: string, address: string): TestHost {
  return { name, addresses: [address] };
}

export interface MailWorld {
  readonly hafen?: Partial<MtaConfig>;
  readonly hosts?: readonly TestHost[];
  /** Lines of the zone, absolute names. */
  readonly zone?: string;
  readonly seed?: string;
  /** More programs on Hafen's server. */
  readonly programs?: readonly TestProgram[];
  /** Authorities that Hafen's server trusts, PEM. */
  readonly roots?: string;
  /** DNSSEC at the resolver, by zone. */
  readonly dnssec?: SecurityTable;
  /** Users of Hafen's agent who have a box under the host's own name, too. */
  readonly localBoxes?: readonly string[];
  /** No agent at all behind Hafen. */
  readonly withoutMda?: boolean;
}

function withLocalBoxes(names: readonly string[]): MdaConfig {
  const users = HAFEN_MDA.users.map((one) =>
    names.includes(one.user) ? { ...one, addresses: [...one.addresses, `${one.user}@${MX}`] } : one,
  );
  return { ...HAFEN_MDA, users };
}

export function mailWorld(world: MailWorld = {}): Machine {
  const hafen: TestProgram[] = [
    ['libresolv', 'libresolv', { nameservers: [RESOLVER] }],
    ['mta', 'mta', { ...HAFEN, ...world.hafen }],
  ];
  if (world.withoutMda !== true) hafen.push(['mda', 'mda', withLocalBoxes(world.localBoxes ?? [])]);
  hafen.push(...(world.programs ?? []));
  return testMachine(
    [
      {
        name: 'a.root.test',
        addresses: [ROOT],
        programs: [['named', 'nameServer', { zones: [{ zone: '.', text: ZONE + (world.zone ?? '') }] }]],
      },
      {
        name: 'resolver.test',
        addresses: [RESOLVER],
        programs: [
          [
            'resolver',
            'resolver',
            {
              roots: [{ name: 'a.root.test.', address: ROOT }],
              ...(world.dnssec === undefined ? {} : { settings: { dnssec: world.dnssec } }),
            },
          ],
        ],
      },
      { name: MX, addresses: [MX_ADDRESS], programs: hafen, roots: world.roots ?? '' },
      { name: CLIENT, addresses: [CLIENT_ADDRESS], programs: [['gateway', 'gateway', {}]] },
      ...(world.hosts ?? []),
    ],
    world.seed,
  );
}

/** A client at the host CLIENT: says bytes, hears bytes. */
export class Client {
  private static nextEnd = 1;
  private readonly end = Client.nextEnd++;
  heard = '';
  closed = false;

  constructor(
    readonly machine: Machine,
    address = MX_ADDRESS,
    port = 25,
    readonly host = CLIENT,
  ) {
    this.act({ type: 'outside', end: this.end, act: 'open', to: { address, port } });
  }
  /** Says bytes and answers what came back by the time the world is quiet. */
  say(bytes: string): string {
    return this.act({ type: 'outside', end: this.end, act: 'write', bytes });
  }
  /** Each line with CRLF, one after the other; answers all that came back. */
  lines(...lines: readonly string[]): string {
    return lines.map((line) => this.say(`${line}\r\n`)).join('');
  }
  reset(): void {
    this.act({ type: 'outside', end: this.end, act: 'reset' });
  }
  hangUp(): void {
    this.act({ type: 'outside', end: this.end, act: 'close' });
  }
  private act(call: OutsideCall): string {
    callFromOutside(this.machine, this.host, 'gateway', call, undefined);
    settle(this.machine);
    return this.read();
  }
  /** What has come since the last look. */
  read(): string {
    const state = this.machine.state.hosts.get(this.host)?.programs.get('gateway')?.state as GatewayState;
    let got = '';
    state.outbox = state.outbox.filter((news) => {
      if (news.end !== this.end) return true;
      if (news.kind === 'bytes') got += news.bytes;
      else this.closed = true;
      return false;
    });
    this.heard += got;
    return got;
  }
}

export const LETTER = [
  'From: Anna <anna@hafen.example>',
  'To: someone@else.example',
  'Subject: Test',
  'Date: Mon, 23 Nov 2026 10:00:00 +0100',
  'Message-ID: <t1@hafen.example>',
  '',
  'Hallo',
];

/** Hands one message to Hafen's server; answers the reply to the final dot. */
export function inject(
  machine: Machine,
  reversePath: string,
  recipients: readonly string[],
  letter: readonly string[] = LETTER,
  mailParameters = '',
): string {
  const client = new Client(machine);
  client.lines(`EHLO ${CLIENT}`, `MAIL FROM:<${reversePath}>${mailParameters}`);
  for (const recipient of recipients) client.lines(`RCPT TO:<${recipient}>`);
  client.lines('DATA');
  const answer = client.say([...letter, '.', ''].join('\r\n'));
  client.lines('QUIT');
  return answer;
}

export function queueOf(machine: Machine, host = MX): MtaState['queue'] {
  return (machine.state.hosts.get(host)?.programs.get('mta')?.state as MtaState).queue;
}

/** The messages that a user got, as stored. */
export function mailbox(machine: Machine, user: string, host = MX): string[] {
  return eventsOf(machine, 'mailbox.delivered')
    .filter((event) => event.host === host && event.user === user)
    .map((event) => machine.kept.get(event.message) ?? '');
}

export function mailLog(machine: Machine, host = MX): string[] {
  return machine.state.hosts.get(host)?.files.get('/var/log/mail.log') ?? [];
}

/** `to: status dsn text`, in order. */
export function results(machine: Machine, host = MX): string[] {
  return eventsOf(machine, 'queue.result')
    .filter((event) => event.host === host)
    .map(({ result }) => `${result.recipient}: ${result.status} ${result.dsn} ${result.text}`);
}

export function lookups(machine: Machine, host: string): DnsQuestion[] {
  return machine.trace
    .filter((event): event is Extract<TraceEvent, { type: 'dns.lookup' }> => event.type === 'dns.lookup')
    .filter((event) => event.host === host)
    .map((event) => event.question);
}

/** A signing key made from its name, and the zone line of its public half. */
export function signer(
  domain: string,
  selector: string,
): { readonly key: SigningKey; readonly line: string } {
  const made = generateKey('ed25519', `${selector} ${domain}`);
  const shared = publicKeyOf(made);
  const raw = shared.type === 'ed25519' ? toBase64(shared.raw) : '';
  return {
    key: { domain, selector, algorithm: 'ed25519-sha256', privateKey: privateKeyPem(made) },
    line: `${selector}._domainkey.${domain}. IN TXT "v=DKIM1; k=ed25519; p=${raw}"\n`,
  };
}
