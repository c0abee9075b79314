// Everything that reads what strangers write about authentication, fed with damaged and made-up input: no throw, no hang, no
// memory that stays. 100,000 inputs in `npm test`; EHLO_EFFORT=100 makes it ten million.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { latin1 } from '../base/bytes.ts';
import { nextInt, randomStream, type RandomState } from '../base/random.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import { parseZone } from '../dns/zone-file.ts';
import { parseAggregateReport } from '../message/report-aggregate.ts';
import { parseFailureReport } from '../message/report-failure.ts';
import { effort, patience } from '../testing/effort.ts';
import { readArcMessageSignature, readArcResults, readArcSeal } from './arc-fields.ts';
import { verifyArc } from './arc.ts';
import { authorOf } from './author.ts';
import { parseAuthenticationResults, withoutForgedResults } from './authentication-results.ts';
import { readDkimKey } from './dkim-key.ts';
import { readDkimSignature } from './dkim-signature.ts';
import { verifyDkim } from './dkim.ts';
import { checkDmarc } from './dmarc.ts';
import { parseDmarcRecord } from './dmarc-record.ts';
import { explainRecord } from './explain.ts';
import { lintRecords } from './lint.ts';
import { finishPolicy } from './policy-run.ts';
import { readReportFile } from './report-mail.ts';
import { parseSpfRecord } from './spf-record.ts';
import { checkSpf } from './spf.ts';

const KEY = 'v=DKIM1; k=rsa; h=sha256; s=email; t=y:s; n=note; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKc=';
const SPF =
  'v=spf1 a:m.a.example/24//64 mx include:%{ir}.%{v}.x.a.example ip4:192.0.2.0/24 ip6:2001:db8::/32 exists:%{l1r+-}._%{d2} ptr redirect=b.example exp=%{s}.a.example ~all';
const DMARC =
  'v=DMARC1; p=quarantine; sp=none; np=reject; adkim=s; aspf=r; psd=n; t=y; fo=1:d; rua=mailto:a@b.example!10m,mailto:c@d.example; ruf=mailto:e@f.example; pct=50';
const SIGNATURE =
  ' v=1; a=rsa-sha256; c=relaxed/simple; d=a.example; s=s; i=@m.a.example; q=dns/txt; t=1; x=9999999999; l=10;\r\n\th=from:to :\r\n subject; bh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=;\r\n\tb=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR';
const RESULTS =
  ' mx.b.example 1; spf=pass (a (nested) note) smtp.mailfrom="a\\"b"@a.example;\r\n\tdkim=fail reason="bad; sig" header.d=a.example header.b=AbCd=; dmarc=none; none';
const MESSAGE = `DKIM-Signature:${SIGNATURE}\r\nAuthentication-Results:${RESULTS}\r\nFrom: "A, B" <a@a.example>, =?utf-8?Q?=C3=BC?= (c) <b@b.example>\r\nSubject: x\r\n\r\nbody\r\n.\r\n`;
const SEALED = `ARC-Seal: i=1; a=rsa-sha256; cv=none; d=a.example; s=s; t=1; b=AAAA\r\nARC-Message-Signature: i=1;${SIGNATURE.replace(' v=1;', '').replace(' i=@m.a.example;', '')}\r\nARC-Authentication-Results: i=1;${RESULTS}\r\nFrom: a@a.example\r\n\r\nx\r\n`;
const XML =
  '<?xml version="1.0" encoding="UTF-8"?>\n<!-- c --><feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0"><version>1.0</version><report_metadata><org_name>b &amp; co</org_name><email>d@b.example</email><report_id>&#49;</report_id><date_range><begin>1764000000</begin><end>1764086399</end></date_range></report_metadata><policy_published><domain>a.example</domain><p>none</p></policy_published><record><row><source_ip>192.0.2.1</source_ip><count>3</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row><identifiers><header_from>a.example</header_from></identifiers><auth_results><spf><domain>a.example</domain><result><![CDATA[fail]]></result></spf></auth_results></record></feedback>';
const ARF =
  'From: d@b.example\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=x\r\nMIME-Version: 1.0\r\n\r\n--x\r\n\r\nhello\r\n--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: auth-failure\r\nUser-Agent: e/1\r\nVersion: 1\r\nAuth-Failure: dkim\r\nReported-Domain: a.example\r\nSource-IP: 192.0.2.1\r\n--x\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: a@a.example\r\n--x--\r\n';
const ZONE =
  '$ORIGIN a.example.\n$TTL 1h\n@ IN SOA ns1 h ( 1 2h 30m 2w 1h ) ; c\n@ NS ns1\n@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n@ TXT "v=spf1 -all" ( "more"\n "and \\" \\; \\065" )\n_25._tcp TLSA 3 1 1 ABCD\n*.w CNAME mail\n$GENERATE 1-2 h$ A 192.0.2.$\n';

const gzip = (text: string): string => fromBytes(gzipSync(latin1(text)));
const zip = (text: string): string => fromBytes(zipSync({ 'r.xml': latin1(text) }));
function fromBytes(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += String.fromCharCode(byte);
  return out;
}

/** The same nonsense for every question: whatever a server may say. */
function liar(text: string) {
  const kinds = ['TXT', 'A', 'AAAA', 'MX', 'PTR'] as const;
  return ({ name, type }: DnsQuestion): DnsAnswer => {
    const at = kinds.indexOf(type as (typeof kinds)[number]);
    const data = [
      { type: 'TXT', strings: text.match(/[^]{1,255}/g) ?? [''] } as const,
      { type: 'A', address: '192.0.2.1' } as const,
      { type: 'AAAA', address: '2001:db8::1' } as const,
      { type: 'MX', preference: 1, exchange: name } as const,
      { type: 'PTR', target: name } as const,
    ][at];
    return data === undefined
      ? { status: 'NXDOMAIN', records: [] }
      : { status: 'NOERROR', records: [{ name, ttl: 1, data }] };
  };
}

/** What is fed: a sound sample to damage, what reads it, and how many of the hundred thousand inputs it gets. */
const TARGETS: readonly (readonly [
  name: string,
  seed: string,
  read: (input: string) => unknown,
  runs: number,
])[] = [
  ['SPF records', SPF, parseSpfRecord, 22_000],
  [
    'SPF zones full of one record',
    SPF,
    (text) =>
      finishPolicy(
        checkSpf({ ip: '192.0.2.9', helo: text.slice(0, 40), sender: `${text.slice(0, 20)}@a.example` }),
        liar(text),
      ),
    4_000,
  ],
  ['DKIM keys', KEY, readDkimKey, 12_000],
  ['DKIM signatures', SIGNATURE, readDkimSignature, 12_000],
  [
    'signed messages',
    MESSAGE,
    (text) => finishPolicy(verifyDkim(text, { nowSeconds: 1e9 }), liar(KEY)),
    4_000,
  ],
  ['DMARC records', DMARC, parseDmarcRecord, 12_000],
  [
    'DMARC zones full of one record',
    DMARC,
    (text) =>
      finishPolicy(
        checkDmarc({
          author: { domain: 'a.b.example' },
          spf: { result: 'pass', domain: 'b.example' },
          dkim: [],
        }),
        liar(text),
      ),
    3_000,
  ],
  [
    'records for the linter',
    `${SPF} ${DMARC}`,
    (text) => [
      lintRecords(
        ['a.example.', '_dmarc.a.example.', 's._domainkey.a.example.'].map((name) => ({
          name,
          strings: [text],
        })),
        { isWholeZone: true },
      ),
      explainRecord('spf', text, text.length >> 1),
    ],
    2_000,
  ],
  [
    'ARC fields',
    SIGNATURE.replace(' v=1;', ' i=1; cv=none;'),
    (text) => [readArcResults(text), readArcMessageSignature(text), readArcSeal(text)],
    6_000,
  ],
  ['sealed messages', SEALED, (text) => finishPolicy(verifyArc(text, { nowSeconds: 1e9 }), liar(KEY)), 4_000],
  ['Authentication-Results', RESULTS, parseAuthenticationResults, 6_000],
  ['forged results', MESSAGE, (text) => withoutForgedResults(text, ['mx.b.example']), 2_000],
  ['authors', MESSAGE, authorOf, 3_000],
  ['report XML', XML, parseAggregateReport, 3_000],
  ['failure reports', ARF, parseFailureReport, 2_000],
  ['reports in gzip', gzip(XML), (text) => readReportFile(latin1(text)), 1_000],
  ['reports in zip', zip(XML), (text) => readReportFile(latin1(text)), 1_000],
  ['zone files', ZONE, (text) => parseZone(text, 'a.example.'), 1_000],
];

/** Damages a sample: cuts, doubles, swaps, foreign bytes, pieces of itself elsewhere, now and then a long run of one piece. */
function damaged(seed: string, random: RandomState): string {
  let text = seed;
  for (let step = nextInt(random, 6); step >= 0; step--) {
    const at = nextInt(random, text.length + 1);
    const length = nextInt(random, nextInt(random, 20) === 0 ? 200 : 8);
    const piece = text.slice(at, at + length);
    const rest = text.slice(at + length);
    const put = nextInt(random, text.length + 1);
    switch (nextInt(random, 7)) {
      case 0:
        text = text.slice(0, at) + rest;
        break;
      case 1:
        text = text.slice(0, put) + piece + text.slice(put);
        break;
      case 2:
        text = text.slice(0, at) + String.fromCharCode(nextInt(random, 256)) + text.slice(at + 1);
        break;
      case 3:
        text =
          text.slice(0, at) + ';:=@"\\()<>%{}&#/!\r\n\t \0.-+,'.charAt(nextInt(random, 27)) + text.slice(at);
        break;
      case 4:
        text = text.slice(0, at);
        break;
      case 5:
        text = text.slice(0, at) + piece.repeat(1 + nextInt(random, 6)) + rest;
        break;
      default:
        if (nextInt(random, 25) === 0) text = text.slice(0, at) + piece.slice(0, 4).repeat(400) + rest;
        else text = rest + text.slice(0, at);
    }
    if (text.length > 20_000) text = text.slice(0, 20_000);
  }
  return text;
}

describe('hostile input', () => {
  let collect: () => void = () => undefined;
  let before = 0;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  beforeAll(() => {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  });

  it('is a hundred thousand inputs', () => {
    expect(TARGETS.reduce((sum, [, , , runs]) => sum + runs, 0)).toBe(100_000);
  });

  it.each(TARGETS)(
    'does no harm: %s [G-13] [J-04]',
    (name, seed, read, runs) => {
      const random = randomStream('fuzz', name);
      // The sample itself, and once more when everything is warm, before the memory is looked at.
      read(seed);
      for (let i = 0; i < 50; i++) read(damaged(seed, random));
      before = used();
      for (let i = effort(runs); i > 0; i--) {
        const input = damaged(seed, random);
        try {
          read(input);
        } catch (problem) {
          throw new Error(`${name} threw at ${JSON.stringify(input)}`, { cause: problem });
        }
      }
      expect((used() - before) / 1e6).toBeLessThan(64);
    },
    patience(),
  );

  it.each(TARGETS)(
    'takes no more than its length: %s [G-13]',
    (_, seed, read) => {
      // Long runs of every piece: what is quadratic here would take minutes, and the test would be cut off.
      for (const piece of [
        ...new Set([...seed.slice(0, 400)]),
        '\r\n ',
        '(',
        '()',
        'a=b;',
        '%{i}',
        '<a>',
        '&amp;',
        '"',
        ' \t',
      ])
        read(seed.slice(0, seed.length >> 1) + piece.repeat(Math.ceil(30_000 / piece.length)));
    },
    patience(),
  );

  afterAll(() => setFlagsFromString('--no-expose-gc'));
});
