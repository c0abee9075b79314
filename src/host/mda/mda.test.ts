// The delivery agent over LMTP: which folder a message goes to and why, what it writes on top, what it refuses. RFC 2033,
// RFC 8601 §5, RFC 9989 §5.3.5.

import { describe, expect, it } from 'vitest';
import type { Machine } from '../kernel.ts';
import { place } from './place.ts';
import { Client, CLIENT, mailbox, MX } from '../mta/testing.ts';
import { eventsOf, testMachine } from '../testing/machine.ts';

const TRUSTED = 'mx.hafen.example';
const results = (text: string, by = TRUSTED): string => `Authentication-Results: ${by}; ${text}\r\n`;
const BODY = 'From: Alice <alice@wolke.example>\r\nSubject: x\r\n\r\nHello\r\n';

describe('inbox or junk', () => {
  const dmarc = (result: string, policy: string): string =>
    results(`dmarc=${result} policy.dmarc=${policy} header.from=wolke.example`);
  it.each([
    ['dmarc fails under quarantine', dmarc('fail', 'quarantine'), 'Junk', 'dmarcQuarantine'],
    ['dmarc fails under reject', dmarc('fail', 'reject'), 'Junk', 'dmarcReject'],
    ['dmarc fails under none', dmarc('fail', 'none'), 'INBOX', 'default'],
    ['dmarc passes', dmarc('pass', 'none'), 'INBOX', 'dmarcPass'],
    ['spf fails and there is no policy', results('spf=fail smtp.mailfrom=wolke.example'), 'Junk', 'spfFail'],
    [
      'spf fails and dmarc passes',
      results('spf=fail smtp.mailfrom=x; dmarc=pass header.from=wolke.example'),
      'INBOX',
      'dmarcPass',
    ],
    ['nobody has judged', '', 'INBOX', 'noVerdict'],
    [
      'somebody else says pass',
      results('dmarc=pass header.from=wolke.example', 'mx.evil.example'),
      'INBOX',
      'noVerdict',
    ],
  ])('%s', (_what, headers, folder, reason) => {
    const placed = place(headers + BODY, TRUSTED);
    expect(placed.folder).toBe(folder);
    expect(placed.reasons.map((each) => each.id)).toEqual([reason]);
    expect(placed.rule).toMatch(/^RFC \d+ §/);
  });

  it('believes the topmost results of its own server, not those below', () => {
    const forged = results('dmarc=pass header.from=wolke.example');
    const own = results('dmarc=fail policy.dmarc=quarantine header.from=wolke.example');
    expect(place(own + forged + BODY, TRUSTED).folder).toBe('Junk');
  });
});

describe('over LMTP', () => {
  const machine = (): Machine =>
    testMachine([
      {
        name: MX,
        addresses: ['198.51.100.25'],
        programs: [
          [
            'mda',
            'mda',
            {
              hostname: MX,
              port: 24,
              trustedAuthservId: MX,
              users: [
                { user: 'bob', addresses: ['bob@hafen.example', 'robert@hafen.example'] },
                { user: 'voll', addresses: ['voll@hafen.example'], quotaBytes: 500 },
              ],
            },
          ],
        ],
      },
      { name: CLIENT, addresses: ['192.0.2.41'], programs: [['gateway', 'gateway', {}]] },
    ]);
  const session = (world: Machine, sender: string, to: readonly string[], text = BODY): string => {
    const client = new Client(world, '198.51.100.25', 24);
    client.lines('LHLO mx.hafen.example', `MAIL FROM:<${sender}>`);
    const heard = to.map((address) => client.lines(`RCPT TO:<${address}>`)).join('');
    client.lines('DATA');
    const end = client.say(`${text}.\r\n`);
    client.lines('QUIT');
    return heard + end;
  };

  it('answers for each recipient, and writes Return-Path and Delivered-To once, on top [S1-076] [S5-001]', () => {
    const world = machine();
    const heard = session(
      world,
      'alice@wolke.example',
      ['bob@hafen.example', 'nobody@hafen.example', 'voll@hafen.example'],
      `${BODY}${'x'.repeat(70)}\r\n`.repeat(6),
    );
    expect(heard).toMatch(
      /^250 2\.1\.5 OK\r\n550 5\.1\.1 <nobody@hafen\.example> User doesn't exist: nobody@hafen\.example\r\n250 2\.1\.5 OK\r\n/,
    );
    expect(heard).toMatch(
      /250 2\.0\.0 <bob@hafen\.example> \S+ Saved\r\n552 5\.2\.2 <voll@hafen\.example> Quota exceeded \(mailbox for user is full\)\r\n$/,
    );
    const [stored = ''] = mailbox(world, 'bob');
    expect(stored).toMatch(
      /^Return-Path: <alice@wolke\.example>\r\nDelivered-To: bob@hafen\.example\r\nReceived: from mx\.hafen\.example/,
    );
    expect(stored.match(/^Return-Path:/gm)).toHaveLength(1);
    expect(
      eventsOf(world, 'mailbox.refused')
        .map((event) => event.reason)
        .sort(),
    ).toEqual(['noSuchUser', 'overQuota']);
  });

  it('knows a user by any address, in any case, with an extension', () => {
    const world = machine();
    session(world, '', ['ROBERT@hafen.example', 'bob+lists@hafen.example']);
    const delivered = eventsOf(world, 'mailbox.delivered');
    expect(delivered.map((event) => `${event.user} ${event.folder}`)).toEqual(['bob INBOX', 'bob INBOX']);
    expect(new Set(delivered.map((event) => event.uid)).size).toBe(2);
  });

  it('says why in the trace, and the delivery follows from it [G-04]', () => {
    const world = machine();
    session(
      world,
      'a@x.example',
      ['bob@hafen.example'],
      results('dmarc=fail policy.dmarc=quarantine header.from=wolke.example') + BODY,
    );
    const [placed] = eventsOf(world, 'mailbox.placed');
    const [delivered] = eventsOf(world, 'mailbox.delivered');
    expect(placed).toMatchObject({
      folder: 'Junk',
      rule: 'RFC 9989 §5.3.5',
      reasons: [{ id: 'dmarcQuarantine', params: { domain: 'wolke.example', policy: 'quarantine' } }],
    });
    expect(delivered).toMatchObject({ folder: 'Junk', cause: placed?.seq });
  });
});
