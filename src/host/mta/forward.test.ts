// Forwarding: aliases that lead elsewhere, what a plain forward does to SPF, how SRS mends it and brings bounces home, and
// the ARC set of a forwarder that seals.

import { describe, expect, it } from 'vitest';
import { eventsOf } from '../testing/machine.ts';
import type { MtaConfig } from './config.ts';
import {
  Client,
  CLIENT,
  CLIENT_ADDRESS,
  mailbox,
  mailLog,
  mailWorld,
  MX,
  neighbour,
  signer,
} from './testing.ts';

const ALUMNI = 'mx.alumni.example';
const ALUMNI_ADDRESS = '192.0.2.70';
const ZONE = [
  'absender.example. IN TXT "v=spf1 ip4:192.0.2.41 -all"',
  'absender.example. IN MX 10 mx.absender.example.',
  'mx.absender.example. IN A 192.0.2.71',
  'alumni.example. IN MX 10 mx.alumni.example.',
  'mx.alumni.example. IN A 192.0.2.70',
  'alumni.example. IN TXT "v=spf1 ip4:192.0.2.70 -all"',
  '_dmarc.absender.example. IN TXT "v=DMARC1; p=reject"',
  '',
].join('\n');
const SRS = { isOn: true, domain: 'alumni.example', secret: 'a secret' };
const LETTER = [
  'From: Alice <alice@absender.example>',
  'To: anna@alumni.example',
  'Subject: Hi',
  '',
  'Hallo',
];

function world(changes: Partial<MtaConfig> = {}, hafen: Partial<MtaConfig> = {}, zone = '') {
  return mailWorld({
    zone: ZONE + zone,
    hafen: { mynetworks: [], verify: { authservId: MX, onReject: 'quarantine' }, ...hafen },
    hosts: [
      neighbour(
        'alumni.example',
        ALUMNI_ADDRESS,
        {
          virtualMailboxDomains: [],
          virtualAliasDomains: ['alumni.example'],
          virtualAliasMaps: [
            'anna@alumni.example anna@hafen.example',
            'team@alumni.example anna@alumni.example, bob@hafen.example anna@hafen.example',
            'gone@alumni.example nobody@hafen.example',
            'loop@alumni.example pool@alumni.example',
            'pool@alumni.example loop@alumni.example',
          ],
          verify: { authservId: ALUMNI, onReject: 'quarantine' },
          ...changes,
        },
        [],
      ),
      neighbour('absender.example', '192.0.2.71', {}, ['alice']),
    ],
  });
}

function send(
  machine: ReturnType<typeof world>,
  to: string,
  from = 'alice@absender.example',
  letter = LETTER,
) {
  const client = new Client(machine, ALUMNI_ADDRESS);
  client.lines(`EHLO ${CLIENT}`, `MAIL FROM:<${from}>`);
  const answer = client.lines(`RCPT TO:<${to}>`);
  if (!answer.startsWith('250')) return answer;
  client.lines('DATA');
  return client.say([...letter, '.', ''].join('\r\n'));
}

const spfAt = (machine: ReturnType<typeof world>, host: string) =>
  eventsOf(machine, 'auth.spf')
    .filter((event) => event.host === host)
    .map(({ verdict }) => `${verdict.result} ${verdict.domain} ${verdict.ip}`);

describe('an alias', () => {
  it('that leads elsewhere forwards with the sender as it was, and SPF of the origin fails there [S2-052]', () => {
    const machine = world();
    expect(send(machine, 'anna@alumni.example')).toMatch(/^250 2\.0\.0 Ok: queued as /);
    expect(spfAt(machine, ALUMNI)).toEqual([`pass absender.example ${CLIENT_ADDRESS}`]);
    expect(spfAt(machine, MX)).toEqual([`fail absender.example ${ALUMNI_ADDRESS}`]);
    expect(eventsOf(machine, 'auth.dmarc').find(({ host }) => host === MX)?.verdict.result).toBe('fail');
    const [got] = eventsOf(machine, 'mailbox.delivered');
    expect(got).toMatchObject({ user: 'anna', folder: 'Junk', reversePath: 'alice@absender.example' });
    expect(mailLog(machine, ALUMNI).join('\n')).toContain(
      'to=<anna@hafen.example>, orig_to=<anna@alumni.example>, relay=mx.hafen.example[198.51.100.25]:25',
    );
  });

  it('may name others and reach each person once; a circle ends [S2-051]', () => {
    const machine = world();
    send(machine, 'team@alumni.example');
    expect(
      eventsOf(machine, 'mailbox.delivered')
        .map(({ user }) => user)
        .sort(),
    ).toEqual(['anna', 'bob']);
    // cleanup_map1n.c counts to a thousand and gives up.
    expect(send(machine, 'loop@alumni.example')).toBe('451 4.6.0 Alias expansion error\r\n');
    expect(mailLog(machine, ALUMNI).join('\n')).toContain(
      'unreasonable virtual_alias_maps map nesting for loop@alumni.example -- message not accepted, try again later',
    );
  });

  it('that does not exist is refused in the words of the alias table', () => {
    expect(send(world(), 'nobody@alumni.example')).toBe(
      '550 5.1.1 <nobody@alumni.example>: Recipient address rejected: User unknown in virtual alias table\r\n',
    );
  });
});

describe('SRS', () => {
  it('makes SPF pass for the forwarder, which is not aligned with the author [S2-053]', () => {
    const machine = world({ srs: SRS });
    send(machine, 'anna@alumni.example');
    const [got] = eventsOf(machine, 'mailbox.delivered');
    expect(got?.reversePath).toMatch(/^SRS0=[^=]{4}=[A-Z2-7]{2}=absender\.example=alice@alumni\.example$/);
    expect(spfAt(machine, MX)).toEqual([`pass alumni.example ${ALUMNI_ADDRESS}`]);
    const dmarc = eventsOf(machine, 'auth.dmarc').find(({ host }) => host === MX);
    expect(dmarc?.verdict).toMatchObject({ result: 'fail', reason: 'not-aligned' });
    expect(mailLog(machine, ALUMNI).join('\n')).toMatch(
      /postsrsd\[\d+\]: srs_forward: <alice@absender\.example> rewritten as <SRS0=/,
    );
  });

  it('brings a bounce of the last server home to the author, over two hops [S2-053]', () => {
    const machine = world({ srs: SRS });
    send(machine, 'gone@alumni.example');
    const [bounce = ''] = mailbox(machine, 'alice', 'mx.absender.example');
    expect(bounce).toContain('Final-Recipient: rfc822; nobody@hafen.example');
    expect(bounce).toContain('Return-Path: <>');
  });

  it('brings a bounce home that comes from outside to the SRS address [S2-053]', () => {
    const machine = world({ srs: SRS });
    send(machine, 'anna@alumni.example');
    const address = eventsOf(machine, 'mailbox.delivered')[0]?.reversePath ?? '';
    expect(send(machine, address, '')).toMatch(/^250 /);
    expect(mailbox(machine, 'alice', 'mx.absender.example')).toHaveLength(1);
    expect(mailLog(machine, ALUMNI).join('\n')).toContain(
      `srs_reverse: <${address}> rewritten as <alice@absender.example>`,
    );
  });

  it('refuses addresses that it did not make [S2-053]', () => {
    const machine = world({ srs: SRS });
    expect(send(machine, 'SRS0=AAAA=BB=absender.example=alice@alumni.example', '')).toBe(
      '550 5.1.1 <SRS0=AAAA=BB=absender.example=alice@alumni.example>: Recipient address rejected: Hash invalid in SRS address\r\n',
    );
    expect(eventsOf(machine, 'queue.srs')[0]).toMatchObject({ problem: 'Hash invalid in SRS address' });
    // Nobody may relay through a forwarder by writing an address of that form for another host.
    expect(send(machine, 'SRS0=AAAA=BB=x.example=y@elsewhere.example', '')).toMatch(/^554 5\.7\.1 /);
  });
});

describe('ARC at a forwarder', () => {
  const arc = signer('alumni.example', 'arc');

  /** The forwarder changes the message's way, the seal says how it was before. */
  const sealed = (verify: Partial<NonNullable<MtaConfig['verify']>>) =>
    world(
      { arcSeal: { isOn: true, key: arc.key } },
      { verify: { authservId: MX, onReject: 'reject', ...verify } },
      arc.line,
    );

  it('saves a message at a receiver that trusts the sealer [S4-060] [S4-047]', () => {
    const machine = sealed({ arc: true, trustedSealers: ['alumni.example'] });
    send(machine, 'anna@alumni.example');
    const [got = ''] = mailbox(machine, 'anna');
    expect(got).toMatch(/^ARC-Seal: i=1; a=ed25519-sha256; cv=none; d=alumni\.example; s=arc;/m);
    expect(got).toMatch(/arc=pass header\.oldest-pass=0 smtp\.remote-ip=192\.0\.2\.70/);
    const arc = eventsOf(machine, 'auth.arc').find(({ host }) => host === MX);
    expect(arc).toMatchObject({
      verdict: { result: 'pass', standing: 'to-historic', sealers: ['alumni.example'] },
      trust: { isTrusted: true, firstFound: 'dmarc=pass' },
    });
    expect(eventsOf(machine, 'auth.dmarc').find(({ host }) => host === MX)?.decision).toMatchObject({
      action: 'accept',
      overrides: ['local_policy'],
      comment: 'arc=pass as[1].d=alumni.example as[1].s=arc',
    });
    expect(eventsOf(machine, 'mailbox.delivered')[0]).toMatchObject({ user: 'anna', folder: 'INBOX' });
  });

  it('does not help where the sealer is a stranger or nobody looks at it [S4-060]', () => {
    for (const verify of [{ arc: true, trustedSealers: ['other.example'] }, { arc: true }, {}]) {
      const machine = sealed(verify);
      send(machine, 'anna@alumni.example');
      expect(eventsOf(machine, 'auth.dmarc').find(({ host }) => host === MX)?.decision.action).toBe('reject');
      expect(mailbox(machine, 'anna')).toEqual([]);
    }
  });

  it('does not launder what was not authentic when it came in', () => {
    const machine = sealed({ arc: true, trustedSealers: ['alumni.example'] });
    const letter = LETTER.map((line) => line.replace('alice@absender.example', 'boss@alumni.example'));
    send(machine, 'anna@alumni.example', 'alice@absender.example', letter);
    const forged = LETTER.map((line) => line.replace('alice@absender.example', 'ceo@absender.example'));
    send(machine, 'anna@alumni.example', 'x@elsewhere.example', forged);
    const trusts = eventsOf(machine, 'auth.arc')
      .filter(({ host }) => host === MX)
      .map(({ trust }) => trust.because);
    expect(trusts).toEqual(['author-not-authentic', 'author-not-authentic']);
  });
});
