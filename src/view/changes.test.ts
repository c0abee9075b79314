// The forms of a message over its hops, and what each host did to it: in the first world, and by the differences alone.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffBodies, diffMessages, hopChanges, versionsTo } from './changes.ts';
import { LAPTOP, SERVER, letter, openScene, worldFile } from './testing.ts';
import type { EventOf } from '../host/events.ts';
import type { WorldDescription } from '../world/description.ts';
import { findingViews, judgementOf } from './why-judgement.ts';
import type { Journal } from './journal.ts';
import type { LookupView, WhySection } from './types.ts';
import { why } from './why.ts';

const judged = (journal: Journal): EventOf<'auth.dmarc'> => {
  const event = journal.trace.findLast((one) => one.type === 'auth.dmarc');
  if (event?.type !== 'auth.dmarc') throw new Error('nothing was judged');
  return event;
};
const sectionOf = <T extends WhySection['type']>(
  journal: Journal,
  seq: number,
  type: T,
): Extract<WhySection, { type: T }> | undefined =>
  why(journal, { kind: 'event', seq })?.sections.find(
    (one): one is Extract<WhySection, { type: T }> => one.type === type,
  );
const sourceText = ({ question, source }: LookupView): string =>
  `${question.name} ${source?.from} ${source?.resolver} ${source?.server}`;

/** A relay of somebody else: takes the message of the newest sender's queue and hands on what `change` makes of it. */
function relayed(change: (text: string) => string) {
  const scene = openScene();
  scene.type(LAPTOP, ...letter('mail.wolke.example'));
  const sent = scene.journal.trace.findLast(
    (one) => one.type === 'queue.accept' && one.host === 'mail.wolke.example',
  );
  const signed = sent?.type === 'queue.accept' ? (scene.journal.kept.get(sent.message) ?? '') : '';
  const changed = change(signed);
  // By hand, line by line, from the domain's own server.
  scene.type(
    SERVER,
    'telnet mx.hafen.example 25',
    'EHLO mail.wolke.example',
    'MAIL FROM:<alice@wolke.example>',
    'RCPT TO:<bob@hafen.example>',
    'DATA',
    ...changed.replace(/\r\n$/, '').split('\r\n'),
    '.',
    'QUIT',
  );
  return { ...scene, signed };
}

/** The first world with a mailing list at Linde, which tags the subject and adds a footer; Bob is on it. */
function withList(): WorldDescription {
  const first = worldFile('first');
  const name = 'mx.linde.example';
  const roles = ['', '-bounces', '-request', '-join', '-leave', '-owner'];
  const mta = {
    myhostname: name,
    mynetworks: ['192.0.2.72'],
    virtualMailboxDomains: ['linde.example'],
    virtualMailboxMaps: roles.map((role) => `garden${role}@linde.example`),
    transportMaps: roles.map((role) => ({
      pattern: `garden${role}@linde.example`,
      host: '127.0.0.1',
      port: 8024,
    })),
    verify: { authservId: name, onReject: 'quarantine' },
  };
  const list = {
    hostname: name,
    port: 8024,
    via: { host: name, address: '127.0.0.1', port: 25 },
    trustedAuthservId: name,
    name: 'garden',
    domain: 'linde.example',
    title: 'Garden',
    owner: 'ok@linde.example',
    members: ['alice@wolke.example', 'bob@hafen.example'],
    subjectTag: true,
    footer: true,
    verp: false,
    mitigation: 'none',
    mitigateAlways: false,
    bounceScoreThreshold: 3,
    bounceOncePerDay: false,
  };
  return {
    ...first,
    hosts: [
      ...first.hosts,
      {
        name,
        role: 'mailServer',
        domain: 'linde.example',
        column: 3,
        row: 1,
        addresses: ['192.0.2.72'],
        nameservers: ['203.0.113.53'],
        programs: { mta: { kind: 'mta', config: mta }, list: { kind: 'mailingList', config: list } },
      },
    ],
    links: [...first.links, { between: [name, 'internet'], latencyMs: 8 }],
    zones: [
      ...first.zones.map((zone) =>
        zone.zone === 'example.' ? { ...zone, text: `${zone.text}\nlinde IN NS a.nic\n` } : zone,
      ),
      {
        zone: 'linde.example.',
        server: 'a.nic.example',
        text: [
          '$ORIGIN linde.example.',
          '$TTL 300',
          '@ IN SOA a.nic.example. hostmaster.nic.example. 1 1800 900 604800 300',
          '@ IN NS a.nic.example.',
          '@ IN MX 10 mx',
          '@ IN TXT "v=spf1 mx -all"',
          'mx IN A 192.0.2.72',
          '',
        ].join('\n'),
      },
    ],
  } as WorldDescription;
}

describe('the way of a message', () => {
  it('through a mailing list: the list’s host is named with the tag in the subject and the footer [S4-024] [DKIM-BODY]', () => {
    const scene = openScene(withList());
    scene.type(LAPTOP, ...letter('mail.wolke.example', 'garden@linde.example'));
    scene.wait(120);
    const { journal } = scene;
    const event = journal.trace.findLast(
      (one): one is EventOf<'auth.dmarc'> => one.type === 'auth.dmarc' && one.host === 'mx.hafen.example',
    );
    if (event === undefined) throw new Error('nothing reached Hafen');
    const judgement = judgementOf(journal, event);
    expect([...new Set(judgement.versions.map((one) => one.host))]).toEqual([
      'laptop.home.example',
      'mail.wolke.example',
      'mx.linde.example',
    ]);
    const dkim = sectionOf(journal, judgement.dkim?.seq ?? 0, 'dkim');
    const way = dkim?.material?.ways[0];
    expect(way?.host).toBe('mail.wolke.example');
    expect(new Set(way?.hops.map((hop) => hop.host))).toEqual(new Set(['mx.linde.example']));
    const subjects = way?.hops.flatMap((hop) => hop.fields).filter((field) => field.key === 'subject');
    expect(subjects).toMatchObject([
      { kind: 'changed', before: 'Subject: Hello', after: 'Subject: [Garden] Hello' },
    ]);
    expect(way?.hops.find((hop) => hop.body)?.body).toMatchObject({ place: 'end', removedBytes: 0 });
    const findings = findingViews(journal, judgement);
    expect(findings.find((one) => one.id === 'DKIM-BODY')?.params.host).toBe('mx.linde.example');
    // SPF passed for the list itself: nothing was forwarded under the old sender.
    expect(findings.map((one) => one.id)).not.toContain('SPF-FWD');
  });

  it('has every form with the host that made it; hops that add their trace changed nothing else', () => {
    const { journal, type } = openScene();
    type(LAPTOP, ...letter('mail.wolke.example'));
    const event = judged(journal);
    const versions = versionsTo(journal, event.connection, event.seq);
    expect(versions.map((one) => one.host)).toEqual(['laptop.home.example', 'mail.wolke.example']);
    const [hop] = hopChanges(versions);
    expect(hop?.host).toBe('mail.wolke.example');
    expect(hop?.body).toBeUndefined();
    expect(hop?.fields.map((one) => `${one.kind} ${one.key} ${one.isTrace}`).sort()).toEqual([
      'added date false',
      'added dkim-signature true',
      'added message-id false',
      'added received true',
    ]);
    const dkim = sectionOf(journal, event.seq - 1, 'dkim');
    expect(dkim?.material?.ways[0]).toMatchObject({ host: 'mail.wolke.example', hops: [] });
    expect(dkim?.material?.ways[0]?.body).toBeUndefined();
    expect(dkim?.material?.fields?.[0]).toMatch(/^DKIM-Signature:/);
  });

  it('finds the host that put a footer under a signed body, the bytes and the first that differs [S4-024] [DKIM-BODY]', () => {
    const { journal } = relayed((text) => `${text}-- \r\nSent by our list\r\n`);
    const event = judged(journal);
    const dkim = sectionOf(journal, event.seq - 1, 'dkim');
    expect(dkim?.verdicts[0]).toMatchObject({ result: 'fail', reason: 'body-hash' });
    const way = dkim?.material?.ways[0];
    expect(way?.hops).toHaveLength(1);
    expect(way?.hops[0]?.body).toMatchObject({ place: 'end', addedBytes: 23, removedBytes: 0, offset: 5 });
    expect(way?.body).toMatchObject({
      offset: 5,
      lead: 'Hi.\r\n',
      before: '',
      after: '-- \r\nSent by our list\r\n'.replace('-- ', '--'),
    });
    const found = findingViews(journal, judgementOf(journal, event));
    expect(found.find((one) => one.id === 'DKIM-BODY')?.params).toMatchObject({ before: 5, after: 28 });
  });

  it('finds the host that changed a signed subject, then and now [S4-024] [DKIM-HDR]', () => {
    const { journal } = relayed((text) => text.replace('Subject: Hello', 'Subject: [list] Hello'));
    const event = judged(journal);
    const way = sectionOf(journal, event.seq - 1, 'dkim')?.material?.ways[0];
    expect(way?.hops[0]?.fields).toMatchObject([
      { kind: 'changed', key: 'subject', before: 'Subject: Hello', after: 'Subject: [list] Hello' },
    ]);
    expect(way?.header).toMatchObject({ after: expect.stringMatching(/^\[list\] Hello/) as string });
    expect(way?.body).toBeUndefined();
    const findings = findingViews(journal, judgementOf(journal, event));
    expect(findings.find((one) => one.id === 'DKIM-HDR')?.params).toMatchObject({ field: 'Subject' });
    expect(findings.every((one) => journal.trace[one.seq - 1]?.type.startsWith('auth.'))).toBe(true);
  });

  it('a sender that the record lacks is told with the way to the record; repaired, nothing is told [S4-070] [SPF-MISSING-SENDER]', () => {
    const { journal, type, edit, wait } = openScene();
    type(SERVER, ...letter('mx.hafen.example'));
    const [finding] = findingViews(journal, judgementOf(journal, judged(journal)));
    expect(finding).toMatchObject({
      id: 'SPF-MISSING-SENDER',
      params: { address: '192.0.2.10', host: 'mail.wolke.example', text: 'ip4:192.0.2.10' },
      action: { type: 'openZone', zone: 'wolke.example.', name: 'wolke.example.' },
    });
    edit((text) => text.replace('ip4:192.0.2.99', 'ip4:192.0.2.10').replace('2026112301', '2026112302'));
    wait(301);
    type(LAPTOP, ...letter('mail.wolke.example'));
    expect(findingViews(journal, judgementOf(journal, judged(journal)))).toEqual([]);
    expect(sectionOf(journal, judged(journal).seq, 'findings')).toBeUndefined();
  });

  it('a forgery gives no findings: its victim has nothing to repair [S4-070]', () => {
    const { journal, wait, edit } = openScene();
    edit((text) => text.replace('ip4:192.0.2.99', 'ip4:192.0.2.10').replace('2026112301', '2026112302'));
    wait(200);
    const event = judged(journal);
    expect(event.verdict.result).toBe('fail');
    expect(findingViews(journal, judgementOf(journal, event))).toEqual([]);
  });
});

describe('look-ups', () => {
  it('each question is tied to its event and to whom the resolver asked, or to its memory with its age [S4-007]', () => {
    const { journal, type, wait } = openScene();
    type(LAPTOP, ...letter('mail.wolke.example'));
    const first = sectionOf(journal, judged(journal).seq, 'lookups')?.lookups ?? [];
    expect(first.map(sourceText)).toEqual([
      'wolke.example. servers resolver.hafen.example ns.wolke.example',
      's1._domainkey.wolke.example. servers resolver.hafen.example ns.wolke.example',
      '_dmarc.wolke.example. servers resolver.hafen.example ns.wolke.example',
      '_dmarc.example. servers resolver.hafen.example a.nic.example',
    ]);
    expect(first.map((one) => journal.trace[(one.seq ?? 0) - 1]?.type)).toEqual(Array(4).fill('dns.lookup'));
    wait(120);
    type(SERVER, ...letter('mx.hafen.example'));
    const again = sectionOf(journal, judged(journal).seq, 'lookups')?.lookups ?? [];
    const spf = again.find((one) => one.check === 'spf');
    expect(spf?.source).toMatchObject({ from: 'cache', server: 'ns.wolke.example' });
    expect(spf?.source?.ageSeconds).toBeGreaterThanOrEqual(120);
    expect(spf?.source?.ageSeconds).toBeLessThan(130);
  });

  it('the receiver’s deed, its header fields, other receivers and the row of the report stand beside the verdict [S4-008] [S4-009] [S4-049] [S4-061]', () => {
    const { journal, type } = openScene();
    type(SERVER, ...letter('mx.hafen.example'));
    const event = judged(journal);
    const receiver = sectionOf(journal, event.seq, 'receiver')?.receiver;
    expect(receiver?.decision?.action).toBe('junk');
    expect(receiver?.reply).toMatchObject({ code: 250, to: 'END-OF-MESSAGE' });
    expect(receiver?.fields[0]).toMatch(/^Authentication-Results: mx\.hafen\.example;\r\n\tspf=fail/);
    expect(receiver?.fields[1]).toMatch(/^Received-SPF: fail \(mx\.hafen\.example: domain of/);
    expect(receiver?.others.find((one) => one.profile === 'spf-reject')).toMatchObject({
      action: 'reject',
      stage: 'rcpt',
      reply: '550 5.7.23',
    });
    expect(sectionOf(journal, event.seq, 'dmarc')?.report?.row).toMatchObject({
      sourceIp: '192.0.2.10',
      disposition: 'quarantine',
      spf: 'fail',
      dkim: 'fail',
      headerFrom: 'wolke.example',
      envelopeTo: 'hafen.example',
    });
  });
});

describe('differences', () => {
  it('of header fields are told by name, from the bottom up; blanks are known as such', () => {
    const before = 'Received: a\r\nFrom: x\r\nSubject: Hi\r\n there\r\n\r\nB\r\n';
    const after = 'Received: b\r\nReceived: a\r\nFrom: x\r\nSubject: Hi there\r\n\r\nB\r\n';
    expect(diffMessages(before, after)).toEqual({
      fields: [
        {
          kind: 'added',
          name: 'Received',
          key: 'received',
          after: 'Received: b',
          isTrace: true,
          isBlanksOnly: false,
        },
        {
          kind: 'changed',
          name: 'Subject',
          key: 'subject',
          before: 'Subject: Hi\r\n there',
          after: 'Subject: Hi there',
          isTrace: false,
          isBlanksOnly: true,
        },
      ],
    });
  });

  it('of bodies: cutting out what was added and putting back what was removed gives the old body', () => {
    const body = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\r\n', '.'), maxLength: 40 });
    fc.assert(
      fc.property(body, body, (before, after) => {
        const diff = diffBodies(before, after);
        if (diff === undefined) return before === after;
        const { offset, addedBytes, removed } = diff;
        return after.slice(0, offset) + removed + after.slice(offset + addedBytes) === before;
      }),
    );
    expect(diffBodies('a\r\n', 'a\r\nfoot\r\n')).toMatchObject({ place: 'end', addedBytes: 6 });
    expect(diffBodies('a\r\n', 'top\r\na\r\n')).toMatchObject({ place: 'start' });
  });
});
