// ARC: chains of our own, every way to break one, the fields by themselves, and what hostile input does. The rules one by one are
// in `arc-rules.test.ts`, second opinions in `oracle-arc.test.ts`.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1, toBase64 } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { generateKey, publicKeyOf, writePublicKey } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/keys.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import { parseMessage, prependField, removeFields } from '../message/header.ts';
import { arcExplanationKeys } from './arc-verdict.ts';
import { readArcMessageSignature, readArcResults, readArcSeal } from './arc-fields.ts';
import { sealArc } from './arc-seal.ts';
import type { ArcSealed, ArcSealOptions } from './arc-seal.ts';
import { verifyArc } from './arc.ts';
import { canonicalBody } from './dkim-canonical.ts';
import { answerAll, txtTable } from './testing.ts';
import { cases } from '../testing/effort.ts';

const NOW = 1_800_000_000;
const rsa = generateKey('rsa1024', 'arc test');
const ed = generateKey('ed25519', 'arc test');
const keyText = (key: PrivateKey): string => {
  const shared = publicKeyOf(key);
  return shared.type === 'rsa'
    ? `v=DKIM1; k=rsa; p=${toBase64(writePublicKey(shared))}`
    : `v=DKIM1; k=ed25519; p=${toBase64(shared.raw)}`;
};
const zone: Record<string, string> = {
  'r._domainkey.list.example': keyText(rsa),
  'e._domainkey.list.example': keyText(ed),
};
const MESSAGE = [
  'Received: from x by y; now',
  'From: Ana <ana@a.example>',
  'To: liste@list.example',
  'Subject: Lunch',
  ' at noon',
  'Date: Mon, 23 Nov 2026 09:00:00 +0100',
  '',
  'Hello  Bob ',
  '',
  '',
].join('\r\n');
const base: Omit<ArcSealOptions, 'chain'> = {
  domain: 'list.example',
  selector: 'r',
  key: rsa,
  timestamp: NOW - 10,
  results: {
    authservId: 'mx.list.example',
    results: [
      {
        method: 'spf',
        result: 'pass',
        properties: [{ type: 'smtp', property: 'mailfrom', value: 'a.example' }],
      },
      { method: 'dkim', result: 'pass', comment: 'fine (really)', properties: [] },
    ],
  },
};

function verify(message: string, answer: (question: DnsQuestion) => DnsAnswer = txtTable(zone)) {
  const { verdict } = answerAll(verifyArc(message, { nowSeconds: NOW }), answer);
  expect(structuredClone(verdict)).toEqual(verdict);
  return verdict;
}

function sealed(message: string, more: Partial<ArcSealOptions> = {}): ArcSealed {
  const made = sealArc(message, { ...base, ...more, chain: more.chain ?? verify(message) });
  if (typeof made === 'string') throw new Error(made);
  return made;
}

/** A message that went through some sealers, each adding what its host would add. */
function chainOf(count: number, second: Partial<ArcSealOptions> = {}): string {
  let raw = MESSAGE;
  for (let i = 1; i <= count; i++)
    raw = prependField(
      // Nobody changed anything, so the chain is known to hold.
      sealed(raw, { ...(i % 2 === 0 ? second : {}), chain: { result: i === 1 ? 'none' : 'pass' } }).raw,
      `Received: from h${i} by h${i + 1}; later`,
    );
  return raw;
}

describe('a chain of our own', () => {
  it('is none, then passes set by set with every seal and signature [S4-060]', () => {
    expect(verify(MESSAGE)).toMatchObject({ result: 'none', reason: 'no-chain', instances: [] });
    for (const count of [1, 2, 3]) {
      const verdict = verify(chainOf(count, { selector: 'e', key: ed }));
      expect(verdict).toMatchObject({ result: 'pass', oldestPass: 0, standing: 'to-historic' });
      expect(verdict.instances.map((one) => [one.instance, one.cv])).toEqual(
        Array.from({ length: count }, (_, i) => [i + 1, i === 0 ? 'none' : 'pass']),
      );
      for (const one of verdict.instances) {
        expect([one.messageSignature?.result, one.seal?.result]).toEqual(['pass', 'pass']);
        expect(one.results?.parsed).toEqual(base.results);
      }
      expect(verdict.sealers).toEqual(Array.from({ length: count }, () => 'list.example'));
      expect(arcExplanationKeys()).toContain(verdict.explanationKey);
    }
  });

  it('tells since when the message is as it is [S4-060]', () => {
    const changed = chainOf(2).replace('Subject: Lunch', 'Subject: [liste] Lunch');
    expect(verify(changed)).toMatchObject({
      result: 'fail',
      failedAt: { instance: 2, part: 'message-signature' },
    });
    // The list seals after its change: the first signature is gone, the chain holds.
    const first = sealed(MESSAGE).raw;
    const chain = verify(first);
    const edited = first.replace('Hello  Bob', 'Hello  Bob\r\n-- \r\nliste');
    const verdict = verify(sealed(edited, { chain }).raw);
    expect(verdict).toMatchObject({ result: 'pass', oldestPass: 2 });
    expect(verdict.instances[0]?.messageSignature).toMatchObject({ result: 'fail', reason: 'body-hash' });
  });

  it('ends when a sealer marks it failed, and nobody goes on [S4-060]', () => {
    const broken = chainOf(1).replace('Lunch', 'Dinner');
    const made = sealed(broken);
    expect(made).toMatchObject({ instance: 2, cv: 'fail' });
    expect(verify(made.raw)).toMatchObject({
      result: 'fail',
      reason: 'marked-failed',
      failedAt: { instance: 2 },
    });
    expect(sealArc(made.raw, { ...base, chain: { result: 'fail' } })).toBe('chain-failed');
  });

  it('has at most 50 sets', () => {
    const full = chainOf(50);
    expect(verify(full)).toMatchObject({ result: 'pass' });
    expect(sealArc(full, { ...base, chain: { result: 'pass' } })).toBe('too-many');
    const beyond = full.replaceAll(/^(ARC-[^:]*:\s+)i=50;/gm, '$1i=51;');
    expect(verify(beyond)).toMatchObject({ result: 'fail', reason: 'bad-field' });
  });

  it('does not care about the order of the fields among others', () => {
    const raw = chainOf(2);
    const { fields } = parseMessage(raw);
    const isArc = (key: string): boolean => key.startsWith('arc-');
    const arc = fields.filter((field) => isArc(field.key)).map((field) => field.raw);
    const rest = removeFields(raw, (field) => isArc(field.key));
    expect(verify(arc.reverse().join('') + rest)).toMatchObject({ result: 'pass' });
  });
});

describe('broken chains', () => {
  const two = chainOf(2);
  const without = (name: string, instance: number): string =>
    removeFields(two, (field) => field.key === name && field.value.startsWith(`i=${instance};`));
  const twice = (name: string): string => {
    const field = parseMessage(two).fields.find((one) => one.key === name);
    return (field?.raw ?? '') + two;
  };
  it.each([
    ['without a seal', without('arc-seal', 2), 'field-missing', 2],
    ['without a signature', without('arc-message-signature', 1), 'field-missing', 1],
    ['without results', without('arc-authentication-results', 1), 'field-missing', 1],
    ['with a seal twice', twice('arc-seal'), 'field-repeated', 2],
    ['with a gap', two.replaceAll(/^(ARC-[^:]*:\s+)i=2;/gm, '$1i=3;'), 'gap', 2],
    ['without a first set', removeFields(two, (f) => f.value.startsWith('i=1;')), 'gap', 1],
    ['cv=none in the second', two.replace('cv=pass', 'cv=none'), 'chain-value', 2],
    ['cv=pass in the first', two.replace('cv=none', 'cv=pass'), 'chain-value', 1],
    ['cv=maybe', two.replace('cv=pass', 'cv=maybe'), 'bad-field', 2],
    ['a seal with h=', two.replace('cv=pass;', 'cv=pass; h=from;'), 'bad-field', 2],
    ['a signature over a seal', two.replace('h=from:', 'h=arc-seal:from:'), 'bad-field', 2],
    ['without an instance', two.replace('ARC-Seal: i=2;', 'ARC-Seal: i=x;'), 'bad-field', undefined],
  ] as const)('%s [S4-060]', (_name, raw, reason, instance) => {
    const verdict = verify(raw);
    expect(verdict).toMatchObject({ result: 'fail', reason });
    expect(verdict.failedAt?.instance).toBe(instance);
  });

  it.each([
    ['NXDOMAIN', 'no-key', false],
    ['SERVFAIL', 'key-lookup-failed', true],
  ] as const)('without a key: %s', (status, reason, isTemporary) => {
    const verdict = verify(two, () => ({ status, records: [] }));
    expect(verdict).toMatchObject({ result: 'fail', isTemporary });
    expect(verdict.instances[1]?.messageSignature).toMatchObject({ reason });
  });

  it('fails for every covered byte that changes [S4-060]', () => {
    const { fields, bodyStart } = parseMessage(two);
    const covered: number[] = [];
    for (const field of fields)
      if (
        [
          'from',
          'to',
          'subject',
          'date',
          'arc-seal',
          'arc-message-signature',
          'arc-authentication-results',
        ].includes(field.key)
      )
        for (let at = field.valueStart; at < field.end - 2; at++) covered.push(at);
    for (let at = bodyStart; at < bodyStart + 'Hello  Bob'.length; at++) covered.push(at);
    const blank = /[ \t\r\n]/;
    let tried = 0;
    fc.assert(
      fc.property(fc.constantFrom(...covered), (at) => {
        // Blanks may change within the rules of "relaxed"; letters never.
        if (blank.test(two.charAt(at))) return;
        // The last character before the padding of base64 has bits that stand for nothing (RFC 4648 §3.5).
        if (/^[A-Za-z0-9+/]\s*={1,2}\s*(;|\r\n\S)/.test(two.slice(at))) return;
        tried++;
        const other = two.charAt(at) === 'x' ? 'y' : 'x';
        const raw = two.slice(0, at) + other + two.slice(at + 1);
        expect(verify(raw).result, `${at} ${two.slice(at - 10, at)}>${two.charAt(at)}<`).not.toBe('pass');
      }),
      cases(300),
    );
    expect(tried).toBeGreaterThan(150);
  });
});

describe('fields', () => {
  it('reads results with comments and folding, and refuses what is none', () => {
    expect(readArcResults(' (a (b)) i (c) = (d) 2 ;\r\n\tmx.example; none')).toMatchObject({
      instance: 2,
      value: { authservId: 'mx.example', results: [] },
    });
    for (const bad of ['', 'i=0; x; none', 'i=51; x; none', 'I=1; x; none', '1; x; none', 'i=1 x; none'])
      expect(readArcResults(bad).problem).toBeDefined();
  });

  it('reads the third set of RFC 8617 appendix B, whose body hash is right', () => {
    // The appendix tells no keys, so its signatures cannot be checked; this is what can be.
    const seal = readArcSeal(
      ' i=3; a=rsa-sha256; cv=pass; d=clochette.example.org; s=\r\n        clochette; t=12345; ' +
        'b=CU87XzXlNlk5X/yW4l73UvPUcP9ivwYWxyBWcVrRs7\r\n        +HPx3K05nJhny2fvymbReAmOA9GTH/y+k9kEc59hAKVg==',
    );
    expect(seal.value).toMatchObject({
      instance: 3,
      cv: 'pass',
      domain: 'clochette.example.org',
      selector: 'clochette',
    });
    const signature = readArcMessageSignature(
      ' i=3; a=rsa-sha256; c=relaxed/relaxed; d=\r\n        clochette.example.org; h=message-id:date:from:to:subject; s=\r\n' +
        '        clochette; t=12345; bh=KWSe46TZKCcDbH4klJPo+tjk5LWJnVRlP5pvjXFZY\r\n        LQ=; ' +
        'b=o71vwyLsK+Wm4cOSlirXoRwzEvi0vqIjd/2/GkYFYlSd/GGfKzkAgPqxf\r\n        K7ccBMP7Zjb/mpeggswHjEMS8x5NQ==',
    );
    const body = canonicalBody('relaxed', 'Hey gang,\r\nThis is a test message.\r\n--J.\r\n\r\n');
    expect(signature.value?.bodyHash).toEqual(sha256(latin1(body)));
    expect(signature.value?.signature).toHaveLength(64);
    const results = readArcResults(
      ' i=3; clochette.example.org; spf=fail\r\n    smtp.from=jqd@d1.example; dkim=fail (512-bit key)\r\n' +
        '    header.i=@d1.example; dmarc=fail; arc=pass (as.2.gmail.example=pass,\r\n    ams.2.gmail.example=pass, ' +
        'as.1.lists.example.org=pass,\r\n    ams.1.lists.example.org=fail (message has been altered))',
    );
    expect(results.value?.results.map((one) => `${one.method}=${one.result}`)).toEqual([
      'spf=fail',
      'dkim=fail',
      'dmarc=fail',
      'arc=pass',
    ]);
  });

  it.each([
    ['c=', 'syntax'],
    ['t=', 'syntax'],
    ['A=rsa-sha256', undefined],
    ['a=rsa-sha256', 'syntax'],
    ['l=x', 'syntax'],
    ['x=1', undefined],
  ])('weighs one more tag %s', (tag, reason) => {
    const rest = 'i=1; a=rsa-sha256; d=a.example; s=s; h=from; bh=AAAA; b=AAAA';
    expect(readArcMessageSignature(` ${rest}; ${tag};`).problem?.reason).toBe(reason);
  });

  it('never throws on any bytes', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            'i=1;',
            'i=',
            'a=rsa-sha256;',
            'b=',
            'b=AA==;',
            'cv=none;',
            'd=a.example;',
            ';',
            '(',
            ' ',
            '\r\n ',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(noise, noise, (one, other) => {
        readArcResults(one);
        readArcMessageSignature(one);
        readArcSeal(one);
        const flat = (text: string): string => text.replace(/[\r\n]+(?![ \t])/g, '');
        verify(
          `ARC-Seal: ${flat(one)}\r\nARC-Message-Signature: ${flat(other)}\r\nARC-Authentication-Results: ${flat(one)}\r\n\r\nx`,
        );
      }),
      cases(1500),
    );
  });
});
