// Where mailauth 4.13 and we differ, one example each, and the clause that decides. The other oracle tests keep away from
// these; here both verdicts are held fast, so that a change on either side is noticed.

import { describe, expect, it } from 'vitest';
import { toBase64 } from '../base/bytes.ts';
import { generateKey, publicKeyOf, writePublicKey } from '../crypto/keys.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import type { RecordData } from '../dns/records.ts';
import { withDkimSignatures } from './dkim-sign.ts';
import type { DkimSignOptions } from './dkim-sign.ts';
import { verifyDkim } from './dkim.ts';
import { checkDmarc } from './dmarc.ts';
import { checkSpf } from './spf.ts';
import { answerAll, txtTable } from './testing.ts';
import { mailauthDkim, mailauthDmarc, mailauthSpf } from './testing/mailauth.ts';

/** What differs, the clause that decides, and the two verdicts: ours, theirs. */
interface Difference {
  readonly what: string;
  readonly rule: string;
  readonly verdicts: readonly [ours: string, theirs: string];
}

const NOW = 1_800_000_000;
const key = generateKey('rsa1024', 'differences');
const shared = publicKeyOf(key);
const keys = txtTable({
  's._domainkey.a.example': shared.type === 'rsa' ? `v=DKIM1; p=${toBase64(writePublicKey(shared))}` : '',
});

interface DkimDifference extends Difference {
  readonly message: string;
  readonly how?: Partial<DkimSignOptions>;
  readonly edit?: (signed: string) => string;
}
const HEAD = 'From: ana@a.example\r\nSubject: Hi\r\n';
const DKIM: readonly DkimDifference[] = [
  {
    what: 'the byte A0 (half of à in UTF-8) in a relaxed header field is no blank',
    rule: 'RFC 6376 §2.8 and §3.4.2: WSP is space and tab',
    message: 'From: ana@a.example\r\nSubject: \xc3\xa0 la carte\r\n\r\nHi\r\n',
    verdicts: ['pass', 'fail'],
  },
  {
    what: 'a CR that ends no line is no blank either',
    rule: 'RFC 6376 §3.4.2',
    message: 'From: ana@a.example\r\nSubject: a\rb\r\n\r\nHi\r\n',
    verdicts: ['pass', 'fail'],
  },
  {
    what: 'l=0 signs nothing of the body, so that any body fits',
    rule: 'RFC 6376 §3.5, l=',
    message: `${HEAD}\r\nHi\r\n`,
    how: { bodyLength: 0 },
    verdicts: ['pass', 'neutral'],
  },
  {
    what: 'a body of blanks without CRLF is an empty one when relaxed; SMTP always brings a CRLF',
    rule: 'RFC 6376 §3.4.4, RFC 5321 §4.1.1.4',
    message: `${HEAD}\r\n `,
    how: { bodyCanonicalization: 'relaxed' },
    verdicts: ['pass', 'neutral'],
  },
  {
    what: 'a bare LF in a simple body counts as the CRLF that the wire carries',
    rule: 'RFC 6376 §5.3: line ends are made CRLF before signing',
    message: `${HEAD}\r\n\n.\r\n`,
    how: { bodyCanonicalization: 'simple' },
    verdicts: ['pass', 'neutral'],
  },
  {
    what: 'a line that is no field ends the header, as Postfix has it: a From behind it is body',
    rule: 'RFC 5322 §2.1 and §2.2',
    message: 'Subject: Hi\r\nFrom: ana@a.example\r\n\r\nHi\r\n',
    edit: (signed) => signed.replace('Subject: Hi\r\n', 'Subject: Hi\r\nno field\r\n'),
    verdicts: ['fail', 'pass'],
  },
  {
    what: 'a signature that expired is a permanent error; mailauth says neutral',
    rule: 'RFC 6376 §6.1.1',
    message: `${HEAD}\r\nHi\r\n`,
    how: { expires: NOW - 1 },
    verdicts: ['permerror', 'neutral'],
  },
  {
    what: 'a body that changed is a failed signature; mailauth says neutral',
    rule: 'RFC 6376 §6.1.3, RFC 8601 §2.7.1',
    message: `${HEAD}\r\nHi\r\n`,
    edit: (signed) => signed.replace('\r\nHi\r\n', '\r\nHo\r\n'),
    verdicts: ['fail', 'neutral'],
  },
  {
    what: 'one tag twice makes the whole list invalid',
    rule: 'RFC 6376 §3.2',
    message: `${HEAD}\r\nHi\r\n`,
    edit: (signed) => signed.replace('s=s;', 's=s; s=s;'),
    verdicts: ['neutral', 'fail'],
  },
];

type Zone = Readonly<Record<string, readonly RecordData[] | DnsAnswer['status']>>;
/** Answers by `name TYPE`. */
function answers(zone: Zone) {
  return ({ name, type }: DnsQuestion): DnsAnswer => {
    const found = zone[`${name.toLowerCase().replace(/\.$/, '')} ${type}`] ?? 'NXDOMAIN';
    return typeof found === 'string'
      ? { status: found, records: [] }
      : { status: 'NOERROR', records: found.map((data) => ({ name, ttl: 60, data })) };
  };
}
const txt = (...texts: string[]): RecordData[] => texts.map((text) => ({ type: 'TXT', strings: [text] }));
const a = (...list: string[]): RecordData[] => list.map((address) => ({ type: 'A', address }));
const mx = (...list: string[]): RecordData[] =>
  list.map((exchange) => ({ type: 'MX', preference: 1, exchange: `${exchange}.` }));
const ptr = (...list: string[]): RecordData[] =>
  list.map((target) => ({ type: 'PTR', target: `${target}.` }));

interface SpfDifference extends Difference {
  readonly zone: Zone;
  readonly sender?: string;
  readonly ip?: string;
}
const REVERSE = '1.2.0.192.in-addr.arpa PTR';
const SPF: readonly SpfDifference[] = [
  {
    what: '%{d} is the domain whose record is read, also within an include',
    rule: 'RFC 7208 §7.2: <domain> of check_host()',
    zone: {
      'a.example TXT': txt('v=spf1 include:i.example -all'),
      'i.example TXT': txt('v=spf1 exists:x.%{d} -all'),
      'x.i.example A': a('127.0.0.2'),
    },
    verdicts: ['pass', 'fail'],
  },
  {
    what: 'ptr without a name means the domain whose record is read',
    rule: 'RFC 7208 §4.8',
    zone: {
      'a.example TXT': txt('v=spf1 include:i.example -all'),
      'i.example TXT': txt('v=spf1 ptr -all'),
      [REVERSE]: ptr('h.i.example'),
      'h.i.example A': a('192.0.2.1'),
    },
    verdicts: ['pass', 'fail'],
  },
  {
    what: '%{p} is the validated name, not the sender’s domain',
    rule: 'RFC 7208 §7.3',
    zone: {
      'a.example TXT': txt('v=spf1 exists:%{p}.x.example -all'),
      [REVERSE]: ptr('h.i.example'),
      'h.i.example A': a('192.0.2.1'),
      'h.i.example.x.example A': a('127.0.0.2'),
    },
    verdicts: ['pass', 'fail'],
  },
  {
    what: 'a macro letter in capitals escapes as in URLs',
    rule: 'RFC 7208 §7.3',
    zone: {
      'a.example TXT': txt('v=spf1 exists:%{L}.x.example -all'),
      'a%2Bb.x.example A': a('127.0.0.2'),
      'a%2bb.x.example A': a('127.0.0.2'),
    },
    sender: 'a+b@a.example',
    verdicts: ['pass', 'fail'],
  },
  {
    what: 'a syntax error anywhere is found before anything is evaluated',
    rule: 'RFC 7208 §4.6',
    zone: { 'a.example TXT': txt('v=spf1 ip4:192.0.2.1 ip4:192.0.2.999 -all') },
    verdicts: ['permerror', 'pass'],
  },
  {
    what: 'a macro must keep at least one label',
    rule: 'RFC 7208 §7.3',
    zone: { 'a.example TXT': txt('v=spf1 exists:%{d0}.x.example -all') },
    verdicts: ['permerror', 'fail'],
  },
  {
    what: 'void look-ups of the exchanges of mx count with the others',
    rule: 'RFC 7208 §4.6.4',
    zone: {
      'a.example TXT': txt('v=spf1 a:n1.example mx a:n4.example -all'),
      'a.example MX': mx('n2.example', 'n3.example'),
    },
    verdicts: ['permerror', 'fail'],
  },
  {
    what: 'an answer without an address of the client’s family is void, though the other family has one',
    rule: 'RFC 7208 §4.6.4 and §5',
    zone: {
      'a.example TXT': txt('v=spf1 a:h1.example a:h2.example a:h3.example -all'),
      'h1.example AAAA': [{ type: 'AAAA', address: '2001:db8::1' }],
      'h2.example AAAA': [{ type: 'AAAA', address: '2001:db8::1' }],
      'h3.example AAAA': [{ type: 'AAAA', address: '2001:db8::1' }],
      'h1.example A': [],
      'h2.example A': [],
      'h3.example A': [],
    },
    verdicts: ['permerror', 'fail'],
  },
  {
    what: 'a server failure within an include is a temporary error, not a term that does not match',
    rule: 'RFC 7208 §5.2',
    zone: { 'a.example TXT': txt('v=spf1 include:i.example -all'), 'i.example TXT': 'SERVFAIL' },
    verdicts: ['temperror', 'fail'],
  },
  {
    what: 'a server failure at the redirect target is a temporary error',
    rule: 'RFC 7208 §6.1 and §4.4',
    zone: { 'a.example TXT': txt('v=spf1 redirect=i.example'), 'i.example TXT': 'SERVFAIL' },
    verdicts: ['temperror', 'neutral'],
  },
  {
    what: 'a failure of the reverse look-up means that ptr does not match',
    rule: 'RFC 7208 §5.5',
    zone: { 'a.example TXT': txt('v=spf1 ptr -all'), [REVERSE]: 'TIMEOUT' },
    verdicts: ['fail', 'temperror'],
  },
  {
    what: 'each ptr counts, though its answer is known by now',
    rule: 'RFC 7208 §4.6.4',
    zone: { 'a.example TXT': txt(`v=spf1 ${'ptr '.repeat(11)}-all`), [REVERSE]: ptr('h.i.example') },
    verdicts: ['permerror', 'fail'],
  },
  {
    what: 'mx with more than ten exchanges is an error before any is asked',
    rule: 'RFC 7208 §4.6.4',
    zone: {
      'a.example TXT': txt('v=spf1 mx -all'),
      'a.example MX': mx(...Array.from({ length: 11 }, (_, i) => `m${i}.example`)),
      'm0.example A': a('192.0.2.1'),
    },
    verdicts: ['permerror', 'pass'],
  },
];

interface DmarcDifference extends Difference {
  readonly from: string;
  readonly zone: Readonly<Record<string, string | readonly string[]>>;
  readonly spf?: string;
  readonly dkim?: string;
}
const DMARC: readonly DmarcDifference[] = [
  {
    what: 'strict alignment wants the same domain; mailauth lets the same organization pass',
    rule: 'RFC 9989 §4.4',
    from: 'd.example',
    zone: { '_dmarc.d.example': 'v=DMARC1; p=reject; adkim=s' },
    dkim: 'm.d.example',
    verdicts: ['fail reject', 'pass reject'],
  },
  {
    what: 'np applies to a subdomain that does not exist; RFC 7489 has no np',
    rule: 'RFC 9989 §4.7',
    from: 'ghost.d.example',
    zone: { '_dmarc.d.example': 'v=DMARC1; p=none; np=reject' },
    verdicts: ['fail reject', 'fail none'],
  },
  {
    what: 'the walk finds an organization below the registered domain by psd=n',
    rule: 'RFC 9989 §4.10.2',
    from: 'x.uni.d.example',
    zone: {
      '_dmarc.d.example': 'v=DMARC1; p=none',
      '_dmarc.uni.d.example': 'v=DMARC1; p=reject; psd=n',
    },
    dkim: 'd.example',
    verdicts: ['fail reject', 'pass none'],
  },
  {
    what: 'the walk knows no public suffix list: without psd the shortest record is the organization',
    rule: 'RFC 9989 §4.10.2',
    from: 'a.d.example',
    zone: { '_dmarc.a.d.example': 'v=DMARC1; p=reject' },
    dkim: 'b.d.example',
    verdicts: ['fail reject', 'pass reject'],
  },
  {
    what: 'a record between author and organization is found by the walk and counts when it is the shortest',
    rule: 'RFC 9989 §4.10.1',
    from: 'x.m.d.example',
    zone: { '_dmarc.m.d.example': 'v=DMARC1; p=quarantine' },
    verdicts: ['fail quarantine', 'none -'],
  },
  {
    what: 'a record whose version is written in small letters is none',
    rule: 'RFC 9989 §4.7: DMARC1 is case-sensitive',
    from: 'd.example',
    zone: { '_dmarc.d.example': 'v=dmarc1; p=reject' },
    verdicts: ['none -', 'fail reject'],
  },
  {
    what: 'blanks around the = of the version are allowed',
    rule: 'RFC 9989 §4.8: equals = *WSP "=" *WSP',
    from: 'd.example',
    zone: { '_dmarc.d.example': 'v = DMARC1; p=reject' },
    verdicts: ['fail reject', 'none -'],
  },
  {
    what: 'a policy that is none of the three, with a report address, acts as none',
    rule: 'RFC 9989 §4.7',
    from: 'd.example',
    zone: { '_dmarc.d.example': 'v=DMARC1; p=rejekt; rua=mailto:d@d.example' },
    verdicts: ['fail none', 'fail rejekt'],
  },
  {
    what: 'a policy that is none of the three, without a report address, is no DMARC',
    rule: 'RFC 9989 §4.7',
    from: 'd.example',
    zone: { '_dmarc.d.example': 'v=DMARC1; p=rejekt' },
    verdicts: ['none -', 'fail rejekt'],
  },
];

describe('mailauth differs from us', () => {
  it.each(DKIM.map((one) => [one.what, one.rule, one] as const))('DKIM: %s (%s)', async (_, _rule, one) => {
    const plain = withDkimSignatures(one.message, [{ domain: 'a.example', selector: 's', key, ...one.how }]);
    const raw = one.edit?.(plain) ?? plain;
    const { verdict } = answerAll(verifyDkim(raw, { nowSeconds: NOW }), keys);
    expect([verdict[0]?.result, (await mailauthDkim(raw, keys, NOW))[0]]).toEqual(one.verdicts);
  });

  it.each(SPF.map((one) => [one.what, one.rule, one] as const))('SPF: %s (%s)', async (_, _rule, one) => {
    const input = { ip: one.ip ?? '192.0.2.1', helo: 'h.example', sender: one.sender ?? 'ana@a.example' };
    const { verdict } = answerAll(checkSpf(input), answers(one.zone));
    expect([verdict.result, await mailauthSpf(input, answers(one.zone))]).toEqual(one.verdicts);
  });

  it.each(DMARC.map((one) => [one.what, one.rule, one] as const))('DMARC: %s (%s)', async (_, _rule, one) => {
    const answer = txtTable(one.zone);
    const { verdict } = answerAll(
      checkDmarc({
        author: { domain: one.from },
        spf: { result: one.spf === undefined ? 'fail' : 'pass', domain: one.spf ?? one.from },
        dkim: one.dkim === undefined ? [] : [{ result: 'pass', domain: one.dkim }],
      }),
      answer,
    );
    const other = await mailauthDmarc(
      {
        from: one.from,
        spf: one.spf === undefined ? [] : [one.spf],
        dkim: one.dkim === undefined ? [] : [one.dkim],
      },
      answer,
    );
    expect([`${verdict.result} ${verdict.policy ?? '-'}`, `${other.result} ${other.policy ?? '-'}`]).toEqual(
      one.verdicts,
    );
  });
});
