// The rules of ARC one by one, over fields that are rightly signed whatever they say: so what decides is the rule and not
// a broken signature. Each case has the verdict of RFC 8617; mailauth is asked as well where it reads the same rule.

import { describe, expect, it } from 'vitest';
import { latin1, toBase64 } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { generateKey, publicKeyOf, writePublicKey } from '../crypto/keys.ts';
import { rsaSign } from '../crypto/rsa.ts';
import { bodyOf, parseMessage } from '../message/header.ts';
import { canonicalBody, canonicalField, headerBlock, selectFields } from './dkim-canonical.ts';
import { verifyArc } from './arc.ts';
import { answerAll, txtTable } from './testing.ts';
import { mailauthArc } from './testing/mailauth.ts';

const rsa = generateKey('rsa1024', 'arc rules');
const shared = publicKeyOf(rsa);
const answer = txtTable({
  's._domainkey.l.example':
    shared.type === 'rsa' ? `v=DKIM1; k=rsa; p=${toBase64(writePublicKey(shared))}` : '',
  'revoked._domainkey.l.example': 'v=DKIM1; k=rsa; p=',
  'odd._domainkey.l.example': 'v=DKIM1; k=rsa; omg',
});
const MESSAGE =
  'MIME-Version: 1.0\r\nReceived: by h; now\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\n' +
  'From: Ana <ana@a.example>\r\nTo: one@b.example\r\nTo: two@b.example\r\nSubject: Hi\r\n\r\nHey  you \r\n';

function sign(bytes: string): string {
  if (rsa.type !== 'rsa') throw new Error('not RSA');
  return toBase64(rsaSign('sha256', rsa.rsa, latin1(bytes)));
}

interface SetText {
  /** Tags of the AMS without `bh=` and `b=`, which are made; `BH` in it takes the place of the first. */
  readonly ams: string;
  /** Tags of the seal without `b=`. */
  readonly seal: string;
  readonly results: string;
  /** Names of the three fields as written. */
  readonly names: readonly [string, string, string];
  /** How the AMS is made, whatever its `c=` says. */
  readonly kind: 'simple' | 'relaxed';
}

const setOf = (i: number, more: Partial<SetText> = {}): SetText => ({
  ams: `i=${i}; a=rsa-sha256; c=relaxed/relaxed; d=l.example; s=s; t=12345; h=from:to:date:subject:mime-version`,
  seal: `i=${i}; a=rsa-sha256; cv=${i === 1 ? 'none' : 'pass'}; d=l.example; s=s; t=12345`,
  results: `i=${i}; mx.l.example; spf=pass smtp.mailfrom=a.example`,
  names: ['ARC-Authentication-Results', 'ARC-Message-Signature', 'ARC-Seal'],
  kind: 'relaxed',
  ...more,
});

/** Puts a set with right signatures on top, whatever its tags say. */
function forge(
  raw: string,
  set: SetText,
  earlier: readonly string[] = [],
): { raw: string; fields: string[] } {
  const message = parseMessage(raw);
  const hash = toBase64(sha256(latin1(canonicalBody(set.kind, bodyOf(message)))));
  const tags = set.ams.includes('BH') ? set.ams.replace('BH', hash) : `${set.ams}; bh=${hash}`;
  const unsigned = `${set.names[1]}: ${tags}; b=`;
  const h = /\bh=([^;]*)/.exec(set.ams)?.[1] ?? '';
  const names = h
    .replace(/[ \t\r\n]/g, '')
    .toLowerCase()
    .split(':');
  const ams =
    unsigned + sign(headerBlock(set.kind, message.fields, selectFields(message.fields, names), unsigned));
  const results = `${set.names[0]}: ${set.results}`;
  const open = `${set.names[2]}: ${set.seal}; b=`;
  const scope = [...earlier, results, ams].map((one) => canonicalField('relaxed', { raw: one })).join('');
  const seal = open + sign(scope + canonicalField('relaxed', { raw: open }).slice(0, -2));
  return { raw: `${seal}\r\n${ams}\r\n${results}\r\n${raw}`, fields: [...earlier, results, ams, seal] };
}

function chain(...sets: readonly SetText[]): string {
  let raw = MESSAGE;
  let earlier: string[] = [];
  for (const set of sets) {
    const made = forge(raw, set, earlier);
    raw = `Received: by hop; now\r\n${made.raw}`;
    earlier = made.fields;
  }
  return raw;
}

const ours = (raw: string): string =>
  answerAll(verifyArc(raw, { nowSeconds: 1_800_000_000 }), answer).verdict.result;

const edit = (part: 'ams' | 'seal' | 'results', from: string | RegExp, to: string): string => {
  const good = setOf(1);
  const text = good[part].replace(from, to);
  expect(text, `${part} ${String(from)}`).not.toBe(good[part]);
  return chain(setOf(1, { [part]: text }));
};

/** `ours`: mailauth reads the rule otherwise; `oracle-differences.test.ts` has the clause. */
type Case = readonly [what: string, verdict: 'pass' | 'fail' | 'none', raw: () => string, only?: 'ours'];

const SEAL: readonly Case[] = [
  ['is right', 'pass', () => chain(setOf(1))],
  ['has blanks around =', 'pass', () => edit('seal', 'd=l', 'd \t= l')],
  ['has blanks around ;', 'pass', () => edit('seal', '; d=', '  ;  d=')],
  ['is folded between tags', 'pass', () => edit('seal', '; d=', ';\r\n\t d=')],
  ['has its tags in another order', 'pass', () => edit('seal', /^(i=1); (a=[^;]*); (.*)$/, '$3; $2; $1')],
  ['has a tag nobody knows', 'pass', () => edit('seal', 't=12345', 't=12345; zz=1')],
  [
    'has a name in capitals',
    'pass',
    () => chain(setOf(1, { names: ['ARC-AUTHENTICATION-RESULTS', 'arc-message-signature', 'ARC-SEAL'] })),
  ],
  ['has a tag twice', 'fail', () => edit('seal', 's=s', 's=s; s=s'), 'ours'],
  ['has an empty tag', 'fail', () => edit('seal', 's=s;', 's=s;;'), 'ours'],
  ['has a tag name with a sign in it', 'fail', () => edit('seal', 't=12345', 't=12345; _=1'), 'ours'],
  ['has a tag name in capitals', 'fail', () => edit('seal', 'cv=', 'CV='), 'ours'],
  ['has no i=', 'fail', () => edit('seal', 'i=1; ', '')],
  ['has an empty i=', 'fail', () => edit('seal', 'i=1', 'i=')],
  ['has i=0', 'fail', () => edit('seal', 'i=1', 'i=0')],
  ['has i=x', 'fail', () => edit('seal', 'i=1', 'i=x')],
  ['has i=-1', 'fail', () => edit('seal', 'i=1', 'i=-1')],
  ['has i=51', 'fail', () => edit('seal', 'i=1', 'i=51')],
  ['has no a=', 'fail', () => edit('seal', 'a=rsa-sha256; ', '')],
  ['has an empty a=', 'fail', () => edit('seal', 'a=rsa-sha256', 'a=')],
  ['has an a= nobody knows', 'fail', () => edit('seal', 'rsa-sha256', 'poodle-sha256')],
  ['has rsa-sha1', 'fail', () => edit('seal', 'rsa-sha256', 'rsa-sha1')],
  ['has no cv=', 'fail', () => edit('seal', 'cv=none; ', '')],
  ['has an empty cv=', 'fail', () => edit('seal', 'cv=none', 'cv=')],
  ['has a cv= nobody knows', 'fail', () => edit('seal', 'cv=none', 'cv=maybe')],
  ['says pass in the first set', 'fail', () => edit('seal', 'cv=none', 'cv=pass')],
  ['says fail', 'fail', () => edit('seal', 'cv=none', 'cv=fail')],
  ['has no d=', 'fail', () => edit('seal', 'd=l.example; ', '')],
  ['has an empty d=', 'fail', () => edit('seal', 'd=l.example', 'd=')],
  ['has a d= that is no domain', 'fail', () => edit('seal', 'd=l.example', 'd=l..example')],
  ['has a blank within d=', 'fail', () => edit('seal', 'd=l.example', 'd=l. example')],
  ['has no s=', 'fail', () => edit('seal', 's=s; ', '')],
  ['has an empty s=', 'fail', () => edit('seal', 's=s', 's=')],
  ['names a key that is not there', 'fail', () => edit('seal', 's=s', 's=none')],
  ['names a revoked key', 'fail', () => edit('seal', 's=s', 's=revoked')],
  ['names a key without p=', 'fail', () => edit('seal', 's=s', 's=odd')],
  ['has no t=', 'pass', () => edit('seal', '; t=12345', '')],
  ['has an empty t=', 'fail', () => edit('seal', 't=12345', 't='), 'ours'],
  ['has a t= that is no number', 'fail', () => edit('seal', 't=12345', 't=noon'), 'ours'],
  ['has a blank within t=', 'fail', () => edit('seal', 't=12345', 't=12 345'), 'ours'],
  ['names fields to be signed', 'fail', () => edit('seal', 't=12345', 't=12345; h=from')],
];

const SIGNATURE: readonly Case[] = [
  [
    'is simple/simple',
    'pass',
    () => chain(setOf(1, { ams: setOf(1).ams.replace('relaxed/relaxed', 'simple/simple'), kind: 'simple' })),
  ],
  [
    'has no c= and is simple',
    'pass',
    () => chain(setOf(1, { ams: setOf(1).ams.replace('c=relaxed/relaxed; ', ''), kind: 'simple' })),
    'ours',
  ],
  [
    'has no c= and is relaxed, as the drafts had it',
    'pass',
    () => chain(setOf(1, { ams: setOf(1).ams.replace('c=relaxed/relaxed; ', '') })),
  ],
  ['has a c= nobody knows', 'fail', () => edit('ams', 'relaxed/relaxed', 'relaxed/odd')],
  ['has an empty c=', 'fail', () => edit('ams', 'relaxed/relaxed', ''), 'ours'],
  ['has no h=', 'fail', () => edit('ams', /; h=.*$/, '')],
  ['has an empty h=', 'fail', () => edit('ams', /h=.*$/, 'h='), 'ours'],
  ['does not cover From', 'fail', () => edit('ams', 'h=from:', 'h='), 'ours'],
  ['has blanks around : of h=', 'pass', () => edit('ams', 'from:to:', 'from :\r\n\tto : ')],
  ['has names in capitals', 'pass', () => edit('ams', 'from:to:', 'FROM:To:')],
  ['has an empty name in h=', 'pass', () => edit('ams', 'from:to:', 'from::to:')],
  ['covers a field twice, from the bottom up', 'pass', () => edit('ams', 'to:', 'to:to:')],
  [
    'covers a field twice, and somebody swaps the two',
    'fail',
    () => edit('ams', 'to:', 'to:to:').replace(/(To: one.*\r\n)(To: two.*\r\n)/, '$2$1'),
  ],
  ['covers a field that is absent', 'pass', () => edit('ams', 'to:', 'to:reply-to:')],
  [
    'covers an absent field, and somebody adds it',
    'fail',
    () => `Reply-To: eve@e.example\r\n${edit('ams', 'to:', 'to:reply-to:')}`,
  ],
  ['covers a seal', 'fail', () => edit('ams', 'to:', 'to:arc-seal:')],
  ['covers results', 'pass', () => edit('ams', 'to:', 'to:authentication-results:')],
  ['has a blank within t=', 'fail', () => edit('ams', 't=12345', 't=12 345'), 'ours'],
  ['has an algorithm nobody knows', 'fail', () => edit('ams', 'rsa-sha256', 'rsa-sha5')],
  ['has rsa-sha1', 'fail', () => edit('ams', 'rsa-sha256', 'rsa-sha1')],
  ['has no bh=', 'fail', () => edit('ams', 't=12345', 't=12345; zz=BH')],
  ['has an empty bh=', 'fail', () => edit('ams', 't=12345', 'zz=BH; bh=')],
  ['has a bh= that is no base64', 'fail', () => edit('ams', 't=12345', 'zz=BH; bh=*')],
  ['has another bh=', 'fail', () => edit('ams', 't=12345', 'zz=BH; bh=AAAA')],
  ['has no d=', 'fail', () => edit('ams', 'd=l.example; ', '')],
  ['has no s=', 'fail', () => edit('ams', 's=s; ', '')],
  ['has no i=', 'fail', () => edit('ams', 'i=1; ', '')],
  ['belongs to another body', 'fail', () => chain(setOf(1)).replace('Hey  you', 'Hi  you')],
  ['belongs to a body of other blanks', 'pass', () => chain(setOf(1)).replace('Hey  you ', 'Hey you')],
  ['belongs to another subject', 'fail', () => chain(setOf(1)).replace('Subject: Hi', 'Subject: Ho')],
  ['stands among fields nobody covered', 'pass', () => `X-Spam: no\r\n${chain(setOf(1))}`],
];

const without = (raw: string, pattern: RegExp): string => {
  expect(raw).toMatch(pattern);
  return raw.replace(pattern, '');
};
const CHAIN: readonly Case[] = [
  ['of none', 'none', () => MESSAGE],
  ['of none, in nothing', 'none', () => ''],
  ['of none, without a header', 'none', () => '\r\nHey\r\n'],
  ['of two', 'pass', () => chain(setOf(1), setOf(2))],
  ['of five', 'pass', () => chain(setOf(1), setOf(2), setOf(3), setOf(4), setOf(5))],
  [
    'that says none twice',
    'fail',
    () => chain(setOf(1), setOf(2, { seal: setOf(2).seal.replace('cv=pass', 'cv=none') })),
  ],
  [
    'that says pass from the start',
    'fail',
    () => chain(setOf(1, { seal: setOf(1).seal.replace('cv=none', 'cv=pass') }), setOf(2)),
  ],
  [
    'whose last set says fail',
    'fail',
    () => chain(setOf(1), setOf(2, { seal: setOf(2).seal.replace('cv=pass', 'cv=fail') })),
  ],
  [
    'whose first set says fail',
    'fail',
    () => chain(setOf(1, { seal: setOf(1).seal.replace('cv=none', 'cv=fail') }), setOf(2)),
  ],
  ['that begins with two', 'fail', () => chain(setOf(2))],
  ['with a gap', 'fail', () => chain(setOf(1), setOf(3))],
  ['with a number twice', 'fail', () => chain(setOf(1), setOf(1))],
  ['without the last seal', 'fail', () => without(chain(setOf(1), setOf(2)), /^ARC-Seal: i=2.*\r\n/m)],
  ['without the first seal', 'fail', () => without(chain(setOf(1), setOf(2)), /^ARC-Seal: i=1.*\r\n/m)],
  [
    'without the last signature',
    'fail',
    () => without(chain(setOf(1), setOf(2)), /^ARC-Message-Signature: i=2.*\r\n/m),
  ],
  [
    'without the first signature',
    'fail',
    () => without(chain(setOf(1), setOf(2)), /^ARC-Message-Signature: i=1.*\r\n/m),
  ],
  [
    'without the last results',
    'fail',
    () => without(chain(setOf(1), setOf(2)), /^ARC-Authentication-Results: i=2.*\r\n/m),
  ],
  [
    'without the first results',
    'fail',
    () => without(chain(setOf(1), setOf(2)), /^ARC-Authentication-Results: i=1.*\r\n/m),
  ],
  ['with a field twice', 'fail', () => chain(setOf(1)).replace(/^(ARC-Seal: i=1.*\r\n)/m, '$1$1')],
  [
    'whose sets stand in another order',
    'pass',
    () =>
      chain(setOf(1), setOf(2)).replace(
        /^((?:ARC-.*i=2.*\r\n)+)(Received: by hop; now\r\n)((?:ARC-.*i=1.*\r\n)+)/m,
        '$3$2$1',
      ),
  ],
  [
    'whose message changed after the first set',
    'pass',
    () =>
      forge(
        chain(setOf(1)).replace('Subject: Hi', 'Subject: [list] Hi'),
        setOf(2),
        forge(MESSAGE, setOf(1)).fields,
      ).raw,
  ],
  [
    'whose message changed after the last set',
    'fail',
    () => chain(setOf(1), setOf(2)).replace('Subject: Hi', 'Subject: [list] Hi'),
  ],
  [
    'whose first results changed',
    'fail',
    () =>
      chain(setOf(1), setOf(2))
        .replace('results: i=1; mx', 'results: i=1; my')
        .replace('Results: i=1; mx', 'Results: i=1; my'),
  ],
  [
    'whose results do not begin with i=',
    'fail',
    () => edit('results', /^i=1; mx.l.example/, 'mx.l.example; i=1'),
    'ours',
  ],
  [
    'whose results cannot be understood: they are sealed as bytes',
    'pass',
    () => edit('results', 'mx.l.example; spf', '; ;; spf'),
  ],
  ['whose results have no i=', 'fail', () => edit('results', 'i=1; ', '')],
];

describe('[S4-060] [J-01]', () => {
  for (const [noun, list] of [
    ['a seal that', SEAL],
    ['a message signature that', SIGNATURE],
    ['a chain', CHAIN],
  ] as const)
    it.each(list.map(([what, verdict, raw, only]) => [`${noun} ${what}`, verdict, raw, only] as const))(
      '%s: %s',
      async (_, verdict, raw, only) => {
        const message = raw();
        expect(ours(message)).toBe(verdict);
        if (only === undefined && message !== '') expect(await mailauthArc(message, answer)).toBe(verdict);
      },
    );
});
