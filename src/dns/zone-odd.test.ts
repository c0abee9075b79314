// Master files as people and programs really write them: odd parentheses, escapes, line ends, unknown types. Every line
// must mean what BIND 9.18 takes it for. RFC 1035 §5.1, RFC 2181 §8, RFC 2308 §4, RFC 3597 §5, RFC 4592 §2.1.1.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintZone } from './lint.ts';
import { recordText } from './records.ts';
import { parseZone, printZone } from './zone-file.ts';
import { loadZone } from './zone-checks.ts';

const head = '$TTL 1h\n@ SOA ns1 hostmaster 1 2h 1h 2w 5m\n@ NS ns1\nns1 A 192.0.2.10\n';

/** The records behind the head, one blank between fields; no complaint is allowed. */
function means(text: string, origin = 'a.example.'): string[] {
  const parsed = parseZone(head + text, origin);
  expect(parsed.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return parsed.records.slice(3).map((record) => recordText(record).replace(/\t+/g, ' '));
}

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['class before TTL', 'x IN 300 A 192.0.2.1\n', ['x.a.example. 300 IN A 192.0.2.1']],
  ['TTL before class', 'x 300 IN A 192.0.2.1\n', ['x.a.example. 300 IN A 192.0.2.1']],
  ['units of time', 'x 1w2d3h4m5s A 192.0.2.1\n', ['x.a.example. 788645 IN A 192.0.2.1']],
  ['capital letters', 'X in a 192.0.2.1\n', ['X.a.example. 3600 IN A 192.0.2.1']],
  ['class by number', 'x CLASS1 TYPE1 \\# 4 c0000201\n', ['x.a.example. 3600 IN A 192.0.2.1']],
  ['an unknown type', 'x TYPE65280 \\# 4 0A00 0001\n', ['x.a.example. 3600 IN TYPE65280 \\# 4 0A000001']],
  ['an empty unknown type', 'x TYPE65280 \\# 0\n', ['x.a.example. 3600 IN TYPE65280 \\# 0']],
  ['a known type as unknown', 'x MX \\# 3 000a00\n', ['x.a.example. 3600 IN MX 10 .']],
  [
    'line ends of Windows',
    'x A 192.0.2.1\r\ny TXT "a"\r\n',
    ['x.a.example. 3600 IN A 192.0.2.1', 'y.a.example. 3600 IN TXT "a"'],
  ],
  ['no line end at the end', 'x A 192.0.2.1', ['x.a.example. 3600 IN A 192.0.2.1']],
  ['tabs', 'x\t\tIN\tA\t192.0.2.1\t\n', ['x.a.example. 3600 IN A 192.0.2.1']],
  ['the zone itself in the data', 'x CNAME @\n', ['x.a.example. 3600 IN CNAME a.example.']],
  ['a plain @ by escape', 'x CNAME \\@\n', ['x.a.example. 3600 IN CNAME \\@.a.example.']],
  ['an escaped dot', 'o\\.k A 192.0.2.1\n', ['o\\.k.a.example. 3600 IN A 192.0.2.1']],
  ['a decimal escape in a name', 'o\\046k A 192.0.2.1\n', ['o\\.k.a.example. 3600 IN A 192.0.2.1']],
  [
    'decimal escapes in a text',
    'x TXT "a\\034b\\\\c\\200"\n',
    ['x.a.example. 3600 IN TXT "a\\"b\\\\c\\200"'],
  ],
  ['semicolons in quotes', 'x TXT "a;b" ";" ; comment\n', ['x.a.example. 3600 IN TXT "a;b" ";"']],
  ['an escaped semicolon', 'x TXT a\\;b\n', ['x.a.example. 3600 IN TXT "a;b"']],
  ['empty strings', 'x TXT "" "b" ""\n', ['x.a.example. 3600 IN TXT "" "b" ""']],
  ['strings without a blank between', 'x TXT "a""b"\n', ['x.a.example. 3600 IN TXT "a" "b"']],
  ['parentheses around everything', 'x ( IN ( A ) 192.0.2.1 )\n', ['x.a.example. 3600 IN A 192.0.2.1']],
  ['a parenthesis without a blank', 'x TXT("a"\n"b")\n', ['x.a.example. 3600 IN TXT "a" "b"']],
  [
    'comments inside parentheses',
    'x MX ( ; first\n 10 ; ) not yet\n ns1 )\n',
    ['x.a.example. 3600 IN MX 10 ns1.a.example.'],
  ],
  [
    'blank lines and comments',
    '\n  \n\t; only a comment\nx A 192.0.2.1\n',
    ['x.a.example. 3600 IN A 192.0.2.1'],
  ],
  [
    'the owner above',
    'x A 192.0.2.1\n  A 192.0.2.2\n',
    ['x.a.example. 3600 IN A 192.0.2.1', 'x.a.example. 3600 IN A 192.0.2.2'],
  ],
  [
    'the owner above an origin',
    'x A 192.0.2.1\n$ORIGIN b\n  TXT "still x"\ny TXT "b"\n',
    [
      'x.a.example. 3600 IN A 192.0.2.1',
      'x.a.example. 3600 IN TXT "still x"',
      'y.b.a.example. 3600 IN TXT "b"',
    ],
  ],
  ['a wildcard', '* MX 10 ns1\n', ['*.a.example. 3600 IN MX 10 ns1.a.example.']],
  ['an escaped star', '\\* TXT "x"\n', ['*.a.example. 3600 IN TXT "x"']],
  ['a TTL of nought', 'x 0 A 192.0.2.1\n', ['x.a.example. 0 IN A 192.0.2.1']],
  [
    'a name that looks like a type',
    'mx A 192.0.2.1\nA A 192.0.2.2\n',
    ['mx.a.example. 3600 IN A 192.0.2.1', 'A.a.example. 3600 IN A 192.0.2.2'],
  ],
  ['addresses of IPv6 in short', 'x AAAA 2001:DB8:0:0::25\n', ['x.a.example. 3600 IN AAAA 2001:db8::25']],
  ['IPv4 inside IPv6', 'x AAAA ::ffff:192.0.2.1\n', ['x.a.example. 3600 IN AAAA ::ffff:192.0.2.1']],
];

describe('a line of a master file', () => {
  it.each(cases)('%s [S3-002]', (_, text, expected) => expect(means(text)).toEqual(expected));

  it('may be very long [S3-008]', () => {
    const strings = Array.from({ length: 200 }, (_, i) => `"${String(i).padStart(250, 'x')}"`).join(' ');
    const [line] = means(`x TXT ${strings}\n`);
    expect(line?.endsWith(strings)).toBe(true);
  });
});

describe('classless delegation', () => {
  it('is read, and its names are no host names that anybody checks [S3-006]', () => {
    const text =
      '$TTL 1h\n@ SOA ns.isp.example. h.isp.example. 1 2h 1h 2w 5m\n@ NS ns.isp.example.\n' +
      '0/26 NS ns.a.example.\n10 CNAME 10.0/26\n';
    const { hosted, problems } = loadZone(text, '2.0.192.in-addr.arpa.');
    expect(hosted.state).toBe('loaded');
    expect(problems.filter(({ serverRefuses }) => serverRefuses)).toEqual([]);
    expect(parseZone(text, '2.0.192.in-addr.arpa.').records.at(-1)?.data).toEqual({
      type: 'CNAME',
      target: '10.0/26.2.0.192.in-addr.arpa.',
    });
  });
});

describe('what cannot be read', () => {
  it.each([
    ['$GENERATE 1-10 h$ A 192.0.2.$\n', 'generate-not-read'],
    ['$INCLUDE other.zone\n', 'include-not-read'],
    ['x TYPE65280 \\# 4 0A0000\n', 'unexpected-end'],
    ['x A 192.0.2\n', 'bad-ipv4'],
    ['x TXT "open\n', 'unbalanced-quotes'],
    ['x MX ( 10 ns1\n', 'unbalanced-parentheses'],
    ['x..y A 192.0.2.1\n', 'empty-label'],
    ['x\\300y A 192.0.2.1\n', 'bad-escape'],
    [`${'l'.repeat(64)} A 192.0.2.1\n`, 'label-too-long'],
    [
      `${'l'.repeat(60)}.${'l'.repeat(60)}.${'l'.repeat(60)}.${'l'.repeat(60)}.${'l'.repeat(60)} A 192.0.2.1\n`,
      'name-too-long',
    ],
  ])('%s is said to be what it is [S3-002]', (text, code) => {
    const { problems } = parseZone(`${head}${text}`, 'a.example.');
    expect(problems.map((problem) => problem.code)).toContain(code);
    const found = problems.find((problem) => problem.code === code);
    expect(found?.span.line).toBeGreaterThanOrEqual(5);
  });
});

describe('any text at all', () => {
  const piece = fc.constantFrom(
    '@',
    'x',
    '"',
    '(',
    ')',
    ';',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '\\',
    '\\1',
    '\\# 2 00',
    '$TTL',
    '$ORIGIN',
    '$GENERATE',
    '$INCLUDE',
    'IN',
    'A',
    'MX',
    'TXT',
    'SOA',
    'TYPE9',
    'CNAME',
    '10',
    '1h',
    '192.0.2.1',
    '\ufeff',
    '\u0000',
    'ü',
    '😀',
    '.',
    '..',
    '*',
    'v=spf1',
    '“',
  );
  it('is read without an exception, every finding lies within it, and what loads prints and reads back the same', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text =
          head +
          pieces.join(fc.sample(fc.constantFrom('', ' '), { numRuns: 1, seed: pieces.length })[0] ?? '');
        const parsed = parseZone(text, 'a.example.');
        for (const { span } of [...parsed.problems, ...lintZone(parsed)]) {
          expect(span.offset).toBeGreaterThanOrEqual(0);
          expect(span.offset + span.length).toBeLessThanOrEqual(text.length);
        }
        for (const { fix } of lintZone(parsed))
          if (fix) expect(fix.span.offset + fix.span.length).toBeLessThanOrEqual(text.length);
        const { hosted } = loadZone(text, 'a.example.');
        if (hosted.state !== 'loaded') return;
        const printed = printZone(parsed.records, 'a.example.');
        const again = parseZone(printed, 'a.example.');
        const lines = (records: typeof parsed.records): string[] =>
          records.map((record) => recordText(record)).sort();
        expect(lines(again.records)).toEqual(lines(parsed.records));
      }),
      { numRuns: 1500, seed: 20261123 },
    );
  });

  it('takes no longer than its length deserves', () => {
    // Twice the text, about twice the steps: a text of a megabyte that is one open parenthesis or one escape is read to its end.
    for (const unit of ['(', '\\', '"', ';', 'x ', '\n', '@ TXT a;'])
      expect(parseZone(head + unit.repeat(200_000), 'a.example.').problems.length).toBeLessThan(400_001);
  });
});
