// A mailing list in a small internet: what it makes of a post, what that does to DKIM and DMARC, how every way around it
// fares, and how a policy of the author's domain throws innocent members off the list.

import { describe, expect, it } from 'vitest';
import { parseMessage, allFields, firstField } from '../../message/header.ts';
import { DAY, MINUTE } from '../../base/dates.ts';
import { eventsOf, pass } from '../testing/machine.ts';
import type { MtaConfig } from '../mta/config.ts';
import { Client, CLIENT, mailWorld, MX, neighbour, signer } from '../mta/testing.ts';
import type { MailingListConfig } from './config.ts';

const LISTS = 'mx.linde.example';
const author = signer('absender.example', 's1');
const linde = signer('linde.example', 'l1');
const arc = signer('linde.example', 'arc');
const ZONE = [
  'absender.example. IN MX 10 mx.absender.example.',
  'mx.absender.example. IN A 192.0.2.71',
  'absender.example. IN TXT "v=spf1 ip4:192.0.2.71 -all"',
  '_dmarc.absender.example. IN TXT "v=DMARC1; p=reject"',
  'linde.example. IN MX 10 mx.linde.example.',
  'mx.linde.example. IN A 192.0.2.72',
  'linde.example. IN TXT "v=spf1 ip4:192.0.2.72 -all"',
  '_dmarc.linde.example. IN TXT "v=DMARC1; p=none"',
  'mild.example. IN MX 10 mx.mild.example.',
  'mx.mild.example. IN A 192.0.2.73',
  '',
].join('\n');

const CONFIG: MailingListConfig = {
  hostname: LISTS,
  port: 8024,
  via: { host: LISTS, address: '127.0.0.1', port: 25 },
  trustedAuthservId: LISTS,
  name: 'garden',
  domain: 'linde.example',
  title: 'Garden',
  owner: 'ok@linde.example',
  members: ['alice@absender.example', 'bob@hafen.example', 'ok@mild.example'],
  subjectTag: true,
  footer: true,
  verp: false,
  mitigation: 'none',
  mitigateAlways: false,
  bounceScoreThreshold: 3,
  bounceOncePerDay: false,
  arcSeal: { isOn: false, key: arc.key },
};

function world(
  changes: Partial<MailingListConfig> = {},
  receivers: Partial<NonNullable<MtaConfig['verify']>> = {},
) {
  const at = (domain: string, address: string, more: Partial<MtaConfig>, users?: string[]) =>
    neighbour(domain, address, more, users);
  const list = at('linde.example', '192.0.2.72', {
    transportMaps: [
      'garden',
      'garden-bounces',
      'garden-request',
      'garden-join',
      'garden-leave',
      'garden-owner',
    ].map((name) => ({ pattern: `${name}@linde.example`, host: '127.0.0.1', port: 8024 })),
    virtualMailboxMaps: [
      'ok@linde.example',
      ...['', '-bounces', '-request', '-join', '-leave', '-owner'].map(
        (role) => `garden${role}@linde.example`,
      ),
    ],
    verify: { authservId: LISTS, onReject: 'quarantine', arc: true },
    signing: [linde.key],
    signAll: true,
  });
  return mailWorld({
    zone: ZONE + author.line + linde.line + arc.line,
    // Hafen is strict, Mild is not.
    hafen: { mynetworks: [], verify: { authservId: MX, onReject: 'reject', ...receivers } },
    hosts: [
      at(
        'absender.example',
        '192.0.2.71',
        {
          mynetworks: ['192.0.2.41'],
          signing: [author.key],
          verify: { authservId: 'mx.absender.example', onReject: 'quarantine' },
        },
        ['alice'],
      ),
      { ...list, programs: [...(list.programs ?? []), ['list', 'mailingList', { ...CONFIG, ...changes }]] },
      at('mild.example', '192.0.2.73', { verify: { authservId: 'mx.mild.example', onReject: 'quarantine' } }),
    ],
  });
}
type World = ReturnType<typeof world>;

const POST = [
  'From: Alice <alice@absender.example>',
  'To: garden@linde.example',
  'Subject: Roses',
  'Date: Mon, 23 Nov 2026 10:00:00 +0100',
  'Message-ID: <r1@absender.example>',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=us-ascii',
  '',
  'They bloom.',
];

function post(machine: World, letter = POST, from = 'alice@absender.example', to = 'garden@linde.example') {
  const client = new Client(machine, '192.0.2.71');
  client.lines(`EHLO ${CLIENT}`, `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA');
  return client.say([...letter, '.', ''].join('\r\n'));
}

const got = (machine: World, host: string) =>
  eventsOf(machine, 'mailbox.delivered')
    .filter((event) => event.host === host)
    .map((event) => ({ ...event, text: machine.kept.get(event.message) ?? '' }));

/** `dkim=… dmarc=…` as a receiver judged the newest message. */
function judged(machine: World, host = MX) {
  const here = (event: { readonly host: string }): boolean => event.host === host;
  const dkim = eventsOf(machine, 'auth.dkim').filter(here).at(-1);
  const dmarc = eventsOf(machine, 'auth.dmarc').filter(here).at(-1);
  return {
    spf: eventsOf(machine, 'auth.spf').filter(here).at(-1)?.verdict.result,
    dkim: (dkim?.verdicts ?? []).map((one) => `${one.domain}:${one.result}:${one.reason}`),
    dmarc: dmarc?.verdict.result,
    action: dmarc?.decision.action,
  };
}

/** Nothing is lost in the list program: each message is decided on, each copy has one result for each recipient. */
function checked(machine: World) {
  const posts = (type: 'list.accept' | 'list.decided') => eventsOf(machine, type).map(({ post: id }) => id);
  expect(posts('list.decided').sort()).toEqual(posts('list.accept').sort());
  const copies = eventsOf(machine, 'list.copy').flatMap(({ copy, recipients }) =>
    recipients.map((recipient) => `${copy} ${recipient}`),
  );
  const handed = eventsOf(machine, 'list.result').map(({ copy, recipient }) => `${copy} ${recipient}`);
  expect(handed.sort()).toEqual(copies.sort());
}

describe('a post', () => {
  it('goes to every member with the header fields of a list, the tag and the footer [S2-060]', () => {
    const machine = world();
    expect(post(machine)).toMatch(/^250 /);
    const [copy] = got(machine, 'mx.mild.example');
    const message = parseMessage(copy?.text ?? '');
    const field = (name: string) => firstField(message, name)?.value;
    expect(field('List-Id')).toBe('Garden <garden.linde.example>');
    expect(field('List-Post')).toBe('<mailto:garden@linde.example>');
    expect(field('List-Help')).toBe('<mailto:garden-request@linde.example?subject=help>');
    expect(field('List-Unsubscribe')).toBe('<mailto:garden-leave@linde.example>');
    expect(field('List-Subscribe')).toBe('<mailto:garden-join@linde.example>');
    expect(field('List-Owner')).toBe('<mailto:garden-owner@linde.example>');
    expect(field('List-Archive')).toBe('<https://mx.linde.example/archives/list/garden@linde.example/>');
    expect(field('Precedence')).toBe('list');
    expect(field('X-BeenThere')).toBe('garden@linde.example');
    expect(field('Subject')).toBe('[Garden] Roses');
    expect(copy?.text).toMatch(/They bloom\.\r\n_{47}\r\nGarden mailing list -- garden@linde\.example\r\n/);
    expect(copy?.reversePath).toBe('garden-bounces@linde.example');
    // All the way as bytes: SMTP in, LMTP to the list, SMTP back to its server, and LMTP again with Hafen's refusal.
    const ways = eventsOf(machine, 'smtp.server').filter(
      ({ host, note }) => host === LISTS && note.kind === 'content',
    );
    expect(ways).toHaveLength(4);
    checked(machine);
  });

  it('has a sender of its own for each member with VERP [S2-060]', () => {
    const machine = world({ verp: true });
    post(machine);
    expect(got(machine, 'mx.mild.example')[0]?.reversePath).toBe(
      'garden-bounces+ok=mild.example@linde.example',
    );
    checked(machine);
  });

  it('breaks the author’s signature by tag and footer, one by one [S2-061]', () => {
    const fails = (changes: Partial<MailingListConfig>) => {
      const machine = world(changes);
      post(machine);
      return judged(machine).dkim.find((one) => one.startsWith('absender'));
    };
    expect(fails({ footer: false })).toBe('absender.example:fail:signature');
    expect(fails({ subjectTag: false })).toBe('absender.example:fail:body-hash');
    expect(fails({ subjectTag: false, footer: false })).toBe('absender.example:pass:ok');
  });

  it('with other content than plain text gets the footer as a part of its own', () => {
    const machine = world();
    const html = POST.map((line) => line.replace('text/plain; charset=us-ascii', 'text/html'));
    post(machine, html);
    const [copy] = got(machine, 'mx.mild.example');
    const message = parseMessage(copy?.text ?? '');
    expect(allFields(message, 'Content-Type')).toHaveLength(1);
    expect(firstField(message, 'Content-Type')?.value).toMatch(/^multipart\/mixed;/);
    expect(copy?.text).toMatch(
      /Content-Type: text\/html\r\n\r\nThey bloom\.\r\n\r\n--=+garden==\r\nContent-Type: text\/plain/,
    );
  });
});

describe('an author with p=reject', () => {
  it('is refused at a strict member, whose bounce the list counts [S2-061]', () => {
    const machine = world();
    post(machine);
    expect(judged(machine)).toMatchObject({ spf: 'pass', dmarc: 'fail', action: 'reject' });
    expect(got(machine, 'mx.mild.example')[0]?.folder).toBe('Junk');
    expect(eventsOf(machine, 'list.bounce')).toMatchObject([
      { member: 'bob@hafen.example', score: 1, threshold: 3, isCounted: true, status: '5.7.1' },
    ]);
    checked(machine);
  });

  it.each([{ verp: false }, { verp: true }])(
    'throws innocent members off the list, who then get nobody’s posts: 2014 again [S2-061]',
    (changes) => {
      const machine = world(changes);
      for (let i = 0; i < 3; i++) post(machine);
      expect(eventsOf(machine, 'list.member')).toMatchObject([
        { member: 'bob@hafen.example', change: 'bouncedOff' },
      ]);
      // The note about it arrives without any trouble: it comes from the list's own domain.
      const [note] = got(machine, MX);
      expect(note).toMatchObject({ user: 'bob', folder: 'INBOX' });
      expect(note?.text).toContain('Subject: You have been unsubscribed from the Garden mailing list');
      expect(got(machine, LISTS).map(({ text }) => firstField(parseMessage(text), 'Subject')?.value)).toEqual(
        ['bob@hafen.example unsubscribed from Garden because of bounces'],
      );
      const before = got(machine, MX).length;
      post(machine);
      expect(got(machine, MX)).toHaveLength(before);
      checked(machine);
    },
  );

  it('counts one bounce a day where the list is set so', () => {
    const machine = world({ bounceOncePerDay: true });
    post(machine);
    post(machine);
    expect(eventsOf(machine, 'list.bounce').map(({ score, isCounted }) => [score, isCounted])).toEqual([
      [1, true],
      [1, false],
    ]);
    pass(machine, DAY);
    post(machine);
    expect(eventsOf(machine, 'list.bounce').at(-1)?.score).toBe(2);
  });
});

describe('ways around it', () => {
  const outcome = (
    changes: Partial<MailingListConfig>,
    receivers: Partial<NonNullable<MtaConfig['verify']>> = {},
  ) => {
    const machine = world(changes, receivers);
    post(machine);
    checked(machine);
    return { machine, ...judged(machine), bob: got(machine, MX)[0] };
  };

  it('no change at all: the author’s signature holds [S2-062]', () => {
    const { dmarc, bob } = outcome({ subjectTag: false, footer: false });
    expect({ dmarc, folder: bob?.folder }).toEqual({ dmarc: 'pass', folder: 'INBOX' });
  });

  it('From of the list, with the author in Reply-To [S2-062]', () => {
    const { dmarc, bob, dkim } = outcome({ mitigation: 'munge' });
    const message = parseMessage(bob?.text ?? '');
    expect(firstField(message, 'From')?.value).toBe('Alice via Garden <garden@linde.example>');
    expect(firstField(message, 'Reply-To')?.value).toBe('alice@absender.example');
    expect({ dmarc, folder: bob?.folder }).toEqual({ dmarc: 'pass', folder: 'INBOX' });
    expect(dkim.find((one) => one.startsWith('linde'))).toBe('linde.example:pass:ok');
  });

  it('wrapped: the list’s own message, with the original inside as it was signed [S2-062]', () => {
    const { machine, dmarc, bob } = outcome({ mitigation: 'wrap' });
    const message = parseMessage(bob?.text ?? '');
    expect(firstField(message, 'Content-Type')?.value).toBe('message/rfc822');
    expect(dmarc).toBe('pass');
    const arrived = eventsOf(machine, 'list.accept')[0];
    const inner = (bob?.text ?? '').slice(message.bodyStart);
    expect(inner.slice(inner.indexOf('DKIM-Signature'))).toBe(
      (machine.kept.get(arrived?.message ?? '') ?? '').slice(
        (machine.kept.get(arrived?.message ?? '') ?? '').indexOf('DKIM-Signature'),
      ),
    );
  });

  it('refused by the list, with a note to the author (dmarc_moderation_action) [S2-062]', () => {
    const { machine, bob } = outcome({ mitigation: 'reject' });
    expect(bob).toBeUndefined();
    expect(eventsOf(machine, 'list.decided').find(({ action }) => action === 'reject')).toMatchObject({
      reason: 'dmarcPolicy',
      policy: 'reject',
    });
    expect(got(machine, 'mx.absender.example')[0]?.text).toContain(
      'Subject: Your message to Garden was rejected',
    );
  });

  it('sealed: a receiver that trusts the list by name takes it, others do not [S2-062] [S4-060]', () => {
    const sealing = { arcSeal: { isOn: true, key: arc.key } };
    expect(outcome(sealing, { arc: true }).action).toBe('reject');
    const trusted = outcome(sealing, { arc: true, trustedSealers: ['linde.example'] });
    expect(trusted.action).toBe('accept');
    expect(trusted.bob?.text).toMatch(/arc=pass/);
    expect(trusted.bob?.folder).toBe('INBOX');
  });

  it('are left out for authors whose domain asks for nothing, unless they are for everybody', () => {
    const mild = POST.map((line) => line.replace('alice@absender', 'ok@mild'));
    for (const [mitigateAlways, from] of [
      [false, 'ok@mild.example'],
      [true, 'Alice via Garden <garden@linde.example>'],
    ] as const) {
      const machine = world({ mitigation: 'munge', mitigateAlways });
      post(machine, mild, 'ok@mild.example');
      expect(firstField(parseMessage(got(machine, MX)[0]?.text ?? ''), 'From')?.value).toContain(from);
    }
  });
});

describe('guards', () => {
  it('a post that was here before, and what machines write, is not distributed [S2-063]', () => {
    const machine = world();
    post(machine, ['X-BeenThere: garden@linde.example', ...POST]);
    post(machine, ['Auto-Submitted: auto-replied', ...POST]);
    post(machine, POST, '');
    expect(eventsOf(machine, 'list.decided').map(({ action, reason }) => `${action} ${reason}`)).toEqual([
      'discard loop',
      'discard automatic',
      'discard automatic',
    ]);
    expect(eventsOf(machine, 'list.copy')).toEqual([]);
    checked(machine);
  });

  it('strangers may not post, and may join and leave by mail', () => {
    const machine = world();
    const stranger = POST.map((line) => line.replace('alice@absender', 'ok@linde'));
    post(machine, stranger, 'ok@linde.example');
    expect(eventsOf(machine, 'list.decided')[0]).toMatchObject({ action: 'reject', reason: 'notMember' });
    post(machine, stranger, 'ok@linde.example', 'garden-join@linde.example');
    post(machine, stranger, 'ok@linde.example', 'garden-leave@linde.example');
    expect(eventsOf(machine, 'list.member').map(({ change }) => change)).toEqual(['joined', 'left']);
    expect(post(machine, POST, 'alice@absender.example', 'garden-nothing@linde.example')).toMatch(/^250 /);
    checked(machine);
  });

  it('a mail server that is away loses nothing: the list tries again', () => {
    const machine = world();
    const port = machine.state.net.hosts.get(LISTS)?.listeners;
    const mta = port?.get(25) ?? '';
    post(machine);
    expect(got(machine, 'mx.mild.example')).toHaveLength(1);
    const list = machine.state.hosts.get(LISTS)?.programs.get('list');
    expect(list).toBeDefined();
    // The server goes away between LMTP and SMTP: mail for the list is taken, copies wait.
    port?.delete(25);
    const raw = machine.kept.get(eventsOf(machine, 'list.accept')[0]?.message ?? '') ?? '';
    const lmtp = new Client(machine, '192.0.2.72', 8024);
    lmtp.lines(
      'LHLO x.example',
      'MAIL FROM:<alice@absender.example>',
      'RCPT TO:<garden@linde.example>',
      'DATA',
    );
    lmtp.say(`${raw}\r\n.\r\n`);
    expect(got(machine, 'mx.mild.example')).toHaveLength(1);
    port?.set(25, mta);
    pass(machine, 2 * MINUTE);
    expect(got(machine, 'mx.mild.example')).toHaveLength(2);
  });
});
