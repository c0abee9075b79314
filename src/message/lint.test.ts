// Each finding about a message's form: a message that has it, the same message without it, and the place in the bytes.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeMessage } from './compose.ts';
import { lintMessage, MESSAGE_LINT_IDS, type MessageLintId } from './lint.ts';
import { cases } from '../testing/effort.ts';

const HEALTHY = [
  'From: Alice <alice@wolke.example>',
  'To: bob@hafen.example',
  'Date: Mon, 23 Nov 2026 09:00:00 +0100',
  'Message-ID: <1@wolke.example>',
  'Subject: Hello',
];
const text = (head: readonly string[], body = 'Hi\r\n'): string => `${head.join('\r\n')}\r\n\r\n${body}`;
const without = (name: string): string[] => HEALTHY.filter((line) => !line.startsWith(`${name}:`));
const withLine = (...lines: string[]): string[] => [...HEALTHY, ...lines];
const replaced = (name: string, line: string): string[] => [...without(name), line];
const html = ['MIME-Version: 1.0', 'Content-Type: text/html'];
const multi = (boundary: string): string[] =>
  withLine('MIME-Version: 1.0', `Content-Type: multipart/mixed; boundary="${boundary}"`);
const encoded = withLine(
  'MIME-Version: 1.0',
  'Content-Type: text/plain',
  'Content-Transfer-Encoding: base64',
);

/** Id, a message that has it, what stands at its place, a near miss. */
const CASES: readonly (readonly [MessageLintId, string, string, string])[] = [
  ['FMT-NOFROM', text(without('From')), 'To:', text(HEALTHY)],
  [
    'FMT-MULTIFROM',
    text(replaced('From', 'From: a@x.example, b@x.example')),
    'From: a@x',
    text(replaced('From', 'From: a@x.example')),
  ],
  [
    'FMT-DUPHDR',
    text(withLine('Subject: again')),
    'Subject: again',
    text(withLine('Comments: a', 'Comments: b')),
  ],
  ['FMT-NODATE', text(without('Date')), 'From:', text(HEALTHY)],
  [
    'FMT-BADDATE',
    text(replaced('Date', 'Date: yesterday')),
    'Date: yesterday',
    text(replaced('Date', 'Date: 23 Nov 2026 09:00 +0100')),
  ],
  ['FMT-NOMID', text(without('Message-ID')), 'From:', text(HEALTHY)],
  [
    'FMT-MIDDOMAIN',
    text(replaced('Message-ID', 'Message-ID: <1@localhost>')),
    'Message-ID: <1@l',
    text(replaced('Message-ID', 'Message-ID: <1@mail.localhost.example>')),
  ],
  ['FMT-NOBLANK', `${HEALTHY.join('\r\n')}\r\nDear Bob\r\n`, 'Dear Bob', text(HEALTHY, 'Dear Bob\r\n')],
  [
    'FMT-8BITHDR',
    text(replaced('Subject', 'Subject: Gr\xfc\xdfe')),
    'Subject: Gr',
    text(replaced('Subject', 'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=')),
  ],
  ['FMT-LONGLINE', text(HEALTHY, `${'x'.repeat(999)}\r\n`), 'xxx', text(HEALTHY, `${'x'.repeat(998)}\r\n`)],
  ['FMT-BARELF', text(HEALTHY, 'a\nb\r\n'), '\nb', text(HEALTHY, 'a\r\nb\r\n')],
  [
    'FMT-HTMLONLY',
    text(withLine(...html), '<p>x</p>\r\n'),
    'From:',
    text(withLine('MIME-Version: 1.0', 'Content-Type: text/plain')),
  ],
  [
    'FMT-BOUNDARY',
    text(multi('b'), '--other\r\n\r\nx\r\n'),
    'From:',
    text(multi('b'), '--b\r\n\r\nx\r\n--b--\r\n'),
  ],
  ['FMT-BADB64', text(encoded, 'SGVs*bG8=\r\n'), 'SGVs', text(encoded, 'SGVsbG8=\r\n')],
  ['FMT-EMPTYTO', text(without('To')), 'From:', text(replaced('To', 'To: undisclosed-recipients:;'))],
  ['FMT-BCCLEAK', text(withLine('Bcc: secret@x.example')), 'Bcc: s', text(withLine('Bcc: '))],
  [
    'FMT-REPLYFAKE',
    text(replaced('Subject', 'Subject: AW: your invoice')),
    'Subject: AW',
    text([...replaced('Subject', 'Subject: AW: your invoice'), 'In-Reply-To: <0@x.example>']),
  ],
];

describe('the form of a message', () => {
  it.each(CASES)('%s is found in its place, and not beside it [S8-007]', (id, broken, place, fixed) => {
    const finding = lintMessage(broken).find((one) => one.id === id);
    expect(finding, id).toBeDefined();
    expect(broken.slice(finding?.start)).toMatch(
      new RegExp(`^${place.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`),
    );
    expect(finding?.end).toBeGreaterThan(finding?.start ?? 0);
    expect(finding?.rule).toMatch(/^RFC \d+ §/);
    expect(lintMessage(fixed).map((one) => one.id)).not.toContain(id);
  });

  it('every id has a case [S8-007]', () => {
    expect([...new Set(CASES.map(([id]) => id))].sort()).toEqual([...MESSAGE_LINT_IDS].sort());
  });

  it('nothing is said about a healthy message, nor about one that was composed here [S8-007]', () => {
    expect(lintMessage(text(HEALTHY))).toEqual([]);
    const composed = composeMessage({
      from: { name: 'Älice', address: 'alice@wolke.example' },
      to: [{ address: 'bob@hafen.example' }],
      subject: 'Grüße',
      date: Date.UTC(2026, 10, 23, 8),
      zoneMinutes: 60,
      messageId: '<1@wolke.example>',
      text: 'Schöne Grüße',
    });
    expect(lintMessage(composed)).toEqual([]);
  });

  it('holds for whatever bytes come, with places inside the message', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...CASES.map(([, broken]) => broken), '\0', '\r', '\n', ':', '--b\r\n'), {
          maxLength: 6,
        }),
        (pieces) => {
          const raw = pieces.join('');
          for (const { start, end } of lintMessage(raw)) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeLessThanOrEqual(raw.length);
            expect(start).toBeLessThanOrEqual(end);
          }
        },
      ),
      cases(300),
    );
  });
});
