// Every finding: a message or record that is broken in that way gives it, the repaired one does not. Mail that passes as
// it should gives none.

import { describe, expect, it } from 'vitest';
import { toBase64 } from '../base/bytes.ts';
import { generateKey, publicKeyOf, writePublicKey } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/keys.ts';
import { generateRsaKey } from '../crypto/rsa.ts';
import { diagnose, DIAGNOSIS_IDS, type DiagnoseContext, type DiagnosisId, type Finding } from './diagnose.ts';
import { contextOfMessage } from './diagnose-context.ts';
import { withDkimSignatures, type DkimSignOptions } from './dkim-sign.ts';
import { checkMessage } from './message-check.ts';
import { finishPolicy } from './policy-run.ts';
import { txtTable } from './testing.ts';

const NOW = 1_800_000_000;
const key = generateKey('rsa2048', 'diagnose');
const other = generateKey('rsa2048', 'another');
const short = generateKey('rsa1024', 'short');
const tiny: PrivateKey = { type: 'rsa', rsa: generateRsaKey(512, 'tiny') };
const ed = generateKey('ed25519', 'diagnose');
const keyText = (one: PrivateKey): string => {
  const shared = publicKeyOf(one);
  return shared.type === 'rsa'
    ? `v=DKIM1; k=rsa; p=${toBase64(writePublicKey(shared))}`
    : `v=DKIM1; k=ed25519; p=${toBase64(shared.raw)}`;
};

type Table = Record<string, string | string[]>;
const GOOD: Table = {
  'a.example': 'v=spf1 ip4:192.0.2.25 -all',
  's1._domainkey.a.example': keyText(key),
  's1._domainkey.esp.example': keyText(key),
  'bounce.esp.example': 'v=spf1 ip4:192.0.2.25 -all',
  '_dmarc.a.example': 'v=DMARC1; p=reject; rua=mailto:dmarc@a.example',
};
const MESSAGE = 'From: Alice <alice@a.example>\r\nTo: bob@d.example\r\nSubject: Hi\r\n\r\nHello  Bob\r\n';

interface Case {
  readonly zone?: Record<string, string | string[] | undefined>;
  readonly message?: string;
  /** How it was signed; false for not at all. */
  readonly sign?: Partial<DkimSignOptions> | false;
  /** What happened to it afterwards. */
  readonly then?: (signed: string) => string;
  readonly ip?: string;
  readonly sender?: string;
  readonly now?: number;
  readonly context?: DiagnoseContext;
}

function findings(one: Case): Finding[] {
  const { message = MESSAGE, sign, then = (text: string) => text, ip = '192.0.2.25', sender } = one;
  const table = Object.fromEntries(
    Object.entries({ ...GOOD, ...one.zone }).filter(([, value]) => value !== undefined),
  ) as Table;
  const raw =
    sign === false
      ? message
      : withDkimSignatures(message, [{ domain: 'a.example', selector: 's1', key, timestamp: NOW, ...sign }]);
  const verdict = finishPolicy(
    checkMessage(
      then(raw),
      { ip, helo: 'mta.a.example', sender: sender ?? 'alice@a.example' },
      { nowSeconds: one.now ?? NOW + 60 },
    ),
    txtTable(table),
  );
  return diagnose(verdict, one.context);
}
const ids = (one: Case): DiagnosisId[] => findings(one).map((finding) => finding.id);

const STRANGER = '203.0.113.9';
const includes = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`i${i}.example`, 'v=spf1 ip4:198.51.100.1 -all']),
  );
const includeTerms = (count: number): string =>
  Array.from({ length: count }, (_, i) => `include:i${i}.example`).join(' ');

/** For each: what fires it, what it then says, and the nearest case in which all is well. */
const CASES: Readonly<
  Record<`[${DiagnosisId}]`, readonly [broken: Case, params: Record<string, unknown>, mended: Case]>
> = {
  '[SPF-MULTI]': [
    { zone: { 'a.example': ['v=spf1 ip4:192.0.2.25 -all', 'v=spf1 mx -all'] } },
    { name: 'a.example', count: 2 },
    { zone: { 'a.example': ['v=spf1 ip4:192.0.2.25 -all', 'something else'] } },
  ],
  '[SPF-PLUSALL]': [
    { ip: STRANGER, zone: { 'a.example': 'v=spf1 ip4:192.0.2.25 +all' } },
    { text: '+all' },
    { ip: STRANGER, zone: { 'a.example': `v=spf1 ip4:${STRANGER} -all` } },
  ],
  '[SPF-NOALL]': [
    { ip: STRANGER, zone: { 'a.example': 'v=spf1 ip4:192.0.2.25' } },
    { name: 'a.example' },
    { zone: { 'a.example': 'v=spf1 ip4:192.0.2.25' } },
  ],
  '[SPF-10]': [
    { zone: { 'a.example': `v=spf1 ${includeTerms(11)} ip4:192.0.2.25 -all`, ...includes(11) } },
    { text: 'include:i10.example', limit: 10 },
    { zone: { 'a.example': `v=spf1 ${includeTerms(10)} ip4:192.0.2.25 -all`, ...includes(10) } },
  ],
  '[SPF-VOID]': [
    { zone: { 'a.example': 'v=spf1 a:x1.example a:x2.example a:x3.example ip4:192.0.2.25 -all' } },
    { voids: 3, names: 'x1.example, x2.example, x3.example' },
    { zone: { 'a.example': 'v=spf1 a:x1.example a:x2.example ip4:192.0.2.25 -all' } },
  ],
  '[SPF-INCLUDE-NONE]': [
    { zone: { 'a.example': 'v=spf1 include:gone.example ip4:192.0.2.25 -all' } },
    { text: 'include:gone.example', target: 'gone.example' },
    {
      zone: {
        'a.example': 'v=spf1 include:gone.example ip4:192.0.2.25 -all',
        'gone.example': 'v=spf1 -all',
      },
    },
  ],
  '[SPF-MISSING-SENDER]': [
    { ip: STRANGER },
    { address: STRANGER, domain: 'a.example', text: `ip4:${STRANGER}` },
    { ip: STRANGER, zone: { 'a.example': `v=spf1 ip4:192.0.2.25 ip4:${STRANGER} -all` } },
  ],
  '[SPF-IP-SYNTAX]': [
    { zone: { 'a.example': 'v=spf1 ip4:192.0.2.0/33 -all' } },
    { text: 'ip4:192.0.2.0/33' },
    { zone: { 'a.example': 'v=spf1 ip4:192.0.2.0/24 -all' } },
  ],
  '[SPF-MX-WRONG]': [
    { zone: { 'a.example': 'v=spf1 mx:192.0.2.25 -all' } },
    { text: 'mx:192.0.2.25' },
    { zone: { 'a.example': 'v=spf1 ip4:192.0.2.25 -all' } },
  ],
  '[SPF-SPACE]': [
    { zone: { 'a.example': 'v=spf1include:b.example -all' } },
    {},
    { zone: { 'a.example': 'v=spf1 ip4:192.0.2.25 -all' } },
  ],
  '[SPF-QUOTE]': [
    { zone: { 'a.example': '"v=spf1 ip4:192.0.2.25 -all"' } },
    {},
    { zone: { 'a.example': 'v=spf1 ip4:192.0.2.25 -all' } },
  ],
  '[SPF-SYNTAX]': [
    { zone: { 'a.example': 'v=spf1 incldue:b.example ip4:192.0.2.25 -all' } },
    { text: 'incldue:b.example' },
    { zone: { 'a.example': 'v=spf1 ip4:192.0.2.25 -all' } },
  ],
  '[SPF-HELO-NONE]': [
    { sender: '', sign: false },
    { helo: 'mta.a.example' },
    { sender: '', sign: false, zone: { 'mta.a.example': 'v=spf1 ip4:192.0.2.25 -all' } },
  ],
  '[SPF-FWD]': [
    { ip: STRANGER, context: { forwardedBy: 'fwd.b.example' } },
    { address: STRANGER, host: 'fwd.b.example' },
    { context: { forwardedBy: 'fwd.b.example' } },
  ],
  '[DKIM-NOKEY]': [
    { zone: { 's1._domainkey.a.example': undefined } },
    { name: 's1._domainkey.a.example', selector: 's1', domain: 'a.example' },
    {},
  ],
  '[DKIM-NAME-DOUBLED]': [
    {
      zone: { 's1._domainkey.a.example': undefined },
      context: { hasText: (name) => name === 's1._domainkey.a.example.a.example' },
    },
    { short: 's1._domainkey', expected: 's1._domainkey.a.example' },
    { context: { hasText: (name) => name === 's1._domainkey.a.example.a.example' } },
  ],
  '[DKIM-P-BROKEN]': [
    { zone: { 's1._domainkey.a.example': keyText(key).replace('p=MII', 'p=M"II') } },
    { position: 2 },
    {},
  ],
  '[DKIM-P-EMPTY]': [{ zone: { 's1._domainkey.a.example': 'v=DKIM1; k=rsa; p=' } }, {}, {}],
  '[DKIM-SYNTAX]': [
    { zone: { 's1._domainkey.a.example': keyText(key).replace('DKIM1', 'DKIM2') } },
    { tag: 'v' },
    {},
  ],
  '[DKIM-BITS]': [
    { sign: { key: short }, zone: { 's1._domainkey.a.example': keyText(short) } },
    { bits: 1024 },
    {},
  ],
  '[DKIM-MISMATCH]': [{ sign: { key: other } }, { name: 's1._domainkey.a.example' }, {}],
  '[DKIM-BODY]': [
    {
      then: (text) => `${text}-- \r\nFooter\r\n`,
      context: {
        changes: [[{ host: 'list.example', part: 'body', before: 12, after: 24, isBlanksOnly: false }]],
      },
    },
    { host: 'list.example', before: 12, after: 24 },
    { then: (text) => `${text}\r\n\r\n` },
  ],
  '[DKIM-HDR]': [
    {
      then: (text) => text.replace('Subject: Hi', 'Subject: [list] Hi'),
      context: {
        changes: [
          [
            {
              host: 'list.example',
              part: 'field',
              field: 'subject',
              before: 13,
              after: 20,
              isBlanksOnly: false,
            },
          ],
        ],
      },
    },
    { field: 'Subject', host: 'list.example' },
    { then: (text) => `X-Spam: no\r\n${text.replace('Subject: Hi', 'Subject:   Hi')}` },
  ],
  '[DKIM-L]': [
    { sign: { bodyLength: 12 }, then: (text) => `${text}Advertisement\r\n` },
    { length: '11' },
    {},
  ],
  '[DKIM-SIMPLE]': [
    {
      sign: { headerCanonicalization: 'simple', bodyCanonicalization: 'simple' },
      then: (text) => text.replace('Hello  Bob', 'Hello Bob'),
    },
    { value: 'simple/simple' },
    {
      sign: { headerCanonicalization: 'relaxed', bodyCanonicalization: 'relaxed' },
      then: (text) => text.replace('Hello  Bob', 'Hello Bob'),
    },
  ],
  '[DKIM-EXPIRED]': [
    { sign: { expires: NOW + 30 } },
    { until: '2027-01-15 08:00 UTC', reason: 'expired' },
    { sign: { expires: NOW + 90 } },
  ],
  '[DKIM-THIRD]': [
    { sign: { domain: 'esp.example' }, sender: 'x@bounce.esp.example' },
    { domain: 'esp.example', from: 'a.example' },
    { sender: 'x@bounce.esp.example' },
  ],
  '[DKIM-FROM-UNSIGNED]': [
    { then: (text) => text.replace(/h=from:from:to/, 'h=to') },
    {},
    { sign: { oversigned: [] } },
  ],
  '[DKIM-TEST]': [
    { zone: { 's1._domainkey.a.example': `${keyText(key)}; t=y` } },
    { name: 's1._domainkey.a.example' },
    { zone: { 's1._domainkey.a.example': `${keyText(key)}; t=s` } },
  ],
  '[DKIM-SUB]': [
    { sign: { identity: '@news.a.example' }, zone: { 's1._domainkey.a.example': `${keyText(key)}; t=s` } },
    { identity: '@news.a.example' },
    { sign: { identity: '@news.a.example' } },
  ],
  '[DMARC-NONE]': [
    { zone: { '_dmarc.a.example': undefined } },
    { names: '_dmarc.a.example, _dmarc.example' },
    {},
  ],
  '[DMARC-V]': [
    { zone: { '_dmarc.a.example': 'p=reject; v=DMARC1' } },
    { name: '_dmarc.a.example' },
    { zone: { '_dmarc.a.example': 'v=DMARC1; p=reject' } },
  ],
  '[DMARC-MULTI]': [
    { zone: { '_dmarc.a.example': ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] } },
    { name: '_dmarc.a.example', count: 2 },
    { zone: { '_dmarc.a.example': ['v=DMARC1; p=none', 'other'] } },
  ],
  '[DMARC-P-MISSING]': [
    { zone: { '_dmarc.a.example': 'v=DMARC1; p=rejct; rua=mailto:d@a.example' } },
    { tag: 'p', value: 'rejct' },
    {},
  ],
  '[DMARC-SP]': [
    {
      message: MESSAGE.replace('@a.example', '@news.a.example'),
      sign: false,
      sender: 'x@b.example',
      zone: { '_dmarc.a.example': 'v=DMARC1; p=reject; sp=none', 'x.news.a.example': 'there' },
    },
    { tag: 'sp', policy: 'reject', domain: 'a.example' },
    {
      message: MESSAGE.replace('@a.example', '@news.a.example'),
      zone: { '_dmarc.a.example': 'v=DMARC1; p=reject; sp=none', 'x.news.a.example': 'there' },
    },
  ],
  '[DMARC-STRICT]': [
    {
      message: MESSAGE.replace('@a.example', '@news.a.example'),
      zone: { '_dmarc.a.example': 'v=DMARC1; p=reject; adkim=s; aspf=s' },
      sender: 'x@a.example',
    },
    { domain: 'news.a.example', other: 'a.example' },
    { message: MESSAGE.replace('@a.example', '@news.a.example'), sender: 'x@a.example' },
  ],
  '[DMARC-ALIGN]': [
    { sign: { domain: 'esp.example' }, sender: 'x@bounce.esp.example' },
    { spf: 'bounce.esp.example', dkim: 'esp.example', from: 'a.example' },
    { sender: 'x@bounce.esp.example' },
  ],
  '[DMARC-SPFONLY]': [{ sign: false }, { domain: 'a.example' }, {}],
};

describe('findings', () => {
  for (const id of DIAGNOSIS_IDS) {
    const name = `[${id}]` as const;
    const [broken, params, mended] = CASES[name];
    it(`fires when something is wrong and tells what ${name}`, () => {
      const found = findings(broken).find((finding) => finding.id === id);
      expect(found, JSON.stringify(findings(broken).map((one) => one.id))).toBeDefined();
      expect(found?.params).toMatchObject(params);
      expect(found?.rule).toMatch(/^RFC \d+ §/);
    });
    it(`is silent once it is mended ${name}`, () => {
      expect(ids(mended)).not.toContain(id);
    });
  }

  it('healthy mail has none, signed with RSA or Ed25519, also through extra fields and trailing lines [S4-070]', () => {
    expect(ids({})).toEqual([]);
    expect(ids({ then: (text) => `Received: from x by y; now\r\n${text}\r\n\r\n` })).toEqual([]);
    const two = { sign: { key: ed, selector: 'e' }, zone: { 'e._domainkey.a.example': keyText(ed) } };
    expect(ids(two)).toEqual([]);
    expect(ids({ zone: { '_dmarc.a.example': 'v=DMARC1; p=none' } })).toEqual([]);
  });

  it('a forgery is no fault of the domain: nothing to repair [S4-070]', () => {
    expect(ids({ ip: STRANGER, sign: false })).toEqual([]);
    expect(ids({ ip: STRANGER, sign: false, context: { sender: { host: 'box', isOwn: false } } })).toEqual(
      [],
    );
    // The same from one of the domain's own hosts is one.
    expect(
      ids({ ip: STRANGER, sign: false, context: { sender: { host: 'mta.a.example', isOwn: true } } }),
    ).toEqual(['SPF-MISSING-SENDER']);
  });

  it('tells a changed header from another key by opening the signature, without knowing the original [DKIM-HDR] [DKIM-MISMATCH]', () => {
    const changed: Case = { then: (text) => text.replace('Subject: Hi', 'Subject: Ho') };
    expect(ids(changed)).toEqual(['DKIM-HDR']);
    expect(ids({ sign: { key: other } })).toEqual(['DKIM-MISMATCH']);
    // Ed25519 does not open: with the original known and unchanged it must be the key.
    const edOther = generateKey('ed25519', 'another');
    const wrong: Case = {
      sign: { key: edOther, selector: 'e' },
      zone: { 'e._domainkey.a.example': keyText(ed) },
    };
    expect(ids(wrong)).toEqual([]);
    expect(ids({ ...wrong, context: { changes: [[]] } })).toEqual(['DKIM-MISMATCH']);
  });

  it('sees a forwarder in the trace of a message that nobody watched [SPF-FWD]', () => {
    const line = (from: string, by: string, ip: string): string =>
      `Received: from ${from} (${from} [${ip}])\r\n\tby ${by} with ESMTP id 1; Fri, 27 Nov 2026 10:00:00 +0000\r\n`;
    const spf = { domain: 'a.example', ip: STRANGER };
    const own = line('app.a.example', 'mta.a.example', '192.0.2.9');
    const handedOn = line('mta.a.example', 'fwd.b.example', '192.0.2.25');
    const arrived = line('fwd.b.example', 'mx.d.example', STRANGER);
    expect(contextOfMessage(handedOn + own + MESSAGE, spf)).toEqual({ forwardedBy: 'fwd.b.example' });
    expect(contextOfMessage(arrived + handedOn + own + MESSAGE, spf)).toEqual({
      forwardedBy: 'fwd.b.example',
    });
    expect(contextOfMessage(own + MESSAGE, spf)).toEqual({});
    // The receiver's line about the very connection is no forwarding.
    expect(contextOfMessage(line('mta.a.example', 'mx.d.example', STRANGER) + own + MESSAGE, spf)).toEqual(
      {},
    );
  });

  it('blames simple canonicalization only for blanks [DKIM-SIMPLE]', () => {
    const footer: Case = {
      sign: { bodyCanonicalization: 'simple' },
      then: (text) => `${text}-- \r\n`,
      context: { changes: [[{ host: 'l', part: 'body', before: 1, after: 2, isBlanksOnly: false }]] },
    };
    expect(ids(footer)).toEqual(['DKIM-BODY']);
  });

  it('a key of 512 bits is an error, one of 1024 a warning [DKIM-BITS]', () => {
    const bits = (one: PrivateKey) =>
      findings({ sign: { key: one }, zone: { 's1._domainkey.a.example': keyText(one) } }).find(
        (finding) => finding.id === 'DKIM-BITS',
      )?.severity;
    expect(bits(tiny)).toBe('error');
    expect(bits(short)).toBe('warning');
  });

  it('tells minutes that a missing key stays remembered, and points at places in the text [DKIM-NOKEY]', () => {
    const verdict = finishPolicy(
      checkMessage(
        withDkimSignatures(MESSAGE, [{ domain: 'a.example', selector: 's1', key }]),
        { ip: '192.0.2.25', helo: 'm', sender: 'alice@a.example' },
        { nowSeconds: NOW },
      ),
      (question) => ({ status: 'NXDOMAIN', records: [], negativeTtl: 1320, server: question.name }),
    );
    expect(diagnose(verdict).find((one) => one.id === 'DKIM-NOKEY')?.params).toMatchObject({ minutes: 22 });
    const text = 'v=spf1 ip4:192.0.2.0/33 -all';
    const [wrong] = findings({ zone: { 'a.example': text } });
    const span = wrong?.evidence.span;
    expect(text.slice(span?.start, span?.end)).toBe('/33');
  });
});
