// One broken record and one sound record for every id that a record alone can raise.

import { describe, expect, it } from 'vitest';
import { toBase64 } from '../base/bytes.ts';
import { generateKey, publicKeyOf } from '../crypto/keys.ts';
import { dkimKeyRecord } from './dkim-key-record.ts';
import { lintRecords, type LintId, type TxtInput } from './lint.ts';

type Records = Readonly<Record<string, string | readonly string[]>>;

function raised(records: Records): LintId[] {
  const input = Object.entries(records).map(([name, text]): TxtInput => {
    const strings = typeof text === 'string' ? (text.match(/[^]{1,255}/g) ?? ['']) : text;
    // What follows a blank only tells two records of one name apart.
    return { name: `${name.replace(/ .*/, '')}.`, strings };
  });
  return lintRecords(input, { isWholeZone: true }).map(({ id }) => id);
}

/** `[ID]`: the broken records raise it, the sound ones do not. */
function pair(title: `[${LintId}] ${string}`, broken: Records, sound: Records): void {
  const id = title.slice(1, title.indexOf(']')) as LintId;
  it(title, () => {
    expect(raised(broken)).toContain(id);
    expect(raised(sound)).not.toContain(id);
  });
}

const spf = (text: string | readonly string[]): Records => ({ 'a.example': text });
const dmarc = (text: string): Records => ({ '_dmarc.a.example': text, 's._domainkey.a.example': key });
const keyAt = (text: string | readonly string[]): Records => ({ 's._domainkey.a.example': text });
const key = dkimKeyRecord(publicKeyOf(generateKey('rsa2048', 'lint ids')));
const half = key.indexOf('p=') + 2;

describe('SPF records', () => {
  pair(
    '[SPF-MULTI] two at one name',
    { 'a.example': 'v=spf1 mx -all', 'a.example 2': 'v=spf1 a -all' },
    { 'a.example': 'v=spf1 mx a -all', 'b.a.example': 'v=spf1 a -all', 'a.example 2': 'hello' },
  );
  pair('[SPF-PLUSALL] everybody may', spf('v=spf1 mx +all'), spf('v=spf1 mx ~all'));
  pair('[SPF-NOALL] no end', spf('v=spf1 mx'), spf('v=spf1 redirect=b.example'));
  pair('[SPF-ALL-NOTLAST] more after the end', spf('v=spf1 -all mx'), spf('v=spf1 mx -all exp=e.a.example'));
  pair(
    '[SPF-10] eleven look-ups',
    spf(`v=spf1${' a'.repeat(11)} -all`),
    spf(`v=spf1${' a'.repeat(10)} ip4:192.0.2.1 -all`),
  );
  pair(
    '[SPF-IP-SYNTAX] no network',
    spf('v=spf1 ip4:192.0.2.0/33 -all'),
    spf('v=spf1 ip4:192.0.2.0/32 -all'),
  );
  pair(
    '[SPF-MX-WRONG] an address for a name',
    spf('v=spf1 mx:192.0.2.1 -all'),
    spf('v=spf1 ip4:192.0.2.1 -all'),
  );
  pair('[SPF-PTR] by reverse name', spf('v=spf1 ptr -all'), spf('v=spf1 a:ptr.a.example -all'));
  pair(
    '[SPF-SPACE] a blank lost at a joint',
    spf(['v=spf1 include:b.example', 'ip4:192.0.2.1 -all']),
    spf(['v=spf1 include:b.example ', 'ip4:192.0.2.1 -all']),
  );
  pair(
    '[SPF-QUOTE] typographic quotes',
    spf('\xe2\x80\x9cv=spf1 mx -all\xe2\x80\x9d'),
    spf('v=spf1 mx -all'),
  );
  pair('[SPF-SOFT-VS-HARD] how hard it is', spf('v=spf1 mx ~all'), spf('v=spf1 redirect=b.example'));
  pair(
    '[SPF-BIGNET] half the internet',
    spf('v=spf1 ip4:198.18.0.0/15 -all'),
    spf('v=spf1 ip4:192.0.2.0/24 -all'),
  );
  pair(
    '[SPF-REDIRECT-ALL] redirect beside all',
    spf('v=spf1 redirect=b.example -all'),
    spf('v=spf1 mx redirect=b.example'),
  );
  pair(
    '[SPF-SYNTAX] an unknown mechanism',
    spf('v=spf1 inlcude:b.example -all'),
    spf('v=spf1 x=b.example -all'),
  );
});

describe('DKIM key records', () => {
  pair(
    '[DKIM-P-BROKEN] a stray character',
    keyAt(`${key.slice(0, half + 9)}*${key.slice(half + 9)}`),
    keyAt(key),
  );
  pair('[DKIM-P-EMPTY] revoked', keyAt('v=DKIM1; k=rsa; p='), keyAt(key));
  pair(
    '[DKIM-BITS] too short',
    keyAt(dkimKeyRecord(publicKeyOf(generateKey('rsa1024', 'short')))),
    keyAt(`v=DKIM1; k=ed25519; p=${toBase64(new Uint8Array(32).fill(9))}`),
  );
  pair('[DKIM-TEST] test mode', keyAt(`${key}; t=y`), keyAt(`${key}; t=s`));
  pair('[DKIM-SYNTAX] a kind of key that does not exist', keyAt(key.replace('k=rsa', 'k=dsa')), keyAt(key));
});

describe('DMARC records', () => {
  const rua = 'rua=mailto:d@a.example';
  pair(
    '[DMARC-V] the version in lower case',
    dmarc(`v=dmarc1; p=none; ${rua}`),
    dmarc(`v=DMARC1; p=none; ${rua}`),
  );
  pair(
    '[DMARC-MULTI] two at one name',
    { '_dmarc.a.example': `v=DMARC1; p=none; ${rua}`, '_dmarc.a.example 2': 'v=DMARC1; p=reject' },
    { '_dmarc.a.example': `v=DMARC1; p=none; ${rua}`, '_dmarc.b.a.example': `v=DMARC1; p=none; ${rua}` },
  );
  pair('[DMARC-P-MISSING] no policy', dmarc(`v=DMARC1; ${rua}`), dmarc(`v=DMARC1; ${rua}; p=none`));
  pair('[DMARC-NORUA] no reports', dmarc('v=DMARC1; p=none'), dmarc(`v=DMARC1; p=none; ${rua}`));
  pair(
    '[DMARC-RUA-SYNTAX] a bare address',
    dmarc('v=DMARC1; p=none; rua=d@a.example'),
    dmarc(`v=DMARC1; p=none; ${rua},mailto:e@a.example`),
  );
  pair(
    '[DMARC-PCT] a removed tag',
    dmarc(`v=DMARC1; p=none; pct=50; ${rua}`),
    dmarc(`v=DMARC1; p=none; t=y; ${rua}`),
  );
  pair(
    '[DMARC-SP] open subdomains',
    dmarc(`v=DMARC1; p=reject; sp=none; ${rua}`),
    dmarc(`v=DMARC1; p=reject; sp=quarantine; np=reject; ${rua}`),
  );
  pair(
    '[DMARC-STRICT] strict alignment',
    dmarc(`v=DMARC1; p=none; adkim=s; ${rua}`),
    dmarc(`v=DMARC1; p=none; adkim=r; ${rua}`),
  );
  pair(
    '[DMARC-SPFONLY] reject without a key [S4-048]',
    { 'a.example': 'v=spf1 mx -all', '_dmarc.a.example': `v=DMARC1; p=reject; ${rua}` },
    { 'a.example': 'v=spf1 mx -all', ...dmarc(`v=DMARC1; p=reject; ${rua}`) },
  );
  pair(
    '[DMARC-SYNTAX] an unknown tag',
    dmarc(`v=DMARC1; p=none; q=1; ${rua}`),
    dmarc(`v=DMARC1; p=none; fo=1; ${rua}`),
  );
});

describe('the smaller records', () => {
  const policy = (p: string): Records => ({ '_dmarc.a.example': `v=DMARC1; ${p}; rua=mailto:d@a.example` });
  const logo = 'v=BIMI1; l=https://a.example/logo.svg; a=';
  const bimi = (text: string, p = 'p=reject'): Records => ({ 'default._bimi.a.example': text, ...policy(p) });
  pair('[BIMI-POLICY] a logo without a policy', bimi(logo, 'p=none'), bimi(logo));
  pair('[BIMI-POLICY] a logo while testing', bimi(logo, 'p=reject; t=y'), bimi('v=BIMI1; l=; a=', 'p=none'));
  pair('[BIMI-SYNTAX] no SVG', bimi('v=BIMI1; l=http://a.example/logo.png'), bimi(logo));
  const at =
    (name: string) =>
    (text: string): Records => ({ [`${name}.a.example`]: text });
  const sts = at('_mta-sts');
  pair('[STS-SYNTAX] a hyphen in the id', sts('v=STSv1; id=2026-11-23'), sts('v=STSv1; id=20261123T08;'));
  pair('[STS-SYNTAX] no version', sts('id=1'), sts('v=STSv1; id=1'));
  const tls = at('_smtp._tls');
  pair(
    '[TLSRPT-SYNTAX] a bare address',
    tls('v=TLSRPTv1; rua=tls@a.example'),
    tls('v=TLSRPTv1; rua=mailto:tls@a.example,https://a.example/tls'),
  );
});
