// Verdicts on DKIM signatures and ARC chains in words. Read off the verdicts; nothing is checked a second time.

import type {
  ArcInstance,
  ArcReason,
  ArcSignatureReason,
  ArcSignatureVerdict,
  ArcVerdict,
} from '../auth/arc-verdict.ts';
import type { DkimReason, DkimVerdict } from '../auth/dkim-verdict.ts';
import type { DnsEvidence } from '../auth/evidence.ts';
import { rdataText } from '../dns/records.ts';
import type { Reason } from './reason-tree.ts';

/** `asked A mail.example.com: 192.0.2.1`. */
export function lookupText(evidence: DnsEvidence): string {
  const { question, answer } = evidence;
  const asked = `asked ${question.type} of ${question.name.replace(/(.)\.$/, '$1')}`;
  const data = answer.records.map((record) => rdataText(record.data)).join(', ');
  if (answer.status !== 'NOERROR') return `${asked}: ${answer.status}${data === '' ? '' : ` after ${data}`}`;
  return `${asked}: ${data === '' ? 'the name exists, but has no such record' : data}`;
}

const WORDS: Readonly<Record<DkimReason | ArcSignatureReason, string>> = {
  ok: 'the signature is right',
  syntax: 'the field has a syntax error',
  version: 'the version is not 1',
  'missing-tag': 'a required tag is missing',
  algorithm: 'the algorithm is unknown',
  'from-not-signed': 'the From field is not signed',
  'domain-mismatch': 'i= does not lie in d=',
  'query-method': 'the key is to be asked for in an unknown way',
  'expires-before-signing': 'it expires before it was made',
  'too-many-signatures': 'there are more signatures than are looked at',
  'weak-hash': 'rsa-sha1 is no longer accepted',
  expired: 'the signature has expired',
  'signed-in-future': 'the signature was made in the future',
  'no-key': 'there is no key for the signature in DNS',
  'key-lookup-failed': 'the look-up of the key failed; another attempt may succeed',
  'key-syntax': 'the key record has a syntax error',
  'key-version': 'the key record has another version',
  'key-type': 'the key is of another type than the signature',
  'key-revoked': 'the key has been withdrawn (p= is empty)',
  'key-broken': 'the key in p= is damaged',
  'key-hash': 'the key does not allow this hash',
  'key-service': 'the key is not for e-mail',
  'key-strict': 'the key does not allow subdomains in i= (t=s)',
  'key-short': 'the key is too short',
  'body-length': 'l= is longer than the body',
  'body-hash': 'the body is not the one that was signed (bh= differs)',
  signature: 'the signed fields are not those that were signed, or the key is another',
  instance: 'the instance number i= is missing or not one of 1 to 50',
  'seal-signed': 'h= names ARC-Seal',
  'seal-has-headers': 'an ARC-Seal must not have h=',
  'chain-value': 'cv= is none of none, pass and fail',
  'not-checked': 'not checked, since the chain was given up before',
};

/** One sentence for all signatures. */
export function dkimSentence(verdicts: readonly DkimVerdict[]): string {
  const shown =
    verdicts.find((one) => one.result === 'pass') ??
    verdicts.find((one) => one.result === 'temperror') ??
    verdicts[0];
  if (shown === undefined) return 'the message has no DKIM signature (RFC 6376 §4.2)';
  const whose = shown.domain === '' ? '' : ` (d=${shown.domain}, s=${shown.selector})`;
  return `${WORDS[shown.reason]}${whose} (${shown.rule})`;
}

export function dkimReasons(verdicts: readonly DkimVerdict[]): Reason {
  const passes = verdicts.filter((one) => one.result === 'pass').length;
  return {
    text:
      verdicts.length === 0
        ? 'DKIM none: the message is not signed'
        : `DKIM: ${passes} of ${verdicts.length} ${verdicts.length === 1 ? 'signature passes' : 'signatures pass'}`,
    ...(verdicts.length === 0 ? {} : { mark: passes > 0 ? 'good' : 'bad' }),
    children: verdicts.map((one, i) => ({
      text: `signature ${i + 1} of ${one.domain === '' ? 'nobody that could be read' : one.domain}: ${one.result}, ${WORDS[one.reason]}${one.at?.tag === undefined ? '' : ` (at ${one.at.tag}=)`}${one.isTesting ? ' (the domain is only testing, t=y)' : ''}`,
      rule: one.rule,
      mark: one.result === 'pass' ? 'good' : 'bad',
      children: signatureSteps(one),
    })),
  };
}

const STEP_WORDS = {
  limit: 'number of signatures',
  field: 'the field itself',
  time: 'times of signing and expiry',
  'key-lookup': 'key found in DNS',
  'key-record': 'key record',
  'key-use': 'key may be used for this',
  'body-hash': 'hash of the body',
  signature: 'signature over the fields',
} as const;

function signatureSteps(one: DkimVerdict | ArcSignatureVerdict): Reason[] {
  const steps: Reason[] = one.checks.map((check) => {
    const children: Reason[] = [];
    if (check.name === 'key-lookup' && one.keyLookup !== undefined)
      children.push({ text: lookupText(one.keyLookup) });
    if (check.name === 'key-record' && one.key?.type !== undefined)
      children.push({ text: `${one.key.type}, ${one.key.bits ?? 0} bits` });
    if (check.name === 'body-hash' && one.body !== undefined) {
      children.push({ text: `stated ${one.body.statedHash}, computed ${one.body.computedHash}` });
      if (one.body.hashedLength < one.body.length)
        children.push({
          text: `only ${one.body.hashedLength} of ${one.body.length} bytes of the body are covered (l=)`,
          rule: 'RFC 6376 §8.2',
        });
    }
    if (check.name === 'signature' && one.header !== undefined && one.header.covered.length > 0)
      children.push({ text: `covers ${one.header.covered.map((field) => field.name).join(', ')}` });
    return { text: STEP_WORDS[check.name], rule: check.rule, mark: check.isGood ? 'good' : 'bad', children };
  });
  return steps;
}

const ARC_WORDS: Readonly<Record<ArcReason, string>> = {
  'no-chain': 'the message has no ARC sets',
  ok: 'every seal and the newest message signature are right',
  'too-many-sets': 'there are more than 50 sets',
  'marked-failed': 'the last sealer found the chain broken (cv=fail)',
  'bad-field': 'a field cannot be read',
  'field-missing': 'a set lacks one of its three fields',
  'field-repeated': 'a set has one of its fields twice',
  gap: 'an instance number is missing',
  'chain-value': 'cv= is not what it must be: none in the first set, pass in all others',
  'message-signature': 'the newest message signature does not hold',
  seal: 'a seal does not hold',
};

export function arcSentence(verdict: ArcVerdict): string {
  const { instance } = verdict.failedAt ?? {};
  return `${ARC_WORDS[verdict.reason]}${instance === undefined ? '' : `, set ${instance}`} (${verdict.rule})`;
}

export function arcReasons(verdict: ArcVerdict): Reason {
  const children: Reason[] = verdict.instances.map(instanceReason);
  if (verdict.result === 'pass') {
    children.push({
      text:
        verdict.oldestPass === 0
          ? 'every message signature still passes: nobody changed what the first one covers'
          : `message signatures pass from set ${verdict.oldestPass ?? 0} on: somebody before changed the message`,
      rule: 'RFC 8617 §5.2',
    });
    children.push({
      text: `it counts only where all of these are trusted: ${verdict.sealers.join(', ')}`,
      rule: 'RFC 8617 §7.2',
    });
  }
  children.push({ text: 'ARC was an experiment; it is on its way to historic status' });
  return {
    text: `ARC ${verdict.result}: ${arcSentence(verdict).replace(/ \([^()]*\)$/, '')}`,
    rule: verdict.rule,
    ...(verdict.result === 'none' ? {} : { mark: verdict.result === 'pass' ? 'good' : 'bad' }),
    children,
  };
}

function instanceReason(one: ArcInstance): Reason {
  const children: Reason[] = [];
  if (one.results !== undefined)
    children.push({
      text: `results as the sealer saw them: ${one.results.rawValue.replace(/\s+/g, ' ').trim()}`,
      rule: 'RFC 8617 §4.1.1',
    });
  for (const [name, signature] of [
    ['message signature', one.messageSignature],
    ['seal', one.seal],
  ] as const)
    if (signature !== undefined)
      children.push({
        text: `${name} of ${signature.domain === '' ? 'nobody that could be read' : signature.domain}: ${WORDS[signature.reason]}`,
        rule: signature.rule,
        ...(signature.result === 'not-checked' ? {} : { mark: signature.result === 'pass' ? 'good' : 'bad' }),
        children: signatureSteps(signature),
      });
  return { text: `set ${one.instance}${one.cv === undefined ? '' : `, sealed with cv=${one.cv}`}`, children };
}
