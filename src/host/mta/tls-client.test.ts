// TLS of the sending end in a small internet: every level against servers with a good certificate, a doubtful one, none, broken
// TLS, and a box on the way that takes STARTTLS away. Texts are Postfix's (smtp_proto.c, smtp_tls_policy.c, tls_client.c).

import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../base/dates.ts';
import type { Machine } from '../kernel.ts';
import { eventsOf, MIDDLE, pass, ScriptedServer, type TestHost } from '../testing/machine.ts';
import type { MtaConfig } from './config.ts';
import { issue, ROOTS } from '../testing/certificates.ts';
import { bare, Client, inject, mailbox, mailLog, mailWorld, MX, neighbour, results } from './testing.ts';
import type { TlsLevel } from './tls-levels.ts';

const HOST = 'mx.remote.example';
const REMOTE = `${HOST}[192.0.2.60]`;
const ZONE = `remote.example. IN MX 10 ${HOST}.\n${HOST}. IN A 192.0.2.60\n`;
const CIPHER = 'TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)';
const DETAILS = ' key-exchange X25519 server-signature ED25519';

interface Case {
  readonly server?: Partial<MtaConfig>;
  readonly sender?: Partial<MtaConfig>;
  readonly zone?: string;
  readonly isSigned?: boolean;
  readonly strip?: boolean;
  readonly hosts?: readonly TestHost[];
}

/** Anna writes to `ok@remote.example`. */
function send(level: TlsLevel, one: Case = {}): Machine {
  const machine = mailWorld({
    hafen: { smtpTlsSecurityLevel: level, ...one.sender },
    hosts: [neighbour('remote.example', '192.0.2.60', one.server), ...(one.hosts ?? [])],
    zone: ZONE + (one.zone ?? ''),
    roots: ROOTS,
    ...(one.isSigned === true ? { dnssec: { 'remote.example.': 'secure' } } : {}),
  });
  if (one.strip === true) strip(machine);
  inject(machine, 'anna@hafen.example', ['ok@remote.example']);
  return machine;
}

function strip(machine: Machine): void {
  const middle = machine.state.net.hosts.get(MIDDLE);
  if (middle !== undefined) middle.meddling = { stripStarttls: true };
}

const outcomes = (machine: Machine): string[] => eventsOf(machine, 'smtp.tls').map((event) => event.outcome);
const arrived = (machine: Machine): number => mailbox(machine, 'ok', HOST).length;
/** What anybody on the wire could read of the conversation. */
function onTheWire(machine: Machine): string {
  return eventsOf(machine, 'net.data')
    .filter((event) => event.host === MX && event.toHost === HOST)
    .map((event) => event.bytes)
    .join('');
}
const log = (machine: Machine): string => mailLog(machine).join('\n');

const good = { tls: issue([HOST]).identity };
const selfSigned = { tls: issue([HOST], 'selfSigned').identity };
const expired = { tls: issue([HOST], 'expired').identity };
const otherName = { tls: issue(['mail.other.example']).identity };
const underDomain = { tls: issue(['remote.example']).identity };

describe('the level', () => {
  it('none speaks in clear, whatever is offered [S2-070]', () => {
    const machine = send('none', { server: good });
    expect(arrived(machine)).toBe(1);
    expect(onTheWire(machine)).toContain('Subject: Test');
    expect(log(machine)).not.toContain('TLS connection');
  });

  it.each([
    ['good', good, 'Trusted', 'trusted'],
    ['self-signed', selfSigned, 'Untrusted', 'untrusted'],
    ['expired', expired, 'Untrusted', 'untrusted'],
    // The name is not asked for at this level.
    ['for another host', otherName, 'Trusted', 'trusted'],
  ])('may encrypts, and a certificate that is %s is taken [S2-070]', (_, server, word, outcome) => {
    const machine = send('may', { server });
    expect(log(machine)).toContain(`${word} TLS connection established to ${REMOTE}:25: ${CIPHER}${DETAILS}`);
    expect(outcomes(machine)).toEqual([outcome]);
    expect(arrived(machine)).toBe(1);
    expect(onTheWire(machine)).not.toContain('Subject: Test');
    expect(mailbox(machine, 'ok', HOST)[0]).toMatch(/with ESMTPS id/);
  });

  it('may goes on in clear when TLS is not offered [S2-070]', () => {
    const machine = send('may');
    expect(outcomes(machine)).toEqual(['clear']);
    expect(arrived(machine)).toBe(1);
  });

  it('encrypt takes any certificate but no clear text [S2-070] [S2-071]', () => {
    expect(outcomes(send('encrypt', { server: selfSigned }))).toEqual(['untrusted']);
    const machine = send('encrypt');
    expect(arrived(machine)).toBe(0);
    expect(outcomes(machine)).toEqual(['notOffered']);
    expect(results(machine)).toEqual([
      `ok@remote.example: deferred 4.7.4 TLS is required, but was not offered by host ${REMOTE}`,
    ]);
  });

  it.each([
    ['verify', good, undefined],
    ['verify', otherName, 'verified'],
    ['verify', selfSigned, 'trusted'],
    ['verify', expired, 'trusted'],
    ['secure', underDomain, undefined],
    // A host below the domain is as good: smtp_tls_secure_cert_match = nexthop, dot-nexthop.
    ['secure', good, undefined],
    ['secure', otherName, 'verified'],
    ['secure', selfSigned, 'trusted'],
  ] as const)('%s asks for a certificate and its name [S2-070] [S2-071] (%#)', (level, server, flaw) => {
    const machine = send(level, { server });
    expect(arrived(machine)).toBe(flaw === undefined ? 1 : 0);
    if (flaw === undefined) {
      expect(log(machine)).toContain(`Verified TLS connection established to ${REMOTE}:25: ${CIPHER}`);
      expect(outcomes(machine)).toEqual(['verified']);
    } else {
      expect(results(machine)).toEqual([`ok@remote.example: deferred 4.7.5 Server certificate not ${flaw}`]);
      // It says goodbye under TLS, and not a word of the message.
      expect(onTheWire(machine)).not.toContain('MAIL FROM');
    }
  });

  it('says what is wrong with a chain where it matters [S2-070]', () => {
    const why = (server: Partial<MtaConfig>): string | undefined =>
      /certificate verification failed for (.*)/.exec(log(send('verify', { server })))?.[1];
    expect(why(selfSigned)).toBe(`${REMOTE}:25: self-signed certificate`);
    expect(why(expired)).toBe(`${REMOTE}:25: certificate has expired`);
    expect(why(otherName)).toBe(`${REMOTE}:25: num=62:hostname mismatch`);
    expect(log(send('may', { server: selfSigned }))).not.toContain('verification failed');
  });
});

describe('a handshake that fails', () => {
  /** The server says 220 to STARTTLS and then talks plain text. */
  function broken(level: TlsLevel) {
    const machine = mailWorld({
      hafen: { smtpTlsSecurityLevel: level },
      zone: ZONE,
      hosts: [bare(HOST, '192.0.2.60')],
      roots: ROOTS,
    });
    const server = new ScriptedServer(machine, HOST, [25]);
    inject(machine, 'anna@hafen.example', ['ok@remote.example']);
    const attempt = (): void => {
      server.say(`220 ${HOST}\r\n`);
      server.say(`250-${HOST}\r\n250 STARTTLS\r\n`);
      server.say('220 2.0.0 Ready\r\n');
      server.say('500 what?\r\n');
    };
    attempt();
    return { machine, server, attempt };
  }

  /** Lets time pass until the queue is run. */
  function untilAttempt(machine: Machine): void {
    const before = eventsOf(machine, 'net.accept').length;
    for (let i = 0; i < 400 && eventsOf(machine, 'net.accept').length === before; i++)
      pass(machine, MINUTE / 2);
  }

  it('defers, and only a message that has waited goes in clear [S2-070] [S2-071]', () => {
    const { machine, server } = broken('may');
    const deferred = 'ok@remote.example: deferred 4.7.5 Cannot start TLS: handshake failure';
    expect(results(machine)).toEqual([deferred]);
    expect(log(machine)).toContain(`SSL_connect error to ${REMOTE}:25: -1`);
    expect(log(machine)).toContain('TLS library problem: error:0A00010B:SSL routines::wrong version number');
    untilAttempt(machine);
    server.say(`220 ${HOST}\r\n`);
    server.say(`250-${HOST}\r\n250 STARTTLS\r\n`);
    server.say('220 2.0.0 Ready\r\n');
    server.say('500 what?\r\n');
    // The same host again at once, and nobody asks for STARTTLS.
    const before = server.heard().length;
    server.say(`220 ${HOST}\r\n`);
    server.say(`250-${HOST}\r\n250 STARTTLS\r\n`);
    expect(server.heard().slice(before)).toMatch(/^EHLO [^\r]*\r\nMAIL FROM:<anna@hafen.example>\r\n$/);
    for (const line of ['250 2.1.0 Ok', '250 2.1.5 Ok', '354 Go', '250 2.0.0 Ok: queued as 12345', '221 Bye'])
      server.say(`${line}\r\n`);
    expect(results(machine).at(-1)).toBe('ok@remote.example: sent 2.0.0 250 2.0.0 Ok: queued as 12345');
    expect(outcomes(machine)).toEqual(['handshakeFailed', 'fallback']);
  });

  it('never goes in clear where TLS is required [S2-070] [S2-071]', () => {
    const { machine, server, attempt } = broken('encrypt');
    for (let i = 0; i < 3; i++) {
      untilAttempt(machine);
      attempt();
    }
    expect(new Set(results(machine))).toEqual(
      new Set(['ok@remote.example: deferred 4.7.5 Cannot start TLS: handshake failure']),
    );
    expect(server.heard()).not.toContain('MAIL FROM');
  });

  it('a server that says no to its own STARTTLS is taken in clear, or not at all [S2-070]', () => {
    const refuse = (level: TlsLevel) => {
      const machine = mailWorld({
        hafen: { smtpTlsSecurityLevel: level },
        zone: ZONE,
        hosts: [bare(HOST, '192.0.2.60')],
      });
      const server = new ScriptedServer(machine, HOST, [25]);
      inject(machine, 'anna@hafen.example', ['ok@remote.example']);
      server.say(`220 ${HOST}\r\n`);
      server.say(`250-${HOST}\r\n250 STARTTLS\r\n`);
      server.say('454 4.7.0 TLS not available due to local problem\r\n');
      return { machine, server };
    };
    expect(refuse('may').server.heard()).toMatch(/STARTTLS\r\nMAIL FROM/);
    expect(results(refuse('encrypt').machine)).toEqual([
      `ok@remote.example: deferred 4.7.0 TLS is required, but host ${REMOTE} refused to start TLS: 454 4.7.0 TLS not available due to local problem`,
    ]);
  });
});

describe('DANE', () => {
  const own = issue([HOST], 'selfSigned');
  const record = (data: string): string => `_25._tcp.${HOST}. IN TLSA ${data}\n`;
  const server = { tls: own.identity };
  const other = issue([HOST], 'expired');

  it('verifies by the record alone, without any authority [S2-070] [S2-073]', () => {
    const machine = send('dane', { server, zone: record(own.tlsa), isSigned: true });
    expect(arrived(machine)).toBe(1);
    expect(log(machine)).toContain(`Verified TLS connection established to ${REMOTE}:25: ${CIPHER}`);
    expect(eventsOf(machine, 'smtp.tlsPolicy')).toMatchObject([{ level: 'dane', by: 'dane' }]);
  });

  it('refuses a certificate that the record does not name, whoever signed it [S2-070] [S2-073]', () => {
    const machine = send('dane', { server: good, zone: record(other.tlsa), isSigned: true });
    expect(arrived(machine)).toBe(0);
    expect(results(machine)).toEqual(['ok@remote.example: deferred 4.7.5 Server certificate not trusted']);
  });

  it('is opportunistic where nobody vouches for the zone [S2-070] [S2-073]', () => {
    const machine = send('dane', { server, zone: record(other.tlsa) });
    expect(outcomes(machine)).toEqual(['untrusted']);
    expect(arrived(machine)).toBe(1);
    expect(eventsOf(machine, 'smtp.tlsPolicy')).toMatchObject([{ level: 'may', gap: 'insecureMx' }]);
  });

  it('with records that nobody can use encrypts at least [S2-070] [S2-073]', () => {
    const unusable = record('1 1 1 ' + own.tlsa.slice(6));
    expect(outcomes(send('dane', { server, zone: unusable, isSigned: true }))).toEqual(['untrusted']);
    const clear = send('dane', { zone: unusable, isSigned: true });
    expect(results(clear)[0]).toContain('4.7.4 TLS is required');
  });

  it('only: no records, no mail [S2-070] [S2-073]', () => {
    const unsigned = send('dane-only', { server, zone: record(own.tlsa) });
    expect(results(unsigned)).toEqual(['ok@remote.example: deferred 4.7.5 non DNSSEC destination']);
    expect(log(unsigned)).toContain(
      `warning: TLS policy lookup for remote.example/${HOST}: non DNSSEC destination`,
    );
    const none = send('dane-only', { server, isSigned: true });
    expect(results(none)).toEqual(['ok@remote.example: deferred 4.7.5 no TLSA records found']);
    expect(arrived(send('dane-only', { server, zone: record(own.tlsa), isSigned: true }))).toBe(1);
  });

  it('waits when the records cannot be looked up [S2-073]', () => {
    const machine = mailWorld({
      hafen: { smtpTlsSecurityLevel: 'dane' },
      hosts: [neighbour('remote.example', '192.0.2.60', server)],
      zone: ZONE + record(own.tlsa),
      dnssec: { 'remote.example.': 'secure', [`_tcp.${HOST}.`]: 'bogus' },
    });
    inject(machine, 'anna@hafen.example', ['ok@remote.example']);
    expect(results(machine)).toEqual([`ok@remote.example: deferred 4.7.5 TLSA lookup error for ${HOST}:25`]);
  });
});

describe('a box on the way that takes STARTTLS out of the offer', () => {
  it('makes an opportunistic sender speak in clear, and everybody can see it [S1-105]', () => {
    const machine = send('may', { server: good, strip: true });
    expect(outcomes(machine)).toEqual(['clear']);
    expect(arrived(machine)).toBe(1);
    expect(onTheWire(machine)).toContain('Subject: Test');
    expect(eventsOf(machine, 'net.meddled')).toMatchObject([
      { host: MIDDLE, side: 'server', before: '250-STARTTLS', after: '250-XXXXXXXA' },
    ]);
    const offer = eventsOf(machine, 'net.data').find((event) => event.arrived !== undefined);
    expect(offer?.bytes).toContain('250-STARTTLS\r\n');
    expect(offer?.arrived).toContain('250-XXXXXXXA\r\n');
    expect(mailbox(machine, 'ok', HOST)[0]).toMatch(/with ESMTP id/);
  });

  it.each(['encrypt', 'verify', 'secure'] as const)('gets nothing from %s [S1-105]', (level) => {
    const machine = send(level, { server: good, strip: true });
    expect(results(machine)[0]).toContain('4.7.4 TLS is required, but was not offered by host');
    expect(onTheWire(machine)).not.toContain('MAIL FROM');
  });

  it('gets nothing from DANE [S1-105] [S2-073]', () => {
    const own = issue([HOST]);
    const machine = send('dane', {
      server: { tls: own.identity },
      zone: `_25._tcp.${HOST}. IN TLSA ${own.tlsa}\n`,
      isSigned: true,
      strip: true,
    });
    expect(arrived(machine)).toBe(0);
    expect(outcomes(machine)).toEqual(['notOffered']);
    expect(results(machine)[0]).toContain('4.7.4 TLS is required, but was not offered by host');
  });

  it('overwrites the command, too, for who tries it anyway', () => {
    const machine = mailWorld({ hafen: { tls: issue([MX]).identity } });
    strip(machine);
    const client = new Client(machine);
    expect(client.lines('EHLO mail.absender.example')).toContain('250-XXXXXXXA\r\n');
    expect(client.lines('STARTTLS')).toBe('500 5.5.2 Error: command not recognized\r\n');
    const side = eventsOf(machine, 'net.meddled').map((event) => `${event.side} ${event.after}`);
    expect(side).toEqual(['server 250-XXXXXXXA', 'client XXXXXXXX']);
  });
});
