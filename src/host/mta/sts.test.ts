// MTA-STS in a small internet: record, policy over HTTPS, and what a sender makes of them when somebody takes STARTTLS, the
// record or the certificate away. RFC 8461.

import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../base/dates.ts';
import type { Machine } from '../kernel.ts';
import { callFromOutside } from '../kernel.ts';
import { eventsOf, MIDDLE, pass, settle, type TestHost } from '../testing/machine.ts';
import type { WebFile } from '../web-server.ts';
import type { MtaConfig } from './config.ts';
import { issue, ROOTS } from '../testing/certificates.ts';
import { inject, mailbox, mailWorld, MX, neighbour, results } from './testing.ts';

const HOST = 'mx.remote.example';
const WEB = '192.0.2.80';
const ZONE = `remote.example. IN MX 10 ${HOST}.
${HOST}. IN A 192.0.2.60
mta-sts.remote.example. IN A ${WEB}
`;
const RECORD = '_mta-sts.remote.example. IN TXT "v=STSv1; id=20261123T080000;"\n';
const policy = (mode: string, mx = HOST, age = 604_800): string =>
  `version: STSv1\nmode: ${mode}\nmx: ${mx}\nmax_age: ${age}\n`;

interface Case {
  readonly file?: WebFile;
  readonly webNames?: readonly string[];
  readonly webFlaw?: 'selfSigned' | 'expired';
  readonly server?: Partial<MtaConfig>;
  readonly level?: MtaConfig['smtpTlsSecurityLevel'];
  readonly zone?: string;
  readonly strip?: boolean;
  readonly withoutWeb?: true;
}

function world(one: Case = {}): Machine {
  const { file = { text: policy('enforce') }, webNames = ['mta-sts.remote.example'] } = one;
  const web: TestHost = {
    name: 'web.remote.example',
    addresses: [WEB],
    programs:
      one.withoutWeb === true
        ? []
        : [
            [
              'web',
              'webServer',
              {
                tls: issue(webNames, one.webFlaw).identity,
                sites: { 'mta-sts.remote.example': { '/.well-known/mta-sts.txt': file } },
              },
            ],
          ],
  };
  const machine = mailWorld({
    hafen: { smtpTlsSecurityLevel: one.level ?? 'may', mtaSts: { isOn: true } },
    hosts: [neighbour('remote.example', '192.0.2.60', one.server ?? { tls: issue([HOST]).identity }), web],
    zone: ZONE + (one.zone ?? RECORD),
    roots: ROOTS,
  });
  if (one.strip === true) strip(machine);
  return machine;
}

function strip(machine: Machine): void {
  const middle = machine.state.net.hosts.get(MIDDLE);
  if (middle !== undefined) middle.meddling = { stripStarttls: true };
}

function send(machine: Machine): Machine {
  inject(machine, 'anna@hafen.example', ['ok@remote.example']);
  return machine;
}

const sts = (machine: Machine): string[] =>
  eventsOf(machine, 'smtp.sts').map((e) => [e.result, e.problem ?? e.mode].join(' '));
const outcomes = (machine: Machine): string[] => eventsOf(machine, 'smtp.tls').map((e) => e.outcome);
const arrived = (machine: Machine): number => mailbox(machine, 'ok', HOST).length;

describe('an enforced policy', () => {
  it('is fetched over HTTPS and makes the certificate count [S2-072]', () => {
    const machine = send(world());
    expect(sts(machine)).toEqual(['fetched enforce']);
    expect(outcomes(machine)).toEqual(['verified']);
    expect(arrived(machine)).toBe(1);
    expect(eventsOf(machine, 'smtp.tlsPolicy')).toMatchObject([
      { level: 'secure', by: 'sts', names: [HOST], configured: 'may' },
    ]);
    // The policy travels under TLS, like any page.
    const toWeb = eventsOf(machine, 'net.data').filter((e) => e.toHost === 'web.remote.example');
    expect(toWeb.map((e) => e.bytes).join('')).not.toContain('GET ');
  });

  it('keeps the mail when somebody strips STARTTLS [S1-105] [S2-072]', () => {
    const machine = send(world({ strip: true }));
    expect(arrived(machine)).toBe(0);
    expect(outcomes(machine)).toEqual(['notOffered']);
    expect(results(machine)).toEqual([
      `ok@remote.example: deferred 4.7.4 TLS is required, but was not offered by host ${HOST}[192.0.2.60]`,
    ]);
  });

  it.each([
    ['nobody knows who signed', issue([HOST], 'selfSigned'), 'Server certificate not trusted'],
    ['is out of date', issue([HOST], 'expired'), 'Server certificate not trusted'],
    ['is for another host', issue(['mx.evil.example']), 'Server certificate not verified'],
  ])('refuses a certificate that %s [S2-072]', (_, { identity }, text) => {
    const machine = send(world({ server: { tls: identity } }));
    expect(results(machine)).toEqual([`ok@remote.example: deferred 4.7.5 ${text}`]);
  });

  it('names the hosts: another MX is not one of them [S2-072]', () => {
    const machine = send(world({ file: { text: policy('enforce', 'mx2.remote.example') } }));
    expect(results(machine)).toEqual(['ok@remote.example: deferred 4.7.5 Server certificate not verified']);
    expect(arrived(send(world({ file: { text: policy('enforce', '*.remote.example') } })))).toBe(1);
  });

  it('is remembered, and holds when the record is gone [S2-072]', () => {
    const machine = world();
    send(machine);
    callFromOutside(
      machine,
      'a.root.test',
      'named',
      { type: 'reload', zone: '.', text: bareZone(machine) },
      undefined,
    );
    settle(machine);
    pass(machine, 10 * MINUTE);
    strip(machine);
    send(machine);
    expect(sts(machine)).toEqual(['fetched enforce', 'kept enforce']);
    expect(arrived(machine)).toBe(1);
    expect(outcomes(machine)).toEqual(['verified', 'notOffered']);
  });

  it('is not fetched again while its id stays, and is when it changes [S2-072]', () => {
    const machine = world();
    send(machine);
    send(machine);
    expect(sts(machine)).toEqual(['fetched enforce', 'remembered enforce']);
    const zone = bareZone(machine) + RECORD.replace('080000', '090000');
    callFromOutside(machine, 'a.root.test', 'named', { type: 'reload', zone: '.', text: zone }, undefined);
    pass(machine, 10 * MINUTE);
    send(machine);
    expect(sts(machine).at(-1)).toBe('fetched enforce');
  });

  it('is forgotten after max_age [S2-072]', () => {
    const machine = world({ file: { text: policy('enforce', HOST, 600) } });
    send(machine);
    pass(machine, 11 * MINUTE);
    send(machine);
    expect(sts(machine)).toEqual(['fetched enforce', 'fetched enforce']);
  });
});

/** The zone as it is, without the record. */
function bareZone(machine: Machine): string {
  const program = machine.state.hosts.get('a.root.test')?.programs.get('named');
  const { zones } = program?.config as { zones: readonly { text: string }[] };
  return (zones[0]?.text ?? '').replace(RECORD, '').replace('root.test. 1 7200', 'root.test. 2 7200');
}

describe('a policy that is only tested', () => {
  it('changes nothing: in clear, if it must be [S2-072]', () => {
    const machine = send(world({ file: { text: policy('testing') }, strip: true }));
    expect(sts(machine)).toEqual(['fetched testing']);
    expect(outcomes(machine)).toEqual(['clear']);
    expect(arrived(machine)).toBe(1);
  });
});

describe('a policy that cannot be had', () => {
  it.each<[string, Case, string]>([
    ['is on a host with a certificate for another name', { webNames: ['www.remote.example'] }, 'certificate'],
    ['is behind a certificate that nobody knows', { webFlaw: 'selfSigned' }, 'certificate'],
    ['is elsewhere', { file: { text: '', location: 'https://x.example/' } }, 'status301'],
    ['is no plain text', { file: { text: policy('enforce'), type: 'text/html' } }, 'type'],
    ['has no mode', { file: { text: 'version: STSv1\nmax_age: 60\n' } }, 'policy.mode'],
    ['is on a host that does not listen', { withoutWeb: true }, 'unreachable'],
  ])('because it %s does not hold [S2-072]', (_, one, problem) => {
    const machine = send(world({ ...one, strip: true }));
    expect(sts(machine)).toEqual([`failed ${problem}`]);
    expect(outcomes(machine)).toEqual(['clear']);
    expect(arrived(machine)).toBe(1);
  });

  it('is not asked for without a record [S2-072]', () => {
    const machine = send(world({ zone: '' }));
    expect(sts(machine)).toEqual([]);
    expect(outcomes(machine)).toEqual(['trusted']);
  });
});

it('DANE goes first where it can be had [S2-073]', () => {
  const own = issue([HOST], 'selfSigned');
  const machine = mailWorld({
    hafen: { smtpTlsSecurityLevel: 'dane', mtaSts: { isOn: true } },
    hosts: [neighbour('remote.example', '192.0.2.60', { tls: own.identity })],
    zone: `${ZONE}${RECORD}_25._tcp.${HOST}. IN TLSA ${own.tlsa}\n`,
    roots: ROOTS,
    dnssec: { 'remote.example.': 'secure' },
  });
  send(machine);
  expect(eventsOf(machine, 'smtp.tlsPolicy').map((e) => e.by)).toEqual(['dane']);
  expect(outcomes(machine)).toEqual(['verified']);
  expect(eventsOf(machine, 'queue.result').filter((e) => e.host === MX)).toMatchObject([
    { result: { status: 'sent' } },
  ]);
});
