// Every diagnostic of behaviour §3.6 that a zone text shows by itself: a broken zone raises it at the right place, the
// repaired one does not, and the offered repair, where there is one, cures it.

import { describe, expect, it } from 'vitest';
import { lintZone, type DnsFinding, type DnsLintId } from '../lint.ts';
import { parseZone } from '../zone-file.ts';
import { loadZone } from '../zone-checks.ts';

const head = '$TTL 3600\n@ SOA ns1 hostmaster 2026112301 7200 3600 1209600 300\n@ NS ns1\nns1 A 192.0.2.10\n';

interface Case {
  /** What stands behind the head; line 5 is its first. */
  readonly broken: string;
  readonly fixed: string;
  /** Text that the finding's stretch covers, and the line it is in. */
  readonly at: string;
  readonly line?: number;
  /** What the offered repair makes of `broken`; null where a person must decide. */
  readonly repaired: string | null;
  readonly origin?: string;
}

const cases: Readonly<Record<Exclude<DnsLintId, 'SOA-SERIAL'>, Case>> = {
  'DNS-NODOT': {
    broken: '@ MX 10 mx1.a.example\nmx1 A 192.0.2.25\n',
    fixed: '@ MX 10 mx1.a.example.\nmx1 A 192.0.2.25\n',
    at: 'mx1.a.example',
    repaired: '@ MX 10 mx1.a.example.\nmx1 A 192.0.2.25\n',
  },
  'DNS-CNAME-APEX': {
    broken: 'www A 192.0.2.80\n@ IN CNAME www ; here\n',
    fixed: 'www A 192.0.2.80\n@ IN A 192.0.2.80\n',
    at: 'CNAME',
    line: 6,
    repaired: 'www A 192.0.2.80\n@ IN A 192.0.2.80 ; here\n',
  },
  'MX-CNAME': {
    broken: '@ MX 10 mail\nmail CNAME mx1\nmx1 A 192.0.2.25\n',
    fixed: '@ MX 10 mx1\nmail CNAME mx1\nmx1 A 192.0.2.25\n',
    at: 'mail',
    repaired: '@ MX 10 mx1.a.example.\nmail CNAME mx1\nmx1 A 192.0.2.25\n',
  },
  'MX-IS-IP': {
    broken: '@ MX 10 192.0.2.25 ; ours\n',
    fixed: '@ MX 10 mail\nmail A 192.0.2.25\n',
    at: '192.0.2.25',
    repaired: '@ MX 10 mail.a.example. ; ours\nmail.a.example. IN A 192.0.2.25\n',
  },
  'MX-NO-A': {
    broken: '@ MX 10 mx2\n@ MX 20 ns1\n',
    fixed: '@ MX 10 mx2\n@ MX 20 ns1\nmx2 A 192.0.2.26\n',
    at: 'mx2',
    repaired: null,
  },
  'MX-PRIVATE-IP': {
    broken: '@ MX 10 mx1\nmx1 A 192.168.1.20\n',
    fixed: '@ MX 10 mx1\nmx1 A 192.0.2.25\n',
    at: '192.168.1.20',
    line: 6,
    repaired: null,
  },
  'TXT-TOO-LONG': {
    broken: `s1._domainkey TXT "p=${'A'.repeat(300)}"\n`,
    fixed: `s1._domainkey TXT "p=${'A'.repeat(200)}" "${'A'.repeat(100)}"\n`,
    at: `"p=${'A'.repeat(300)}"`,
    repaired: `s1._domainkey TXT "p=${'A'.repeat(253)}" "${'A'.repeat(47)}"\n`,
  },
  'TXT-SEMICOLON': {
    broken: '_dmarc TXT v=DMARC1; p=reject\n',
    fixed: '_dmarc TXT "v=DMARC1; p=reject"\n',
    at: 'v=DMARC1',
    repaired: '_dmarc TXT "v=DMARC1; p=reject"\n',
  },
  'TXT-QUOTES': {
    broken: '@ TXT “v=spf1 mx -all”\n',
    fixed: '@ TXT "v=spf1 mx -all"\n',
    at: '“v=spf1 mx -all”',
    repaired: '@ TXT "v=spf1 mx -all"\n',
  },
  'DKIM-NAME-DOUBLED': {
    broken: 's1._domainkey.a.example TXT "v=DKIM1; p=x"\n',
    fixed: 's1._domainkey TXT "v=DKIM1; p=x"\n',
    at: 's1._domainkey.a.example',
    repaired: 's1._domainkey.a.example. TXT "v=DKIM1; p=x"\n',
  },
  'DMARC-NAME': {
    broken: '@ TXT "v=DMARC1; p=none"\n',
    fixed: '_dmarc TXT "v=DMARC1; p=none"\n',
    at: '@',
    repaired: '_dmarc.a.example. TXT "v=DMARC1; p=none"\n',
  },
  'SPF-WRONG-NAME': {
    broken: '_spf TXT "v=spf1 mx -all"\n',
    fixed: '@ TXT "v=spf1 mx -all"\n',
    at: '_spf',
    repaired: 'a.example. TXT "v=spf1 mx -all"\n',
  },
  'TTL-TOO-HIGH': {
    broken: 'www 2d A 192.0.2.80\n',
    fixed: 'www 1d A 192.0.2.80\n',
    at: '2d',
    repaired: 'www 3600 A 192.0.2.80\n',
  },
  'PTR-WRONG-ZONE': {
    broken: '10 PTR mail.a.example.\n',
    fixed: '10 PTR mail.a.example.\n',
    at: '10',
    repaired: null,
    origin: '2.0.192.in-addr.arpa.',
  },
  'WILDCARD-MX': {
    broken: '* MX 10 mx1\nmx1 A 192.0.2.25\nwww A 192.0.2.80\n',
    fixed: '* MX 10 mx1\nmx1 A 192.0.2.25\nwww A 192.0.2.80\nwww MX 10 mx1\n',
    at: '*',
    repaired: null,
  },
};

const lint = (text: string, origin = 'a.example.'): DnsFinding[] => lintZone(parseZone(text, origin));
const found = (text: string, id: string, origin?: string): DnsFinding | undefined =>
  lint(text, origin).find((finding) => finding.id === id);

function applied(text: string, finding: DnsFinding | undefined): string | null {
  const { fix } = finding ?? {};
  if (fix === undefined) return null;
  return text.slice(0, fix.span.offset) + fix.text + text.slice(fix.span.offset + fix.span.length);
}

function prove(id: Exclude<DnsLintId, 'SOA-SERIAL'>): void {
  const { broken, fixed, at, line = 5, repaired, origin } = cases[id];
  const finding = found(head + broken, id);
  const span = finding?.span ?? { offset: 0, length: 0, line: 0, column: 0 };
  expect((head + broken).slice(span.offset, span.offset + span.length)).toBe(at);
  const before = (head + broken).slice(0, span.offset).split('\n');
  expect({ line: span.line, column: span.column }).toEqual({
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
  });
  expect(span.line).toBe(line);
  // The right zone: for PTR that is the reverse zone itself.
  const top = origin === undefined ? head : head.replace(/@ NS ns1\nns1 A .*\n/, '@ NS ns1.b.example.\n');
  expect(found(top + fixed, id, origin)).toBeUndefined();
  const cured = applied(head + broken, finding);
  expect(cured?.slice(head.length) ?? null).toBe(repaired);
  if (cured !== null) {
    expect(found(cured, id)).toBeUndefined();
    expect(loadZone(cured, 'a.example.').hosted.state).toBe('loaded');
  }
}

describe('each diagnostic of a zone text fires where it should, and not once it is cured', () => {
  it('[DNS-NODOT] the final dot', () => prove('DNS-NODOT'));
  it('[DNS-CNAME-APEX] an alias at the top', () => prove('DNS-CNAME-APEX'));
  it('[MX-CNAME] an MX to an alias', () => prove('MX-CNAME'));
  it('[MX-IS-IP] an MX to an address', () => prove('MX-IS-IP'));
  it('[MX-NO-A] an MX to nothing', () => prove('MX-NO-A'));
  it('[MX-PRIVATE-IP] an MX to a private address', () => prove('MX-PRIVATE-IP'));
  it('[TXT-TOO-LONG] a string above 255 bytes', () => prove('TXT-TOO-LONG'));
  it('[TXT-SEMICOLON] a value cut off', () => prove('TXT-SEMICOLON'));
  it('[TXT-QUOTES] quotes of a word processor', () => prove('TXT-QUOTES'));
  it('[DKIM-NAME-DOUBLED] a key at a doubled name', () => prove('DKIM-NAME-DOUBLED'));
  it('[DMARC-NAME] a policy at the wrong name', () => prove('DMARC-NAME'));
  it('[SPF-WRONG-NAME] an SPF record at the wrong name', () => prove('SPF-WRONG-NAME'));
  it('[TTL-TOO-HIGH] a long memory', () => prove('TTL-TOO-HIGH'));
  it('[PTR-WRONG-ZONE] a reverse name in a forward zone [S3-040]', () => prove('PTR-WRONG-ZONE'));
  it('[WILDCARD-MX] a star with holes [S3-005]', () => prove('WILDCARD-MX'));

  it('[SOA-SERIAL] a serial that was not raised [S3-007]', () => {
    const published = parseZone(head, 'a.example.');
    const changed = `${head}www A 192.0.2.80\n`;
    const finding = lintZone(parseZone(changed, 'a.example.'), { published }).find(
      ({ id }) => id === 'SOA-SERIAL',
    );
    expect(finding?.span).toMatchObject({ line: 2, column: 22, length: 10 });
    const cured = applied(changed, finding) ?? '';
    expect(lintZone(parseZone(cured, 'a.example.'), { published })).toEqual([]);
    // Nothing changed but blanks and comments: nothing to raise.
    expect(lintZone(parseZone(`${head}\n; a comment\n`, 'a.example.'), { published })).toEqual([]);
  });
});

describe('repairs that would say something else are not offered', () => {
  it('an MX to an address inside parentheses, or before a line without a name', () => {
    for (const text of ['@ MX ( 10\n 192.0.2.25\n)\n', '@ MX 10 192.0.2.25\n  TXT "x"\n'])
      expect(found(head + text, 'MX-IS-IP')?.fix).toBeUndefined();
    expect(found(`${head}@ MX 10 192.0.2.25`, 'MX-IS-IP')?.fix?.text).toContain('mail.a.example.');
  });

  it('an alias at the top that leads to two addresses, or elsewhere', () => {
    for (const text of ['w A 192.0.2.1\nw AAAA 2001:db8::1\n@ CNAME w\n', '@ CNAME shop.b.example.\n'])
      expect(found(head + text, 'DNS-CNAME-APEX')?.fix).toBeUndefined();
  });
});
