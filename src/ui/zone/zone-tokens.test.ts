import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLine, readZone, tokenAt, ttlSeconds } from './zone-tokens.ts';

/** `kind:text` of each token. */
const kinds = (line: string, before?: string) => {
  const state = before === undefined ? undefined : readZone(before).at(-1)?.next;
  return readLine(line, state).tokens.map((token) => `${token.kind}:${line.slice(token.start, token.end)}`);
};

describe('a line of a zone file', () => {
  it('reads owner, TTL, class and type in any order that RFC 1035 allows', () => {
    expect(kinds('mail 1h30m IN MX 10 mx1.wolke.example. ; main')).toEqual([
      'owner:mail',
      'ttl:1h30m',
      'class:IN',
      'type:MX',
      'number:10',
      'name:mx1.wolke.example.',
      'comment:; main',
    ]);
    expect(kinds('@ in 3600 a 192.0.2.1')).toEqual([
      'owner:@',
      'class:in',
      'ttl:3600',
      'type:a',
      'address:192.0.2.1',
    ]);
    expect(kinds('  TXT hello')).toEqual(['type:TXT', 'string:hello']);
  });

  it('reads directives', () => {
    expect(kinds('$ORIGIN wolke.example.')).toEqual(['directive:$ORIGIN', 'name:wolke.example.']);
    expect(kinds('$TTL 1d')).toEqual(['directive:$TTL', 'ttl:1d']);
  });

  it('marks a type that does not exist', () => {
    expect(kinds('mail IN TXTT "x"')).toEqual([
      'owner:mail',
      'class:IN',
      'unknown:TXTT',
      'delimiter:"',
      'string:x',
      'delimiter:"',
    ]);
  });

  it('follows parentheses over lines, and names the fields of SOA', () => {
    const zone = '@ IN SOA ns1 hostmaster (\n 2026112301 ; serial\n 3600 900 1w 300 )\nmail A 192.0.2.1';
    const lines = readZone(zone);
    const serial = lines[1]?.tokens[0];
    expect(serial?.meaning).toEqual({ of: 'soa', field: 'serial', value: '2026112301' });
    expect(
      lines[2]?.tokens.map((token) => (token.meaning?.of === 'soa' ? token.meaning.field : token.kind)),
    ).toEqual(['refresh', 'retry', 'expire', 'minimum', 'delimiter']);
    expect(lines[3]?.tokens[0]?.kind).toBe('owner');
  });

  it('takes SPF apart', () => {
    const line = '@ TXT "v=spf1 ip4:192.0.2.0/24 ~all redirect=_spf.x"';
    expect(kinds(line).slice(2)).toEqual([
      'delimiter:"',
      'version:v=spf1',
      'term:ip4',
      'value::192.0.2.0/24',
      'qualifier:~',
      'term:all',
      'term:redirect',
      'value:=_spf.x',
      'delimiter:"',
    ]);
    expect(tokenAt(readLine(line).tokens, line.indexOf('~'))?.meaning).toEqual({
      of: 'spf',
      qualifier: '~',
      term: 'all',
      value: '',
    });
  });

  it('takes DMARC and DKIM apart, over several strings', () => {
    expect(kinds('_dmarc TXT "v=DMARC1; p=none; rua=mailto:a@b"').slice(2)).toEqual([
      'delimiter:"',
      'version:v',
      'version:DMARC1',
      'delimiter:;',
      'tag:p',
      'value:none',
      'delimiter:;',
      'tag:rua',
      'value:mailto:a@b',
      'delimiter:"',
    ]);
    const parts = readLine('s1._domainkey TXT "k=rsa; p=MIIB" "IjAN; t=y"').tokens;
    expect(parts.filter((token) => token.kind === 'value').map((token) => token.meaning)).toEqual([
      { of: 'tag', format: 'dkim', tag: 'k', value: 'rsa' },
      { of: 'tag', format: 'dkim', tag: 'p', value: 'MIIB' },
      { of: 'tag', format: 'dkim', tag: 'p', value: 'IjAN' },
      { of: 'tag', format: 'dkim', tag: 't', value: 'y' },
    ]);
  });

  it('shows that an unquoted semicolon begins a comment', () => {
    expect(kinds('_dmarc TXT v=DMARC1; p=none')).toEqual([
      'owner:_dmarc',
      'type:TXT',
      'version:v',
      'version:DMARC1',
      'comment:; p=none',
    ]);
  });

  it('keeps tokens in order and inside the line, whatever is written', () => {
    const piece = fc.constantFrom(
      '@',
      ' ',
      '"',
      '(',
      ')',
      ';',
      'TXT',
      'MX',
      'IN',
      '\\',
      '\\"',
      'v=spf1',
      'v=DMARC1; ',
      'p=',
      '=',
      '~all',
      '10',
      '$TTL',
      'ü',
      '\t',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        const lines = text.split('\n');
        for (const [index, { tokens }] of readZone(text).entries()) {
          let last = 0;
          for (const token of tokens) {
            expect(token.start).toBeGreaterThanOrEqual(last);
            expect(token.end).toBeGreaterThan(token.start);
            last = token.end;
          }
          expect(last).toBeLessThanOrEqual(lines[index]?.length ?? 0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

it('reads TTLs as BIND does', () => {
  expect(['3600', '1h30m', '1D', '2w', 'x', '', '1hour', '5m30'].map(ttlSeconds)).toEqual([
    3600,
    5400,
    86400,
    1209600,
    undefined,
    undefined,
    undefined,
    330,
  ]);
});
