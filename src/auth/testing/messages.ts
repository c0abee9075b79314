// Messages as strange as a wire carries them, for tests that ask second opinions: folding in odd places, blanks, bare CR
// and LF, bytes above 127, lines without end, fields twice, bodies of nothing. Used by tests only.

import fc from 'fast-check';

/** What a generated message may hold beyond what RFC 5322 allows. */
export interface Strangeness {
  /** Single CR and LF in body and header values, which RFC 5321 §2.3.8 forbids and wires carry. */
  readonly bareEnds?: boolean;
}

const fold = fc.constantFrom('\r\n ', '\r\n\t', ' \r\n  ', '\t\r\n \t', '\r\n \r\n ', '  \r\n\t  ');
const blank = fc.constantFrom('', ' ', '  ', '\t', ' \t ');
const ink = fc.oneof(
  fc.constantFrom(
    'Hi',
    'a:b',
    'x;y',
    '=?utf-8?Q?=C3=BC?=',
    '"q  q"',
    'b=abc',
    ';b=x',
    '(c)',
    '<m@x>',
    '--',
    '.',
  ),
  fc.constantFrom('\xc3\xbc', '\xff\xfe', '\x80', '\x01', '\x7f'),
  fc.constantFrom('long'.repeat(40), 'x'.repeat(1200)),
);
const value = fc
  .array(fc.tuple(fc.oneof({ weight: 3, arbitrary: blank }, fold), ink), { minLength: 1, maxLength: 5 })
  .chain((pairs) => blank.map((end) => pairs.flat().join('') + end));
const name = fc.constantFrom(
  'Subject',
  'SUBJECT',
  'subject',
  'To',
  'Cc',
  'Date',
  'X-Odd',
  'Reply-To',
  'List-Unsubscribe',
  'Message-ID',
  'Received',
  'MIME-Version',
  'Content-Type',
  'Comments',
);
const colon = fc.constantFrom(':', ': ', ':  ', ':\t', ':\r\n ');
const field = fc.tuple(name, colon, value).map((parts) => parts.join(''));
const from = fc
  .tuple(fc.constantFrom('From', 'FROM', 'from'), colon, value, blank)
  .map(([key, mark, text, end]) => `${key}${mark}${text} <ana@a.example>${end}`);

const word = fc.constantFrom(
  'a',
  'B c',
  ' ',
  '  ',
  '\t',
  ' \t ',
  '.',
  '..',
  '=20',
  'From x',
  '\xc3\xbc',
  '\xff',
  '',
);
const line = fc.oneof(
  { weight: 9, arbitrary: fc.array(word, { maxLength: 6 }).map((words) => words.join('')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('z'.repeat(998), 'z '.repeat(2500), ' '.repeat(3000), '\t '.repeat(50)),
  },
);
const tail = fc.constantFrom(
  '',
  '\r\n',
  '\r\n\r\n',
  ' \r\n',
  '\r\n \r\n\t\r\n',
  '\r\n\r\n\r\n\r\n',
  '.',
  'end',
);

function body(strange: Strangeness): fc.Arbitrary<string> {
  const end: fc.Arbitrary<string> =
    strange.bareEnds === true
      ? fc.oneof(
          { weight: 4, arbitrary: fc.constant('\r\n') },
          fc.constantFrom('\n', '\r', '\r\r\n', '\n\r', '\n\n'),
        )
      : fc.constant('\r\n');
  const lines = fc.array(fc.tuple(line, end), { maxLength: 8 }).map((pairs) => pairs.flat().join(''));
  return fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom('', '\r\n', '\r\n\r\n', ' ', ' \r\n', '\t\r\n\r\n') },
    { weight: 12, arbitrary: fc.tuple(lines, tail).map((parts) => parts.join('')) },
  );
}

/** One message, a character a byte, with exactly one From of `ana@a.example`. */
export function strangeMessage(strange: Strangeness = {}): fc.Arbitrary<string> {
  return (
    fc
      .tuple(fc.array(field, { maxLength: 6 }), from, fc.array(field, { maxLength: 3 }), body(strange))
      .map(([above, author, below, text]) => [...above, author, ...below, '', text].join('\r\n'))
      // SMTP ends every message with CRLF, so blanks at the end of a last line without one have no meaning.
      .map((raw) => raw.replace(/(\r\n\r\n[^]*?)[ \t]+$/, '$1'))
  );
}
