import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLatin1, utf8 } from '../base/bytes.ts';
import { timeOf } from '../base/dates.ts';
import { postfixDate } from './date.ts';
import { buildDsn, wrapLine } from './dsn.ts';
import type { DsnRecipient, DsnRequest } from './dsn.ts';
import { classifyBounce, parseDsn } from './dsn-parse.ts';
import { cases as runs } from '../testing/effort.ts';

const HOST = 'mx.hafen.example';
const now = timeOf(2026, 11, 23, 9, 0, 10);
const arrivedAt = timeOf(2026, 11, 23, 9, 0, 5);

/** The bounce as recorded, without what Dovecot put on top. */
function recorded(name: string): string {
  const text = readFileSync(new URL(`recordings/${name}.txt`, import.meta.url), 'utf8');
  const from = text.indexOf('Received: by mx.hafen.example (Postfix)', text.indexOf('@ bounce message'));
  const end = text.indexOf('\n@ ', from);
  return `${(end < 0 ? text : text.slice(0, end)).slice(from).trimEnd()}\n`;
}

/** The returned message as recorded, placeholders replaced by what our request holds. */
function original(text: string): string {
  const from =
    text.indexOf('Return-Path: <anna@hafen.example>\n') + 'Return-Path: <anna@hafen.example>\n'.length;
  const end = text.lastIndexOf('\n--');
  return text
    .slice(from, end)
    .replaceAll('⟨date⟩', postfixDate(arrivedAt))
    .replaceAll('⟨queue-id⟩', 'AAAAAAAAAA')
    .replace(/\n/g, '\r\n');
}

/** Puts the placeholders of the recordings in the places of the volatile parts. */
function masked(dsn: string, reportId: string): string {
  return dsn
    .replaceAll(postfixDate(now), '⟨date⟩')
    .replaceAll(postfixDate(arrivedAt), '⟨date⟩')
    .replaceAll('AAAAAAAAAA', '⟨queue-id⟩')
    .replaceAll('BBBBBBBBBB', reportId)
    .replaceAll(`.${now / 1000}/`, '.⟨date⟩/')
    .replaceAll('<20261123090010.', '<⟨date⟩.')
    .replaceAll('\r\n', '\n');
}

function recipient(address: string, more: Partial<DsnRecipient>): DsnRecipient {
  return {
    finalRecipient: address,
    originalRecipient: `rfc822;${address}`,
    action: 'failed',
    status: '5.1.1',
    reason: '',
    ...more,
  };
}

function refused(address: string, status: string, reply: string, command: string): DsnRecipient {
  return recipient(address, {
    status,
    reason: `host 127.0.0.1[127.0.0.1] said: ${reply} (in reply to ${command})`,
    remoteMta: '127.0.0.1',
    remoteReply: reply,
  });
}

const unknownUser = (address: string): DsnRecipient =>
  refused(
    address,
    '5.1.1',
    `550 5.1.1 <${address}>: Recipient address rejected: User unknown in virtual mailbox table`,
    'RCPT TO command',
  );

const local = (address: string, status: string, reason: string): DsnRecipient =>
  recipient(address, { status, reason });

const noHost = (name: string): string =>
  `Host or domain name not found. Name service error for name=${name} type=A: Host not found`;

const cases: [string, Partial<DsnRequest> & { recipients: DsnRecipient[] }][] = [
  ['bounced_511', { recipients: [unknownUser('nobody@gegen.example')] }],
  ['mixed_three', { recipients: [unknownUser('nobody@mixed.example')] }],
  [
    'expired',
    {
      recipients: [
        local('x@refused.example', '4.4.1', 'connect to 127.0.0.1[127.0.0.1]:12999: Connection refused'),
      ],
    },
  ],
  ['bounced_big', { recipients: [unknownUser('nobody@gegen.example')], sizeLimit: 10 }],
  [
    'bounced_quota',
    {
      recipients: [
        refused(
          'voll@hafen.example',
          '5.2.2',
          '552 5.2.2 <voll@hafen.example> Quota exceeded (mailbox for user is full)',
          'end of DATA command',
        ),
      ],
    },
  ],
  ['bounced_nxdomain', { recipients: [local('x@nx.example', '5.4.4', noHost('nx.example'))] }],
  [
    'bounced_loop',
    { recipients: [local('x@loop.example', '5.4.6', 'mail for loop.example loops back to myself')] },
  ],
  [
    'bounced_too_big',
    {
      recipients: [
        local(
          'ok@tiny.example',
          '5.3.4',
          'message size 3297 exceeds size limit 1000 of server 127.0.0.1[127.0.0.1]',
        ),
      ],
    },
  ],
  ['mx_without_address', { recipients: [local('x@mxweg.example', '5.4.4', noHost('nirgends.example'))] }],
];

function request(more: Partial<DsnRequest> & Pick<DsnRequest, 'recipients' | 'original'>): DsnRequest {
  return {
    kind: 'failure',
    host: HOST,
    queueId: 'AAAAAAAAAA',
    reportQueueId: 'BBBBBBBBBB',
    sender: 'anna@hafen.example',
    now,
    arrivedAt,
    zoneMinutes: 0,
    returned: 'full',
    ...more,
  };
}

describe('delivery status notifications', () => {
  it.each(cases)('%s is written byte for byte as Postfix wrote it [S2-040] [S2-041]', (name, more) => {
    const expected = recorded(name);
    const dsn = buildDsn(request({ ...more, original: original(expected) }));
    const reportId = /\tid (⟨[^⟩]+⟩);/.exec(expected)?.[1] ?? '';
    expect(masked(dsn, reportId)).toBe(expected);
  });

  it('dsn_success: relayed to LMTP on demand [S2-041]', () => {
    const expected = recorded('dsn_success');
    // The recorder masked the session's name in one place only.
    const session = 'kI8VJR2HBGuzOgAAg+zDdQ';
    const reply = `250 2.0.0 <bob@hafen.example> ${session} Saved`;
    const dsn = buildDsn(
      request({
        kind: 'success',
        original: original(expected),
        recipients: [
          recipient('bob@hafen.example', {
            action: 'relayed',
            status: '2.0.0',
            reason: `delivery via 127.0.0.1[127.0.0.1]:12024: ${reply}`,
            remoteMta: '127.0.0.1',
            remoteReply: reply,
          }),
        ],
      }),
    );
    expect(masked(dsn, '⟨queue-id-2⟩').replace(`> ${session} Saved\n\n`, '> ⟨session⟩ Saved\n\n')).toBe(
      expected,
    );
  });

  it('a delay says until when it goes on', () => {
    const dsn = buildDsn(
      request({
        kind: 'delay',
        original: 'Subject: x\r\n\r\nbody\r\n',
        recipients: [
          recipient('x@y.example', {
            action: 'delayed',
            status: '4.4.1',
            reason: 'connect to y.example[192.0.2.1]:25: Connection timed out',
          }),
        ],
      }),
    );
    expect(dsn).toContain('# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\r\n');
    expect(dsn).toContain('for more than 4 hour(s).\r\nIt will be retried until it is 5 day(s) old.');
    expect(dsn).toContain('Will-Retry-Until: Sat, 28 Nov 2026 09:00:05 +0000 (UTC)\r\n');
    expect(dsn).not.toContain('body\r\n');
  });

  it('what is written can be read', () => {
    const dsn = buildDsn(
      request({
        original: 'Subject: x\r\n\r\nbody\r\n',
        envelopeId: 'QQ314159',
        recipients: [unknownUser('a@x.example'), unknownUser('b@x.example')],
      }),
    );
    const report = parseDsn(dsn);
    expect(report).toMatchObject({
      reportingMta: { type: 'dns', value: HOST },
      envelopeId: 'QQ314159',
      recipients: [
        {
          finalRecipient: { type: 'rfc822', value: 'a@x.example' },
          action: 'failed',
          status: '5.1.1',
          remoteMta: { type: 'dns', value: '127.0.0.1' },
        },
        {
          finalRecipient: { value: 'b@x.example' },
          diagnosticCode: {
            type: 'smtp',
            value:
              '550 5.1.1 <b@x.example>: Recipient address rejected: User unknown in virtual mailbox table',
          },
        },
      ],
      returned: { kind: 'message' },
    });
    const { start = 0, end = 0 } = report?.returned ?? {};
    expect(dsn.slice(start, end)).toBe('Return-Path: <anna@hafen.example>\r\nSubject: x\r\n\r\nbody\r\n');
    expect(parseDsn('Subject: no report\r\n\r\n')).toBeUndefined();
  });

  it('wrapping loses nothing but blanks and keeps to 79', () => {
    const words = fc.array(fc.stringMatching(/^[!-~]{1,40}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.constantFrom(' ', '  ', '\t'), (list, gap) => {
        const lines = wrapLine(list.join(gap));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(79);
        expect(lines.join(' ').split(/\s+/).filter(Boolean)).toEqual(list);
      }),
    );
  });

  it('never fails on any bytes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (noise) => {
        const raw = `Content-Type: message/delivery-status\r\n\r\n${fromLatin1(utf8(noise))}`;
        expect(parseDsn(raw)).toBeDefined();
      }),
      runs(3000),
    );
  });

  it.each([
    [550, '5.1.1', 'User unknown in virtual mailbox table', 'hard'],
    [450, '4.7.1', 'Recipient address rejected: Greylisted', 'soft'],
    [552, '5.2.2', 'Quota exceeded (mailbox for user is full)', 'full'],
    [554, '5.7.1', 'Service unavailable; Client host [192.0.2.1] blocked using zen.bl.test', 'block'],
    [554, '', 'IP address is block listed', 'block'],
    [550, '5.7.26', 'Unauthenticated email is not accepted due to domain DMARC policy', 'policy'],
    [550, '', 'Requested action not taken: mailbox unavailable mailbox', 'hard'],
    [undefined, '5.4.4', 'Host or domain name not found', 'technical'],
  ] as const)('sorts %s %s %s as %s [S2-045]', (code, status, text, expected) => {
    expect(classifyBounce(code, status, text)).toBe(expected);
  });
});
